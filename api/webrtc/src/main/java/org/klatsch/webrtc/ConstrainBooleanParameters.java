package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What a switch must or should be, Media Capture and Streams §4.2. Null means no wish.
public record ConstrainBooleanParameters(@Nullable Boolean exact, @Nullable Boolean ideal) {
  public static ConstrainBooleanParameters exact(boolean value) {
    return new ConstrainBooleanParameters(value, null);
  }

  public static ConstrainBooleanParameters ideal(boolean value) {
    return new ConstrainBooleanParameters(null, value);
  }
}
