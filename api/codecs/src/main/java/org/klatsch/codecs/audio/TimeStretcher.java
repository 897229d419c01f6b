package org.klatsch.codecs.audio;

/// Makes audio shorter or longer by whole pitch periods without changing its pitch, by overlapping
/// it with itself where it is most alike (waveform-similarity overlap-add). The jitter buffer uses
/// it to catch up or to gain time. Blocks keep their first and last sample, so they join their
/// neighbours without a step; each block stands alone.
public final class TimeStretcher {
  /// Periods of 67 to 400 Hz.
  private static final int LONGEST_LAG_US = 15_000;

  private static final int SHORTEST_LAG_US = 2_500;

  /// What is overlapped at least: shorter blends are heard.
  private static final int SHORTEST_BLEND_US = 4_000;

  /// Likeness from which an overlap is not heard.
  private static final double ALIKE = 0.9;

  /// Mean square of background noise, -60 dBov: anything overlaps with it.
  private static final double QUIET = 33.0 * 33;

  private final int channels;
  private final int longest;
  private final int shortest;
  private final int blend;
  private final int stride;

  public TimeStretcher(int rateHz, int channels) {
    if (rateHz < 4_000 || channels <= 0) {
      throw new IllegalArgumentException(
          "rate %d Hz, %d channels: expected 4,000 or more, and positive"
              .formatted(rateHz, channels));
    }
    this.channels = channels;
    longest = frames(rateHz, LONGEST_LAG_US);
    shortest = frames(rateHz, SHORTEST_LAG_US);
    blend = frames(rateHz, SHORTEST_BLEND_US);
    // The coarse search looks at 4 kHz.
    stride = Math.max(1, rateHz / 4_000);
  }

  private static int frames(int rateHz, int micros) {
    return (int) ((long) rateHz * micros / 1_000_000);
  }

  /// The most frames by which one call shortens or lengthens a block.
  public int maxChange() {
    return longest;
  }

  /// Leaves out one pitch period of the block, in place.
  ///
  /// @param frames samples per channel; from 10 ms on it may work, from 20 ms on it does with
  ///   voices
  /// @return frames that are left: as many as before when nothing can be left out unheard
  public int accelerate(short[] pcm, int offset, int frames) {
    int lag = findLag(pcm, offset, frames);
    if (lag == 0) {
      return frames;
    }
    int overlap = Math.min(lag, frames - lag);
    overlap(pcm, offset, offset + lag * channels, pcm, offset, overlap);
    int from = offset + (lag + overlap) * channels;
    System.arraycopy(
        pcm, from, pcm, offset + overlap * channels, (frames - lag - overlap) * channels);
    return frames - lag;
  }

  /// Repeats one pitch period of the block.
  ///
  /// @param out another array with room for `frames` and [#maxChange]
  /// @return frames written: as many as came in when nothing can be repeated unheard
  public int expand(short[] pcm, int offset, int frames, short[] out, int outOffset) {
    int lag = findLag(pcm, offset, frames);
    if (lag == 0) {
      System.arraycopy(pcm, offset, out, outOffset, frames * channels);
      return frames;
    }
    int overlap = Math.min(lag, frames - lag);
    System.arraycopy(pcm, offset, out, outOffset, lag * channels);
    overlap(pcm, offset + lag * channels, offset, out, outOffset + lag * channels, overlap);
    System.arraycopy(
        pcm,
        offset + overlap * channels,
        out,
        outOffset + (lag + overlap) * channels,
        (frames - overlap) * channels);
    return frames + lag;
  }

  /// Fades from what begins at `from` to what begins at `to`.
  private void overlap(short[] pcm, int from, int to, short[] out, int at, int frames) {
    for (int i = 0; i < frames; i++) {
      float in = (i + 1f) / (frames + 1f);
      for (int k = i * channels; k < (i + 1) * channels; k++) {
        out[at + k] = Pcm.clip(pcm[from + k] * (1 - in) + pcm[to + k] * in);
      }
    }
  }

  /// The distance at which the block is most like itself; 0 when it is not enough so.
  private int findLag(short[] pcm, int offset, int frames) {
    int highest = Math.min(longest, frames - blend);
    if (highest < shortest) {
      return 0;
    }
    double energy = 0;
    for (int i = 0; i < frames * channels; i++) {
      energy += (double) pcm[offset + i] * pcm[offset + i];
    }
    if (energy < QUIET * frames * channels) {
      return highest;
    }
    int best = search(pcm, offset, frames, shortest, highest, stride, stride);
    int from = Math.max(shortest, best - stride);
    best = search(pcm, offset, frames, from, Math.min(highest, best + stride), 1, 1);
    return likeness(pcm, offset, frames, best, 1) >= ALIKE ? best : 0;
  }

  private int search(short[] pcm, int offset, int frames, int from, int to, int step, int skip) {
    int best = from;
    double bestLikeness = -1;
    for (int lag = from; lag <= to; lag += step) {
      double likeness = likeness(pcm, offset, frames, lag, skip);
      if (likeness > bestLikeness) {
        bestLikeness = likeness;
        best = lag;
      }
    }
    return best;
  }

  /// Normalised correlation of what will be overlapped.
  private double likeness(short[] pcm, int offset, int frames, int lag, int skip) {
    int overlap = Math.min(lag, frames - lag);
    double product = 0;
    double here = 1;
    double there = 1;
    for (int i = 0; i < overlap; i += skip) {
      for (int channel = 0; channel < channels; channel++) {
        double a = pcm[offset + i * channels + channel];
        double b = pcm[offset + (i + lag) * channels + channel];
        product += a * b;
        here += a * a;
        there += b * b;
      }
    }
    return product / Math.sqrt(here * there);
  }
}
