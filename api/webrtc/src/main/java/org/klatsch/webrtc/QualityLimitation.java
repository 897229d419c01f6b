package org.klatsch.webrtc;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// Why a sent video is worse than its source, and for how long it was, W3C WebRTC Statistics §8.7.
/// Times are nanoseconds of any clock. Any thread.
final class QualityLimitation {
  private static final double NANOS_PER_SECOND = 1e9;

  private final long[] nanos = new long[RTCQualityLimitationReason.values().length];
  private RTCQualityLimitationReason reason = RTCQualityLimitationReason.NONE;
  private long since;
  private boolean begun;
  private long resolutionChanges;

  /// What holds from now on.
  synchronized void note(long now, RTCQualityLimitationReason value) {
    count(now);
    begun = true;
    reason = value;
  }

  private void count(long now) {
    if (begun) {
      nanos[reason.ordinal()] += Math.max(0, now - since);
    }
    since = now;
  }

  synchronized void noteResolutionChange() {
    resolutionChanges++;
  }

  synchronized RTCQualityLimitationReason reason() {
    return reason;
  }

  synchronized long resolutionChanges() {
    return resolutionChanges;
  }

  /// Seconds of each reason.
  synchronized Map<RTCQualityLimitationReason, Double> durations(long now) {
    count(now);
    Map<RTCQualityLimitationReason, Double> seconds =
        new EnumMap<>(RTCQualityLimitationReason.class);
    for (RTCQualityLimitationReason each : RTCQualityLimitationReason.values()) {
      seconds.put(each, nanos[each.ordinal()] / NANOS_PER_SECOND);
    }
    return Collections.unmodifiableMap(seconds);
  }
}
