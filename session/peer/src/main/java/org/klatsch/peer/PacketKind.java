package org.klatsch.peer;

/// What a datagram on a multiplexed port is, told by its first byte: RFC 7983 §7 with the ranges of
/// RFC 9443 §3.
enum PacketKind {
  STUN,
  DTLS,
  TURN_CHANNEL,
  RTP,
  /// Shares its first bytes with RTP and is told by its packet type, RFC 5761 §4.
  RTCP,
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
      // Packet types 192 to 223; as RTP, payload types 64 to 95 with the marker.
      return length > 1 && (buffer[offset + 1] & 0xe0) == 0xc0 ? RTCP : RTP;
    }
    return UNKNOWN;
  }
}
