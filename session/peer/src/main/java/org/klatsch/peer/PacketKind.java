package org.klatsch.peer;

/// What a datagram on a multiplexed port is, told by its first byte: RFC 7983 §7 with the ranges of
/// RFC 9443 §3.
enum PacketKind {
  STUN,
  DTLS,
  TURN_CHANNEL,
  RTP,
  UNKNOWN;

  static PacketKind of(byte[] buffer, int offset, int length) {
    if (length == 0) {
      return UNKNOWN;
    }
    int first = buffer[offset] & 0xff;
    if (first < 4) {
      return STUN;
    }
    if (first >= 20 && first < 64) {
      return DTLS;
    }
    if (first >= 64 && first < 80) {
      return TURN_CHANNEL;
    }
    if (first >= 128 && first < 192) {
      return RTP;
    }
    return UNKNOWN;
  }
}
