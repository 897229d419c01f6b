package org.klatsch.codecs;

/// Rate and channels of linear PCM.
public record PcmFormat(int rateHz, int channels) {
  public PcmFormat {
    if (rateHz <= 0 || channels <= 0) {
      throw new IllegalArgumentException(
          "rate %d Hz, channels %d: expected positive".formatted(rateHz, channels));
    }
  }

  /// Samples per channel in so many milliseconds.
  public int frames(int milliseconds) {
    return (int) ((long) rateHz * milliseconds / 1_000);
  }
}
