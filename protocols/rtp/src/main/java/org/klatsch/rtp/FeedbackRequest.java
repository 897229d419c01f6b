package org.klatsch.rtp;

/// The 16 bits behind the sequence number of a transport-wide sequence number of version 2: a
/// receiver sends feedback when asked and not by a timer.
///
/// ```
/// |T|       sequence count        |
/// ```
public final class FeedbackRequest {
  private FeedbackRequest() {}

  /// Asks for feedback on the `count` packets up to this one, with arrival times or without.
  public static int of(boolean timestamps, int count) {
    if (count < 1 || count > 0x7fff) {
      throw new IllegalArgumentException("sequence count " + count + ", 1 to 32767 expected");
    }
    return (timestamps ? 0x8000 : 0) | count;
  }

  /// Whether arrival times are wanted.
  public static boolean timestamps(int request) {
    return (request & 0x8000) != 0;
  }

  /// Number of sequence numbers to report, up to and with the packet's own.
  public static int count(int request) {
    return request & 0x7fff;
  }
}
