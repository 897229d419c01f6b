package org.klatsch.codecs.audio;

/// Arithmetic of 16-bit samples.
final class Pcm {
  private Pcm() {}

  /// Rounds to a sample; what does not fit is clipped.
  static short clip(float value) {
    int rounded = Math.round(value);
    return (short) Math.clamp(rounded, Short.MIN_VALUE, Short.MAX_VALUE);
  }
}
