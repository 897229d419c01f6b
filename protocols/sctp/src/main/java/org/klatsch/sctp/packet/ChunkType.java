package org.klatsch.sctp.packet;

/// Chunk types, RFC 9260 §3.2 and the IANA registry. The two highest bits say what a receiver does
/// with a type it does not know.
public final class ChunkType {
  public static final int DATA = 0;
  public static final int INIT = 1;
  public static final int INIT_ACK = 2;
  public static final int SACK = 3;
  public static final int HEARTBEAT = 4;
  public static final int HEARTBEAT_ACK = 5;
  public static final int ABORT = 6;
  public static final int SHUTDOWN = 7;
  public static final int SHUTDOWN_ACK = 8;
  public static final int ERROR = 9;
  public static final int COOKIE_ECHO = 10;
  public static final int COOKIE_ACK = 11;
  public static final int SHUTDOWN_COMPLETE = 14;

  /// RFC 8260 §2.1.
  public static final int I_DATA = 64;

  /// RFC 6525 §3.1.
  public static final int RE_CONFIG = 130;

  /// RFC 4820 §3.
  public static final int PAD = 132;

  /// RFC 3758 §3.2.
  public static final int FORWARD_TSN = 192;

  /// RFC 8260 §2.3.1.
  public static final int I_FORWARD_TSN = 194;

  private ChunkType() {}

  /// Whether the rest of the packet is dropped when `type` is not known, RFC 9260 §3.2.
  public static boolean unknownStops(int type) {
    return (type & 0x80) == 0;
  }

  /// Whether the peer is told when `type` is not known.
  public static boolean unknownIsReported(int type) {
    return (type & 0x40) != 0;
  }
}
