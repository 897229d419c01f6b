package org.klatsch.codecs.audio;

import java.util.Arrays;

/// Tells speech from background: energy in three bands of the voice against the lowest that each
/// band had in the last 1.6 s. Steady noise of any spectrum becomes background within that time.
public final class VoiceActivityDetector {
  /// Where formants lie: the first, the second, and the hiss of consonants.
  private static final double[][] BANDS = {{120, 700}, {700, 1_800}, {1_800, 3_700}};

  private static final int FRAMES_PER_SECOND = 100;

  /// The lowest energy is sought in so many windows of [#WINDOW_FRAMES].
  private static final int WINDOWS = 8;

  private static final int WINDOW_FRAMES = 20;

  /// Energies are smoothed over about 30 ms, which keeps steady noise within some 5 dB.
  private static final double SMOOTHING = 0.3;

  /// How many times louder than before one block may count, so that a click is no voice.
  private static final double GROWTH = 16;

  private final VoiceActivityOptions options;
  private final int blockFrames;
  private final int onsetBlocks;
  private final int hangoverBlocks;
  private final BandPass[] filters = new BandPass[BANDS.length];
  private final double[] energies = new double[BANDS.length];
  private final double[] smoothed = new double[BANDS.length];
  private final double[][] lowest = new double[BANDS.length][WINDOWS];
  private double total;
  private int inBlock;
  private int blocks;
  private int heardBlocks;
  private int silentBlocks = Integer.MAX_VALUE / 2;
  private boolean speaking;

  public VoiceActivityDetector(int rateHz, VoiceActivityOptions options) {
    if (rateHz < 8_000) {
      throw new IllegalArgumentException("rate " + rateHz + " Hz: expected 8,000 or more");
    }
    this.options = options;
    blockFrames = rateHz / FRAMES_PER_SECOND;
    onsetBlocks = Math.max(1, (int) (options.onset().toMillis() * FRAMES_PER_SECOND / 1_000));
    hangoverBlocks = (int) (options.hangover().toMillis() * FRAMES_PER_SECOND / 1_000);
    for (int band = 0; band < BANDS.length; band++) {
      filters[band] = new BandPass(rateHz, BANDS[band][0], BANDS[band][1]);
      Arrays.fill(lowest[band], Double.MAX_VALUE);
    }
  }

  public VoiceActivityDetector(int rateHz) {
    this(rateHz, VoiceActivityOptions.defaults());
  }

  /// Takes the next samples of one channel.
  ///
  /// @return whether someone is speaking at their end
  public boolean process(short[] pcm, int offset, int frames) {
    for (int i = offset; i < offset + frames; i++) {
      double sample = pcm[i];
      total += sample * sample;
      for (int band = 0; band < filters.length; band++) {
        double filtered = filters[band].next(sample);
        energies[band] += filtered * filtered;
      }
      if (++inBlock == blockFrames) {
        finishBlock();
      }
    }
    return speaking;
  }

  public boolean isSpeaking() {
    return speaking;
  }

  private void finishBlock() {
    boolean opening = blocks % WINDOW_FRAMES == 0;
    int window = blocks / WINDOW_FRAMES % WINDOWS;
    double best = 0;
    double sum = 0;
    for (int band = 0; band < filters.length; band++) {
      // One step of 16 bits is the least there can be.
      double energy = energies[band] / blockFrames + 1;
      if (blocks > 0) {
        energy = Math.min(energy, GROWTH * smoothed[band]);
      }
      smoothed[band] =
          blocks == 0 ? energy : smoothed[band] + SMOOTHING * (energy - smoothed[band]);
      if (opening) {
        lowest[band][window] = Double.MAX_VALUE;
      }
      lowest[band][window] = Math.min(lowest[band][window], smoothed[band]);
      double background = Double.MAX_VALUE;
      for (double candidate : lowest[band]) {
        background = Math.min(background, candidate);
      }
      double excess = 10 * Math.log10(smoothed[band] / background);
      best = Math.max(best, excess);
      sum += excess;
      energies[band] = 0;
    }
    int level = AudioLevel.ofRms(Math.sqrt(total / blockFrames));
    total = 0;
    inBlock = 0;
    blocks = blocks == Integer.MAX_VALUE - WINDOWS * WINDOW_FRAMES ? 1 : blocks + 1;
    // One band well above its background, or all of them together half of that.
    boolean heard =
        level <= options.quietestLevel()
            && (best >= options.thresholdDb() || sum >= 2 * options.thresholdDb());
    heardBlocks = heard ? heardBlocks + 1 : 0;
    silentBlocks = heard ? 0 : silentBlocks + 1;
    if (heardBlocks >= onsetBlocks) {
      speaking = true;
    } else if (silentBlocks > hangoverBlocks) {
      speaking = false;
    }
  }

  /// A second-order band pass, twice.
  private static final class BandPass {
    private final double b;
    private final double a1;
    private final double a2;
    private double x1;
    private double x2;
    private double y1;
    private double y2;
    private double z1;
    private double z2;

    BandPass(int rateHz, double lowHz, double highHz) {
      double centre = 2 * Math.PI * Math.sqrt(lowHz * highHz) / rateHz;
      double width = (highHz - lowHz) / Math.sqrt(lowHz * highHz);
      double alpha = Math.sin(centre) * width / 2;
      b = alpha / (1 + alpha);
      a1 = -2 * Math.cos(centre) / (1 + alpha);
      a2 = (1 - alpha) / (1 + alpha);
    }

    double next(double x) {
      double y = b * (x - x2) - a1 * y1 - a2 * y2;
      double z = b * (y - y2) - a1 * z1 - a2 * z2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      y1 = y;
      z2 = z1;
      z1 = z;
      return z;
    }
  }
}
