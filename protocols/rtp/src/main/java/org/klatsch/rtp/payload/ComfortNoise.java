package org.klatsch.rtp.payload;

import org.klatsch.rtp.MalformedRtpException;

/// Comfort noise, RFC 3389 §3.1: the noise's level and, optionally, its spectrum as reflection
/// coefficients.
///
/// @param level 0 to 127 in -dBov
/// @param reflection quantised reflection coefficients, 0 to 255 each, RFC 3389 §3.2
public record ComfortNoise(int level, byte[] reflection) {
  /// Coefficients read of a payload; more would serve nothing, RFC 3389 §3.2.
  public static final int MAX_ORDER = 32;

  public ComfortNoise {
    if (level < 0 || level > 127 || reflection.length > MAX_ORDER) {
      throw new IllegalArgumentException(
          "level " + level + ", 0 to 127, and order " + reflection.length + ", 0 to " + MAX_ORDER);
    }
  }

  /// Noise without a spectrum.
  public static ComfortNoise ofLevel(int level) {
    return new ComfortNoise(level, new byte[0]);
  }

  /// Reads a payload; coefficients beyond [#MAX_ORDER] are passed over.
  public static ComfortNoise parse(byte[] payload, int offset, int length)
      throws MalformedRtpException {
    if (length < 1) {
      throw Malformed.truncated("noise level", length);
    }
    byte[] reflection = new byte[Math.min(length - 1, MAX_ORDER)];
    System.arraycopy(payload, offset + 1, reflection, 0, reflection.length);
    return new ComfortNoise(payload[offset] & 0x7f, reflection);
  }

  /// The coefficient at `index`, from -1 to 1, RFC 3389 §3.2.
  public double coefficient(int index) {
    return 258.0 * ((reflection[index] & 0xff) - 127) / 32768.0;
  }

  /// Length on the wire.
  public int length() {
    return 1 + reflection.length;
  }

  /// Writes [#length()] bytes.
  public void write(byte[] out, int offset) {
    out[offset] = (byte) level;
    System.arraycopy(reflection, 0, out, offset + 1, reflection.length);
  }
}
