package org.klatsch.webrtc;

/// The share of the time that an encoder works, second by second. Not thread-safe; times are
/// nanoseconds of any clock.
final class EncoderLoad {
  private static final long WINDOW = 1_000_000_000L;

  private boolean begun;
  private long begin;
  private long busy;
  private double share;

  /// A picture was encoded.
  ///
  /// @param now when it was done
  /// @param took how long that was
  /// @return whether another second is over: [#share] is new
  boolean note(long now, long took) {
    if (!begun) {
      // What opens an encoder and warms it up tells nothing.
      begun = true;
      begin = now;
      busy = 0;
      return false;
    }
    busy += took;
    long passed = now - begin;
    if (passed < WINDOW) {
      return false;
    }
    share = (double) busy / passed;
    begin = now;
    busy = 0;
    return true;
  }

  /// Of the last second, 0 to 1.
  double share() {
    return share;
  }

  /// Other pictures come: measures anew.
  void restart() {
    begun = false;
  }
}
