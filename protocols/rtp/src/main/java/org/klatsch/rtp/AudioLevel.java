package org.klatsch.rtp;

/// Audio level of a packet, RFC 6464 §3: one bit of voice activity, seven bits of -dBov.
public final class AudioLevel {
  /// Digital silence.
  public static final int SILENCE = 127;

  private AudioLevel() {}

  /// The extension's byte; `level` from 0 (loudest) to 127 in -dBov.
  public static int of(boolean voice, int level) {
    if (level < 0 || level > SILENCE) {
      throw new IllegalArgumentException("level " + level + ", 0 to 127 expected");
    }
    return (voice ? 0x80 : 0) | level;
  }
}
