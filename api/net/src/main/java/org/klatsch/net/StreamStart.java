package org.klatsch.net;

/// What a peer speaks on a TCP port that several protocols share, told by its first bytes. The
/// magic cookie of STUN (RFC 8489 §5) stands at byte 4 of a STUN or TURN message and, behind the
/// length of RFC 4571, at byte 6 of the first connectivity check over ICE-TCP; a ClientHello of TLS
/// begins with 22; HTTP begins with a letter.
public enum StreamStart {
  /// More bytes are needed to tell.
  UNDECIDED,
  TURN,
  ICE,
  TLS,

  /// HTTP, or anything else.
  OTHER;

  /// So many bytes always tell.
  public static final int LENGTH = 10;

  private static final int MAGIC_COOKIE = 0x2112A442;
  private static final int TLS_HANDSHAKE = 22;
  private static final int STUN_HEADER = 20;

  /// @param length how many bytes have come
  public static StreamStart of(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return UNDECIDED;
    }
    int first = bytes[offset] & 0xff;
    if (first >= ' ') {
      return OTHER;
    }
    if (first == TLS_HANDSHAKE) {
      // Version 3.x; a frame of this length, 5,635 bytes, would be no check.
      return length < 2 ? UNDECIDED : bytes[offset + 1] == 3 ? TLS : OTHER;
    }
    if (length < 8) {
      return UNDECIDED;
    }
    if (first < 4 && cookieAt(bytes, offset + 4)) {
      return TURN;
    }
    if (length < LENGTH) {
      return UNDECIDED;
    }
    int frame = first << 8 | bytes[offset + 1] & 0xff;
    boolean check = frame >= STUN_HEADER && (bytes[offset + 2] & 0xff) < 4;
    return check && cookieAt(bytes, offset + 6) ? ICE : OTHER;
  }

  private static boolean cookieAt(byte[] bytes, int at) {
    return bytes[at] == (byte) (MAGIC_COOKIE >>> 24)
        && bytes[at + 1] == (byte) (MAGIC_COOKIE >>> 16)
        && bytes[at + 2] == (byte) (MAGIC_COOKIE >>> 8)
        && bytes[at + 3] == (byte) MAGIC_COOKIE;
  }
}
