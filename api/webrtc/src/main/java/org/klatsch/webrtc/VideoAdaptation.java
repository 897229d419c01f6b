package org.klatsch.webrtc;

/// Gives up resolution or frame rate of a video whose bitrate is too low for it. Not thread-safe;
/// time is an argument.
final class VideoAdaptation {
  /// Bits for each pixel below which blocks are seen: 360p at 30 frames a second needs 170 kbit/s.
  private static final double TOO_FEW = 0.025;

  /// What the better step must have, so that an estimate that wavers does not switch to and fro:
  /// each change of size costs a key frame.
  private static final double ENOUGH = 0.04;

  /// Between two changes; the first may come at once.
  private static final long WORSE_AFTER = 1_000_000_000L;

  private static final long BETTER_AFTER = 5_000_000_000L;

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
  private int step;
  private boolean begun;
  private long changedAt;

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
  /// @param width of the picture without adaptation
  /// @param rate in frames a second without adaptation
  /// @param bitrate in bits a second; 0 while unknown
  void update(
      long now, RTCDegradationPreference wanted, int width, int height, double rate, long bitrate) {
    if (wanted != preference) {
      preference = wanted;
      reset();
    }
    if (bitrate <= 0) {
      return;
    }
    int fits = step;
    while (fits + 1 < steps().length
        && bitsPerPixel(fits, width, height, rate, bitrate) < TOO_FEW
        && isOfUse(fits + 1, width, height, rate)) {
      fits++;
    }
    if (fits > step) {
      if (!begun || now - changedAt >= WORSE_AFTER) {
        change(now, fits);
      }
    } else if (step > 0
        && bitsPerPixel(step - 1, width, height, rate, bitrate) >= ENOUGH
        && now - changedAt >= BETTER_AFTER) {
      change(now, step - 1);
    }
    if (!begun) {
      begun = true;
      changedAt = now;
    }
  }

  /// Gives nothing up.
  void reset() {
    step = 0;
    begun = false;
  }

  private void change(long now, int next) {
    step = next;
    changedAt = now;
  }

  private double bitsPerPixel(int index, int width, int height, double rate, long bitrate) {
    Step each = steps()[index];
    double pixels = width * (double) height / (each.scale * each.scale);
    return bitrate / (pixels * rate * each.rate);
  }

  private boolean isOfUse(int index, int width, int height, double rate) {
    Step each = steps()[index];
    return width * (double) height / (each.scale * each.scale) >= LEAST_PIXELS
        && rate * each.rate >= LEAST_RATE;
  }

  /// How much smaller each side of the pictures is to be.
  double scale() {
    return steps()[step].scale;
  }

  /// The share of the frames that is to be left.
  double rate() {
    return steps()[step].rate;
  }

  /// Whether anything is given up.
  boolean isLimited() {
    return step > 0;
  }
}
