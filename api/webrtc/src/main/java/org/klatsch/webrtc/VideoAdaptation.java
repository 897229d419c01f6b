package org.klatsch.webrtc;

/// Gives up resolution or frame rate of a video whose bitrate is too low for it, or whose encoder
/// is too slow. Not thread-safe; time is an argument.
final class VideoAdaptation {
  /// Bits for each pixel below which blocks are seen: 360p at 30 frames a second needs 170 kbit/s.
  private static final double TOO_FEW = 0.025;

  /// What the better step must have, so that an estimate that wavers does not switch to and fro:
  /// each change of size costs a key frame.
  private static final double ENOUGH = 0.04;

  /// Between two changes; the first may come at once.
  private static final long WORSE_AFTER = 1_000_000_000L;

  private static final long BETTER_AFTER = 5_000_000_000L;

  /// The share of its time that an encoder may work: above, pictures begin to wait for each other
  /// whenever one takes longer than most.
  private static final double TOO_BUSY = 0.85;

  /// Seconds in a row that it has to: the garbage collector and others are busy for one now and
  /// then.
  private static final int BUSY_SECONDS = 2;

  /// What the better step may make of the share at most.
  private static final double IDLE = 0.6;

  /// Smaller pictures and slower ones are of no use.
  private static final int LEAST_PIXELS = 160 * 90;

  private static final double LEAST_RATE = 4;

  /// One choice: how much smaller each side is, and the share of the frames that is left.
  private record Step(double scale, double rate) {}

  private static final Step[] FEWER_PIXELS = {
    new Step(1, 1), new Step(4 / 3.0, 1), new Step(2, 1), new Step(8 / 3.0, 1), new Step(4, 1)
  };

  private static final Step[] FEWER_FRAMES = {
    new Step(1, 1), new Step(1, 0.67), new Step(1, 0.5), new Step(1, 0.33), new Step(1, 0.17)
  };

  private static final Step[] BOTH = {
    new Step(1, 1),
    new Step(1, 0.67),
    new Step(4 / 3.0, 0.67),
    new Step(4 / 3.0, 0.5),
    new Step(2, 0.5),
    new Step(8 / 3.0, 0.5),
    new Step(4, 0.5)
  };

  private RTCDegradationPreference preference = RTCDegradationPreference.BALANCED;

  /// Among the steps, what the bitrate asks for and what the encoder's work does: the worse one
  /// holds.
  private int bitrateStep;

  private int loadStep;
  private boolean begun;
  private long changedAt;
  private long loadChangedAt;
  private int busySeconds;
  private int width;
  private int height;
  private double rate;

  private Step[] steps() {
    return switch (preference) {
      case MAINTAIN_FRAMERATE -> FEWER_PIXELS;
      case MAINTAIN_RESOLUTION -> FEWER_FRAMES;
      case BALANCED -> BOTH;
    };
  }

  /// Looks what the bitrate allows.
  ///
  /// @param now nanoseconds
  /// @param fullWidth of the picture without adaptation
  /// @param fullRate in frames a second without adaptation
  /// @param bitrate in bits a second; 0 while unknown
  void update(
      long now,
      RTCDegradationPreference wanted,
      int fullWidth,
      int fullHeight,
      double fullRate,
      long bitrate) {
    width = fullWidth;
    height = fullHeight;
    rate = fullRate;
    if (wanted != preference) {
      preference = wanted;
      reset();
    }
    if (bitrate <= 0) {
      return;
    }
    int fits = bitrateStep;
    while (fits + 1 < steps().length
        && bitsPerPixel(fits, bitrate) < TOO_FEW
        && isOfUse(fits + 1)) {
      fits++;
    }
    if (fits > bitrateStep) {
      if (!begun || now - changedAt >= WORSE_AFTER) {
        change(now, fits);
      }
    } else if (bitrateStep > 0
        && bitsPerPixel(bitrateStep - 1, bitrate) >= ENOUGH
        && now - changedAt >= BETTER_AFTER) {
      change(now, bitrateStep - 1);
    }
    if (!begun) {
      begun = true;
      changedAt = now;
    }
  }

  /// Looks what the encoder can do; once a second, after [#update].
  ///
  /// @param share of the time of the last second that it worked, with the step that holds
  void load(long now, double share) {
    busySeconds = share > TOO_BUSY ? busySeconds + 1 : 0;
    int present = step();
    if (busySeconds >= BUSY_SECONDS) {
      if (present + 1 < steps().length && isOfUse(present + 1)) {
        loadStep = present + 1;
        loadChangedAt = now;
      }
      busySeconds = 0;
    } else if (loadStep > 0 && now - loadChangedAt >= BETTER_AFTER) {
      int better = Math.max(bitrateStep, loadStep - 1);
      if (better == present || share * work(better) / work(present) < IDLE) {
        loadStep--;
        loadChangedAt = now;
      }
    }
  }

  private int step() {
    return Math.max(bitrateStep, loadStep);
  }

  /// Pixels a second, compared with those without adaptation.
  private double work(int index) {
    Step each = steps()[index];
    return each.rate / (each.scale * each.scale);
  }

  /// Gives nothing up.
  void reset() {
    bitrateStep = 0;
    loadStep = 0;
    busySeconds = 0;
    begun = false;
  }

  private void change(long now, int next) {
    bitrateStep = next;
    changedAt = now;
  }

  private double bitsPerPixel(int index, long bitrate) {
    Step each = steps()[index];
    double pixels = width * (double) height / (each.scale * each.scale);
    return bitrate / (pixels * rate * each.rate);
  }

  private boolean isOfUse(int index) {
    Step each = steps()[index];
    return width * (double) height / (each.scale * each.scale) >= LEAST_PIXELS
        && rate * each.rate >= LEAST_RATE;
  }

  /// How much smaller each side of the pictures is to be.
  double scale() {
    return steps()[step()].scale;
  }

  /// The share of the frames that is to be left.
  double rate() {
    return steps()[step()].rate;
  }

  /// Why anything is given up.
  RTCQualityLimitationReason reason() {
    if (loadStep > bitrateStep) {
      return RTCQualityLimitationReason.CPU;
    }
    return bitrateStep > 0 ? RTCQualityLimitationReason.BANDWIDTH : RTCQualityLimitationReason.NONE;
  }
}
