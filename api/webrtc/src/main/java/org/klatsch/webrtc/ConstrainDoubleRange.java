package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What a number must or should be, Media Capture and Streams §4.2. Null means no wish.
public record ConstrainDoubleRange(
    @Nullable Double min, @Nullable Double max, @Nullable Double exact, @Nullable Double ideal) {
  public static ConstrainDoubleRange exact(double value) {
    return new ConstrainDoubleRange(null, null, value, null);
  }

  public static ConstrainDoubleRange ideal(double value) {
    return new ConstrainDoubleRange(null, null, null, value);
  }

  public static ConstrainDoubleRange min(double value) {
    return new ConstrainDoubleRange(value, null, null, null);
  }

  public static ConstrainDoubleRange max(double value) {
    return new ConstrainDoubleRange(null, value, null, null);
  }

  public ConstrainDoubleRange withMin(double value) {
    return new ConstrainDoubleRange(value, max, exact, ideal);
  }

  public ConstrainDoubleRange withMax(double value) {
    return new ConstrainDoubleRange(min, value, exact, ideal);
  }

  public ConstrainDoubleRange withIdeal(double value) {
    return new ConstrainDoubleRange(min, max, exact, value);
  }
}
