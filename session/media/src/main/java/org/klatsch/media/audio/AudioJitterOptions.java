package org.klatsch.media.audio;

import java.time.Duration;

/// Settings of an [AudioJitterBuffer]. Start from [#DEFAULT].
///
/// @param initialDelay assumed until packets have been seen. Default 20 ms: one usual frame, so
///   that the first word is early; a network that needs more is answered by stretching
/// @param minDelay never less. Default 0: a quiet network needs none beyond the frame itself
/// @param maxDelay never more. Default 1 s: a conversation is over long before that
/// @param quantile the share of packets that shall come in time. Default 0.97: one late frame in
///   thirty is concealed without being noticed, while the last few percent cost most delay
/// @param maxFrames kept at most. Default 200: 4 s of usual frames, which comes out of a network
///   that was stuck
/// @param maxConcealment after this much without a packet silence is played. Default 1 s: longer
///   than the 400 ms between the updates of a silent Opus encoder
public record AudioJitterOptions(
    Duration initialDelay,
    Duration minDelay,
    Duration maxDelay,
    double quantile,
    int maxFrames,
    Duration maxConcealment) {
  public static final AudioJitterOptions DEFAULT =
      new AudioJitterOptions(
          Duration.ofMillis(20),
          Duration.ZERO,
          Duration.ofSeconds(1),
          0.97,
          200,
          Duration.ofSeconds(1));

  public AudioJitterOptions {
    if (minDelay.isNegative() || maxDelay.compareTo(minDelay) < 0) {
      throw new IllegalArgumentException(
          "minDelay " + minDelay + " and maxDelay " + maxDelay + ", expected 0 <= min <= max");
    }
    if (!(quantile > 0 && quantile < 1)) {
      throw new IllegalArgumentException("quantile " + quantile + ", expected above 0 and below 1");
    }
    if (maxFrames < 2) {
      throw new IllegalArgumentException("maxFrames " + maxFrames + ", expected at least 2");
    }
  }

  public AudioJitterOptions withDelays(Duration initial, Duration min, Duration max) {
    return new AudioJitterOptions(initial, min, max, quantile, maxFrames, maxConcealment);
  }
}
