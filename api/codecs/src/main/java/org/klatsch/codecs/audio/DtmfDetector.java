package org.klatsch.codecs.audio;

import org.jspecify.annotations.Nullable;

/// Finds digits that are sent as tones in the audio, with the limits of ITU-T Q.24: tones of 40 ms
/// and more are digits, those below 20 ms are not; a digit repeats only after a pause. Voices have
/// much the same frequencies: what guards against them (talk-off) is that nearly all energy must be
/// in the two tones, that they are of like strength, and that two blocks agree.
public final class DtmfDetector {
  public interface Listener {
    /// A digit began; called within [#detect].
    void digitStarted(DtmfDigit digit);

    /// It ended.
    ///
    /// @param milliseconds how long it was, give or take a block of 13 ms
    default void digitEnded(DtmfDigit digit, int milliseconds) {}
  }

  /// So that two whole blocks fit into any 40 ms, and none does into 24 ms twice.
  private static final int BLOCKS_PER_10_SECONDS = 784;

  /// -45 dBm0 per tone is the least that Q.24's administrations accept; here about -42.
  private static final double LEAST_POWER = 150.0 * 150 / 2;

  /// Q.24: the high tone may be up to 4 dB stronger, the low one up to 8, as lines damp high tones.
  private static final double HIGH_TWIST = 2.8;

  private static final double LOW_TWIST = 7.0;

  /// The others of the group must be 8 dB down.
  private static final double LEAD = 6.3;

  /// Share of all energy that the two tones must have: noise at 12 dB leaves 0.94 to them; a tone
  /// that fills only a part of the block has that part.
  private static final double LEAST_SHARE = 0.85;

  /// The same before it is known how far off the tones are.
  private static final double LIKELY_SHARE = 0.5;

  /// Q.24: tones may be 1.5 % off, which a block this short already sees weaker; so a likely digit
  /// is measured at this much to each side too.
  private static final double DETUNE = 0.012;

  /// A digit's strength changes little between two blocks; a voice's does.
  private static final double STEADY = 2.5;

  private static final int END_MISSES = 2;

  private final int rateHz;
  private final int blockFrames;
  private final Goertzel[] rows = new Goertzel[4];
  private final Goertzel[] columns = new Goertzel[4];
  private final Listener listener;
  private final Goertzel[] detunedRows = new Goertzel[8];
  private final Goertzel[] detunedColumns = new Goertzel[8];
  private final short[] block;
  private int inBlock;
  private double blockEnergy;
  private @Nullable DtmfDigit previous;
  private double previousPower;
  private @Nullable DtmfDigit current;
  private int misses;
  private int hits;

  public DtmfDetector(int rateHz, Listener listener) {
    if (rateHz < 4_000) {
      throw new IllegalArgumentException("rate " + rateHz + " Hz: expected 4,000 or more");
    }
    this.rateHz = rateHz;
    this.listener = listener;
    blockFrames = rateHz * 10 / BLOCKS_PER_10_SECONDS;
    for (int i = 0; i < 4; i++) {
      rows[i] = new Goertzel(rateHz, DtmfDigit.lowHz(i));
      columns[i] = new Goertzel(rateHz, DtmfDigit.highHz(i));
      for (int side = 0; side < 2; side++) {
        double factor = side == 0 ? 1 - DETUNE : 1 + DETUNE;
        detunedRows[2 * i + side] = new Goertzel(rateHz, DtmfDigit.lowHz(i) * factor);
        detunedColumns[2 * i + side] = new Goertzel(rateHz, DtmfDigit.highHz(i) * factor);
      }
    }
    block = new short[blockFrames];
  }

  /// Takes the next samples of one channel.
  public void detect(short[] pcm, int offset, int frames) {
    for (int done = 0; done < frames; ) {
      int count = Math.min(blockFrames - inBlock, frames - done);
      for (int i = 0; i < 4; i++) {
        rows[i].add(pcm, offset + done, count);
        columns[i].add(pcm, offset + done, count);
      }
      for (int i = offset + done; i < offset + done + count; i++) {
        blockEnergy += (double) pcm[i] * pcm[i];
      }
      System.arraycopy(pcm, offset + done, block, inBlock, count);
      inBlock += count;
      done += count;
      if (inBlock == blockFrames) {
        finishBlock();
      }
    }
  }

  private void finishBlock() {
    int row = strongest(rows);
    int column = strongest(columns);
    double low = rows[row].power();
    double high = columns[column].power();
    @Nullable DtmfDigit heard = null;
    if ((low + high) * blockFrames >= LIKELY_SHARE * blockEnergy
        && leads(rows, row)
        && leads(columns, column)) {
      low = Math.max(low, detuned(detunedRows, row));
      high = Math.max(high, detuned(detunedColumns, column));
      if (isDigit(low, high)) {
        heard = DtmfDigit.at(row, column);
      }
    }
    for (int i = 0; i < 4; i++) {
      rows[i].reset();
      columns[i].reset();
    }
    inBlock = 0;
    blockEnergy = 0;
    follow(heard, low + high);
  }

  private double detuned(Goertzel[] group, int tone) {
    double most = 0;
    for (int i = 2 * tone; i < 2 * tone + 2; i++) {
      group[i].reset();
      group[i].add(block, 0, blockFrames);
      most = Math.max(most, group[i].power());
    }
    return most;
  }

  private boolean isDigit(double low, double high) {
    return low >= LEAST_POWER
        && high >= LEAST_POWER
        && high <= low * HIGH_TWIST
        && low <= high * LOW_TWIST
        && (low + high) * blockFrames >= LEAST_SHARE * blockEnergy;
  }

  private static int strongest(Goertzel[] group) {
    int best = 0;
    for (int i = 1; i < group.length; i++) {
      if (group[i].power() > group[best].power()) {
        best = i;
      }
    }
    return best;
  }

  private static boolean leads(Goertzel[] group, int leader) {
    double power = group[leader].power();
    for (int i = 0; i < group.length; i++) {
      if (i != leader && group[i].power() * LEAD > power) {
        return false;
      }
    }
    return true;
  }

  private void follow(@Nullable DtmfDigit heard, double power) {
    DtmfDigit sounding = current;
    if (sounding != null) {
      if (heard == sounding) {
        hits += misses + 1;
        misses = 0;
      } else if (++misses >= END_MISSES) {
        current = null;
        listener.digitEnded(sounding, (int) ((long) hits * blockFrames * 1_000 / rateHz));
      }
    }
    boolean steady = power < previousPower * STEADY && previousPower < power * STEADY;
    if (current == null && heard != null && heard == previous && steady) {
      current = heard;
      hits = 2;
      misses = 0;
      listener.digitStarted(heard);
    }
    previous = heard;
    previousPower = power;
  }
}
