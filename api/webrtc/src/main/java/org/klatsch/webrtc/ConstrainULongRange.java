package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What a number must or should be, Media Capture and Streams §4.2. Null means no wish.
public record ConstrainULongRange(
    @Nullable Integer min,
    @Nullable Integer max,
    @Nullable Integer exact,
    @Nullable Integer ideal) {
  public static ConstrainULongRange exact(int value) {
    return new ConstrainULongRange(null, null, value, null);
  }

  public static ConstrainULongRange ideal(int value) {
    return new ConstrainULongRange(null, null, null, value);
  }

  public static ConstrainULongRange min(int value) {
    return new ConstrainULongRange(value, null, null, null);
  }

  public static ConstrainULongRange max(int value) {
    return new ConstrainULongRange(null, value, null, null);
  }

  public ConstrainULongRange withMin(int value) {
    return new ConstrainULongRange(value, max, exact, ideal);
  }

  public ConstrainULongRange withMax(int value) {
    return new ConstrainULongRange(min, value, exact, ideal);
  }

  public ConstrainULongRange withIdeal(int value) {
    return new ConstrainULongRange(min, max, exact, value);
  }
}
