package org.klatsch.media.forwarding;

import java.util.Arrays;

/// How active one speaker was of late, judged over three lengths of time: a syllable or two, a few
/// words and a sentence. After I. Volfin and I. Cohen, "Dominant speaker identification for
/// multipoint videoconferencing", Computer Speech & Language 27 (2013), from the levels of RFC
/// 6464.
final class SpeechLevels {
  /// A step: as long as a usual packet of audio.
  static final long STEP = 20_000_000;

  /// Silence in the levels of RFC 6464.
  private static final int SILENCE = 127;

  /// Steps that make a unit of the middle length, and of those that make a long one.
  private static final int PER_MEDIUM = 5;

  private static final int MEDIUMS_PER_LONG = 10;
  private static final int STEPS = PER_MEDIUM * MEDIUMS_PER_LONG;

  /// What a level must have above the noise to count as speech, in dB.
  private static final int ABOVE_NOISE = 12;

  /// Louder steps count fully; the ladder from noise to here has this many rungs.
  private static final int RUNGS = 13;

  private static final int RUNG = 4;

  private final int[] activity = new int[STEPS];
  private int at;
  private long stepEnd = -1;
  private int loudest = SILENCE;
  private double noise = 90;

  /// A packet told its level.
  ///
  /// @param level −dBov, 0 to 127
  void note(long now, int level) {
    advance(now);
    loudest = Math.min(loudest, level);
  }

  /// Ends the steps that are over.
  void advance(long now) {
    if (stepEnd < 0 || now - stepEnd > STEPS * STEP) {
      stepEnd = now + STEP;
      Arrays.fill(activity, 0);
      loudest = SILENCE;
      return;
    }
    while (now >= stepEnd) {
      stepEnd += STEP;
      // Falls at once to a quieter room and rises slowly: speech is no noise.
      noise += loudest > noise ? 0.2 * (loudest - noise) : 0.002 * (loudest - noise);
      int above = (int) noise - loudest - ABOVE_NOISE;
      activity[at] = above < 0 ? 0 : Math.min(RUNGS, 1 + above / RUNG);
      at = (at + 1) % STEPS;
      loudest = SILENCE;
    }
  }

  /// Activity of the last 100 ms, 0 to 1.
  double immediate() {
    return mean(PER_MEDIUM);
  }

  /// Activity of the last 400 ms, 0 to 1.
  double medium() {
    return mean(4 * PER_MEDIUM);
  }

  /// Activity of the last second, 0 to 1.
  double longTerm() {
    return mean(STEPS);
  }

  private double mean(int steps) {
    int sum = 0;
    for (int i = 1; i <= steps; i++) {
      sum += activity[(at + STEPS - i) % STEPS];
    }
    return (double) sum / (steps * RUNGS);
  }
}
