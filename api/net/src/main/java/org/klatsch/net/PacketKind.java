package org.klatsch.net;

/// What a datagram is by its first byte, RFC 7983 §7 as updated by RFC 9443 §3. From 64 to 79 it
/// may be QUIC too, but only TURN channels are expected there.
public enum PacketKind {
  STUN,
  ZRTP,
  DTLS,
  TURN_CHANNEL,
  RTP_OR_RTCP,
  QUIC,
  OTHER;

  /// @param firstByte 0 to 255
  static PacketKind of(int firstByte) {
    if (firstByte < 4) {
      return STUN;
    }
    if (firstByte >= 16 && firstByte < 20) {
      return ZRTP;
    }
    if (firstByte >= 20 && firstByte < 64) {
      return DTLS;
    }
    if (firstByte >= 64 && firstByte < 80) {
      return TURN_CHANNEL;
    }
    if (firstByte >= 128 && firstByte < 192) {
      return RTP_OR_RTCP;
    }
    return firstByte >= 80 ? QUIC : OTHER;
  }
}
