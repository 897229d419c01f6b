package org.klatsch.sip.dialog;

import java.time.Duration;

/// How long sessions live without refresh.
///
/// @param interval what is asked for. Default 30 minutes, RFC 4028 §4
/// @param minimum the shortest that is accepted. Default 90 s, the least that RFC 4028 §4 allows
public record SessionTimerOptions(Duration interval, Duration minimum) {
  public static final SessionTimerOptions DEFAULT =
      new SessionTimerOptions(Duration.ofMinutes(30), Duration.ofSeconds(90));

  public SessionTimerOptions {
    if (minimum.toSeconds() < 90 || interval.compareTo(minimum) < 0) {
      throw new IllegalArgumentException(
          "interval "
              + interval
              + ", minimum "
              + minimum
              + ": 90 s <= minimum <= interval expected");
    }
  }
}
