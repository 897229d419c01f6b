package org.klatsch.codecs.audio;

/// Levels as RFC 6464 §3 counts them: 0 (a full-scale square wave) to 127 (silence) dB below
/// overload. A full-scale sine has 3.
public final class AudioLevel {
  /// Digital silence.
  public static final int SILENCE = 127;

  private AudioLevel() {}

  /// Level of a stretch of samples, RFC 6464 §3 and its appendix.
  public static int of(short[] pcm, int offset, int samples) {
    return ofRms(rms(pcm, offset, samples));
  }

  /// Level of a root mean square in units of 16-bit samples.
  public static int ofRms(double rms) {
    if (rms <= 0) {
      return SILENCE;
    }
    return Math.clamp(Math.round(-20 * Math.log10(rms / 32_767)), 0, SILENCE);
  }

  /// The root mean square of a level.
  public static double rms(int level) {
    return level >= SILENCE ? 0 : 32_767 * Math.pow(10, -level / 20.0);
  }

  /// Root mean square in units of 16-bit samples; 0 of nothing.
  public static double rms(short[] pcm, int offset, int samples) {
    double sum = 0;
    for (int i = 0; i < samples; i++) {
      sum += (double) pcm[offset + i] * pcm[offset + i];
    }
    return samples == 0 ? 0 : Math.sqrt(sum / samples);
  }
}
