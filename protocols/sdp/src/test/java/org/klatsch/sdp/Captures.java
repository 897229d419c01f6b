package org.klatsch.sdp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/// Descriptions as browsers wrote them.
final class Captures {
  private Captures() {}

  static Stream<String> names() {
    return Stream.of(
        "chromium-answer.sdp",
        "chromium-data-offer.sdp",
        "chromium-offer.sdp",
        "chromium-offer-IceHandshakeDtls.sdp",
        "chromium-offer-RFC8888CongestionControlFeedback.sdp",
        "chromium-offer-Sctp-Snap.sdp",
        "chromium-offer-Sctp-Snap_IceHandshakeDtls.sdp",
        "firefox-answer.sdp",
        "firefox-data-offer.sdp",
        "firefox-offer.sdp");
  }

  static String text(String name) {
    try (InputStream in = Captures.class.getResourceAsStream("captures/" + name)) {
      if (in == null) {
        throw new AssertionError("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
