package org.klatsch.webrtc;

/// When host candidates carry a random name of multicast DNS in place of their address
/// (draft-ietf-mmusic-mdns-ice-candidates): peers of the same network find the address behind it,
/// others learn nothing.
public enum MdnsNames {
  /// Addresses are told.
  NEVER,

  /// Names are told until this program was granted a microphone or camera
  /// ([MediaDevices#getUserMedia]): who lets a peer see and hear him need not hide his address in
  /// the network. It has no effect on connections that use all interfaces (mode 1 of RFC 8828) or a
  /// shared port: those are to be reached.
  UNTIL_DEVICES_ARE_GRANTED,

  /// Names are told, whatever else is set; a shared port's addresses are told all the same.
  ALWAYS
}
