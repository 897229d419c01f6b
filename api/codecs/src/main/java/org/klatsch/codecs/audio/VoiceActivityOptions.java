package org.klatsch.codecs.audio;

import java.time.Duration;

/// How readily a [VoiceActivityDetector] hears a voice.
///
/// @param thresholdDb by how much a band must exceed its background
/// @param quietestLevel no voice below this level, in dB below overload (RFC 6464)
/// @param onset how long a voice must be heard before it counts
/// @param hangover how long it counts after it was heard last
public record VoiceActivityOptions(
    double thresholdDb, int quietestLevel, Duration onset, Duration hangover) {
  public VoiceActivityOptions {
    if (thresholdDb <= 0 || quietestLevel < 0 || onset.isNegative() || hangover.isNegative()) {
      throw new IllegalArgumentException(
          "threshold %f dB, quietest level %d, onset %s, hangover %s: expected positive"
              .formatted(thresholdDb, quietestLevel, onset, hangover));
    }
  }

  /// 9 dB: steady noise swings by 5. Level 60: a whisper has 50, the noise of a good line 70. Onset
  /// 30 ms: the shortest vowel, longer than a click. Hangover 200 ms: the closure of a plosive and
  /// the end of a word.
  public static VoiceActivityOptions defaults() {
    return new VoiceActivityOptions(9, 60, Duration.ofMillis(30), Duration.ofMillis(200));
  }

  public VoiceActivityOptions withThresholdDb(double thresholdDb) {
    return new VoiceActivityOptions(thresholdDb, quietestLevel, onset, hangover);
  }

  public VoiceActivityOptions withHangover(Duration hangover) {
    return new VoiceActivityOptions(thresholdDb, quietestLevel, onset, hangover);
  }
}
