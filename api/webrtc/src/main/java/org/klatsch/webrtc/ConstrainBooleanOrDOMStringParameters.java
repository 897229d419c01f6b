package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What a switch with more than two states must or should be, Media Capture and Streams §4.2:
/// `Boolean` or `String`. Null means no wish.
public record ConstrainBooleanOrDOMStringParameters(
    @Nullable Object exact, @Nullable Object ideal) {
  public ConstrainBooleanOrDOMStringParameters {
    check(exact);
    check(ideal);
  }

  private static void check(@Nullable Object value) {
    if (value != null && !(value instanceof Boolean) && !(value instanceof String)) {
      throw DOMException.typeError(value + " is neither a Boolean nor a String");
    }
  }

  public static ConstrainBooleanOrDOMStringParameters exact(boolean value) {
    return new ConstrainBooleanOrDOMStringParameters(value, null);
  }

  public static ConstrainBooleanOrDOMStringParameters exact(EchoCancellationModeEnum value) {
    return new ConstrainBooleanOrDOMStringParameters(value.toString(), null);
  }

  public static ConstrainBooleanOrDOMStringParameters ideal(boolean value) {
    return new ConstrainBooleanOrDOMStringParameters(null, value);
  }
}
