package org.klatsch.srtp;

/// A cipher with its session keys, for either SRTP or SRTCP in one direction. Everything happens in
/// place; tags go behind the packet.
abstract sealed class PacketProtection permits CounterModeProtection, GcmProtection {
  /// What the `open` methods return for a packet that is not authentic.
  static final int FORGED = -1;

  /// Flag of the SRTCP word that says that the packet is encrypted, RFC 3711 §3.4.
  static final int ENCRYPTED = 1 << 31;

  /// Encrypts and authenticates an RTP packet.
  ///
  /// @param clear how many bytes stay unencrypted at the front
  /// @param csrcLength bytes of CSRCs that Cryptex encrypts, else 0
  /// @return the new length
  abstract int sealRtp(
      byte[] buffer, int offset, int length, int clear, int csrcLength, int ssrc, long index);

  /// Checks and decrypts an SRTP packet.
  ///
  /// @param length with the tag
  /// @return the length of the RTP packet, or [#FORGED]
  abstract int openRtp(
      byte[] buffer, int offset, int length, int clear, int csrcLength, int ssrc, long index);

  /// Authenticates an RTCP packet and encrypts it if the word says so.
  ///
  /// @param word E flag and index
  /// @return the new length
  abstract int sealRtcp(byte[] buffer, int offset, int length, int ssrc, int word);

  /// Checks an SRTCP packet and decrypts it if the word says so.
  ///
  /// @return the length of the RTCP packet, or [#FORGED]
  abstract int openRtcp(byte[] buffer, int offset, int length, int ssrc, int word);

  /// Where in an SRTCP packet the word of E flag and index begins.
  abstract int rtcpWordAt(int offset, int length);
}
