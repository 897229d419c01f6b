package org.klatsch.codecs.audio;

import java.util.Arrays;

/// Describes background noise for the receiver to imitate while nothing is sent, RFC 3389.
public final class ComfortNoiseEncoder {
  /// Enough for the tilt and a resonance or two of a room; RFC 3389 §3 leaves it to the sender.
  private static final int ORDER = 5;

  private final double[] correlation = new double[ORDER + 1];
  private final double[] predictor = new double[ORDER + 1];
  private final double[] before = new double[ORDER + 1];

  public ComfortNoiseEncoder() {}

  /// Bytes that [#encode] writes.
  public int payloadSize() {
    return 1 + ORDER;
  }

  /// Writes the payload of RFC 3389 §3: the level, then reflection coefficients.
  ///
  /// @param frames of noise to describe, 10 ms or more, one channel
  /// @return bytes written
  public int encode(short[] pcm, int offset, int frames, byte[] out, int outOffset) {
    out[outOffset] = (byte) AudioLevel.of(pcm, offset, frames);
    for (int lag = 0; lag <= ORDER; lag++) {
      double sum = 0;
      for (int i = lag; i < frames; i++) {
        sum += (double) pcm[offset + i] * pcm[offset + i - lag];
      }
      correlation[lag] = sum;
    }
    // A floor of white noise keeps the recursion stable.
    double error = correlation[0] * 1.0001 + 1;
    Arrays.fill(predictor, 0);
    predictor[0] = 1;
    for (int i = 1; i <= ORDER; i++) {
      double sum = correlation[i];
      for (int k = 1; k < i; k++) {
        sum += predictor[k] * correlation[i - k];
      }
      double reflection = Math.clamp(-sum / error, -0.99, 0.99);
      System.arraycopy(predictor, 0, before, 0, ORDER + 1);
      for (int k = 1; k < i; k++) {
        predictor[k] = before[k] + reflection * before[i - k];
      }
      predictor[i] = reflection;
      error *= 1 - reflection * reflection;
      out[outOffset + i] = quantize(reflection);
    }
    return payloadSize();
  }

  /// RFC 3389 §3.2: eight bits, 127 being zero, in steps of 258/32768.
  static byte quantize(double reflection) {
    return (byte) Math.clamp(Math.round(reflection * 32_768 / 258) + 127, 0, 254);
  }
}
