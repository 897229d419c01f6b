package org.klatsch.codecs.audio;

/// Invents audio for lost payloads of codecs that cannot do it themselves, by repeating the last
/// pitch periods and fading out, in the manner of ITU-T G.711 appendix I, at any rate, one channel.
///
/// Deviates from G.711 appendix I §I.2: nothing is delayed to smooth the beginning of a loss,
/// because a call has no 3.75 ms to give away. The invented audio starts at the value that a
/// straight continuation would have and moves to the repetition within a quarter of a period.
public final class PitchConcealment {
  /// Pitch of 66 to 200 Hz, as in the appendix.
  private static final double LONGEST_PERIOD_SECONDS = 0.015;

  private static final double SHORTEST_PERIOD_SECONDS = 0.005;
  private static final double CORRELATION_SECONDS = 0.020;

  /// The appendix uses up to three periods, so that long losses do not buzz.
  private static final int MAX_PERIODS = 3;

  private final int tenMs;
  private final int longest;
  private final int shortest;
  private final int window;
  private final int step;

  /// What was played last, oldest first.
  private final short[] history;

  /// The history as it was when the loss began.
  private final short[] source;

  /// The last periods of the source, whose end leads into their start.
  private final float[] loop;

  private int period;
  private int quarter;
  private int loopLength;
  private int loopPosition;

  /// Frames invented since the last payload; 0 while nothing is lost.
  private int lost;

  /// Added to the loop, and shrinking, so that no step is heard where audio is joined.
  private float correction;

  private float correctionStep;

  /// @param rateHz of the PCM, 8,000 to 48,000 and beyond
  public PitchConcealment(int rateHz) {
    if (rateHz < 4_000) {
      throw new IllegalArgumentException("rate " + rateHz + " Hz: expected 4,000 or more");
    }
    tenMs = rateHz / 100;
    longest = (int) (rateHz * LONGEST_PERIOD_SECONDS);
    shortest = (int) (rateHz * SHORTEST_PERIOD_SECONDS);
    window = (int) (rateHz * CORRELATION_SECONDS);
    // The coarse search looks at 4 kHz, the fine one at every sample.
    step = Math.max(1, rateHz / 4_000);
    history = new short[MAX_PERIODS * longest + longest / 4 + window];
    source = new short[history.length];
    loop = new float[MAX_PERIODS * longest];
  }

  /// Takes audio that was received and decoded. After a loss its beginning is blended with the
  /// invented audio, in place.
  public void received(short[] pcm, int from, int frames) {
    if (lost > 0) {
      // 4 ms more for every 10 ms lost: the further apart the two are, the more there is to hide.
      int blend = Math.min(frames, Math.min(tenMs, quarter + tenMs * 2 / 5 * (lost / tenMs)));
      for (int i = 0; i < blend; i++) {
        float in = (i + 1f) / (blend + 1f);
        pcm[from + i] = Pcm.clip(pcm[from + i] * in + next() * (1 - in));
      }
      lost = 0;
    }
    remember(pcm, from, frames);
  }

  /// Invents so many frames.
  public void conceal(short[] out, int from, int frames) {
    if (lost == 0) {
      begin();
    }
    for (int i = 0; i < frames; i++) {
      out[from + i] = Pcm.clip(next());
    }
    remember(out, from, frames);
  }

  private void begin() {
    System.arraycopy(history, 0, source, 0, history.length);
    period = findPeriod();
    quarter = Math.max(1, period / 4);
    fillLoop(1);
    loopPosition = 0;
    int end = source.length;
    // A straight line through the last two samples, held back a little against noise.
    float expected = source[end - 1] + 0.5f * (source[end - 1] - source[end - 2]);
    correct(expected - loop[0]);
  }

  private void correct(float by) {
    correction = by;
    correctionStep = by / quarter;
  }

  private float next() {
    // After 10 and 20 ms the loop grows by a period; the new one goes on at the phase of the old.
    if (lost == tenMs || lost == 2 * tenMs) {
      float planned = loop[loopPosition] + correction;
      int phase = loopPosition % period;
      fillLoop(lost / tenMs + 1);
      loopPosition = phase;
      correct(planned - loop[loopPosition]);
    }
    float sample = loop[loopPosition] + correction;
    loopPosition = loopPosition + 1 == loopLength ? 0 : loopPosition + 1;
    correction = Math.abs(correction) <= Math.abs(correctionStep) ? 0 : correction - correctionStep;
    float gain = 1;
    if (lost > tenMs) {
      // A fifth less with every 10 ms: silence from 60 ms on.
      gain = Math.max(0, 1 - 0.2f * (lost - tenMs) / tenMs);
    }
    lost++;
    return sample * gain;
  }

  /// Takes the last periods of the source and turns their last quarter into what came before their
  /// first, so that the end leads into the start.
  private void fillLoop(int periods) {
    loopLength = periods * period;
    int start = source.length - loopLength;
    for (int i = 0; i < loopLength; i++) {
      loop[i] = source[start + i];
    }
    for (int i = 0; i < quarter; i++) {
      float in = (i + 1f) / (quarter + 1f);
      int at = loopLength - quarter + i;
      loop[at] = loop[at] * (1 - in) + source[start - quarter + i] * in;
    }
  }

  private int findPeriod() {
    int best = shortest;
    double bestLikeness = -1;
    for (int lag = shortest; lag <= longest; lag += step) {
      double likeness = likeness(lag, step);
      if (likeness > bestLikeness) {
        bestLikeness = likeness;
        best = lag;
      }
    }
    int from = Math.max(shortest, best - step);
    int to = Math.min(longest, best + step);
    bestLikeness = -1;
    for (int lag = from; lag <= to; lag++) {
      double likeness = likeness(lag, 1);
      if (likeness > bestLikeness) {
        bestLikeness = likeness;
        best = lag;
      }
    }
    return best;
  }

  /// Normalised cross-correlation of the end of the source with what was `lag` before.
  private double likeness(int lag, int stride) {
    double product = 0;
    double energy = 1;
    int end = source.length;
    for (int i = end - window; i < end; i += stride) {
      product += source[i] * (double) source[i - lag];
      energy += source[i - lag] * (double) source[i - lag];
    }
    return product / Math.sqrt(energy);
  }

  private void remember(short[] pcm, int from, int frames) {
    int kept = Math.min(frames, history.length);
    System.arraycopy(history, kept, history, 0, history.length - kept);
    System.arraycopy(pcm, from + frames - kept, history, history.length - kept, kept);
  }
}
