package org.klatsch.webrtc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which of some words a setting must or should be, Media Capture and Streams §4.2. Null means no
/// wish.
public record ConstrainDOMStringParameters(
    @Nullable List<String> exact, @Nullable List<String> ideal) {
  public ConstrainDOMStringParameters {
    exact = exact == null ? null : List.copyOf(exact);
    ideal = ideal == null ? null : List.copyOf(ideal);
  }

  public static ConstrainDOMStringParameters exact(String... values) {
    return new ConstrainDOMStringParameters(List.of(values), null);
  }

  public static ConstrainDOMStringParameters ideal(String... values) {
    return new ConstrainDOMStringParameters(null, List.of(values));
  }
}
