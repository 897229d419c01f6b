package org.klatsch.codecs;

/// A stretch of 16-bit linear PCM, channels interleaved.
///
/// @param samples owned by the frame: whoever holds it must not change it
/// @param rateHz sampling rate
/// @param channels 1 or 2 in calls; containers may hold more
/// @param timestampNanos time of the first sample on the source's own clock
public record AudioFrame(short[] samples, int rateHz, int channels, long timestampNanos) {
  public AudioFrame {
    if (rateHz <= 0 || channels <= 0 || samples.length % channels != 0) {
      throw new IllegalArgumentException(
          "samples %d, rate %d Hz, channels %d: expected whole frames of a positive rate"
              .formatted(samples.length, rateHz, channels));
    }
  }

  /// Samples per channel.
  public int frames() {
    return samples.length / channels;
  }

  public PcmFormat format() {
    return new PcmFormat(rateHz, channels);
  }

  public long durationNanos() {
    return frames() * 1_000_000_000L / rateHz;
  }
}
