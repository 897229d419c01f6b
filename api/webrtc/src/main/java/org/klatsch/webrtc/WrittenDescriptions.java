package org.klatsch.webrtc;

import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.jsep.JsepDescription;

/// The texts of descriptions. Each is written once: most changes of state leave all four as they
/// are.
final class WrittenDescriptions {
  /// The four descriptions of a connection, and as many that they have replaced.
  private static final int MAX_WRITTEN = 8;

  /// By their identity, which changes with their content.
  private final IdentityHashMap<JsepDescription, RTCSessionDescription> written =
      new IdentityHashMap<>();

  @Nullable RTCSessionDescription of(@Nullable JsepDescription description) {
    if (description == null) {
      return null;
    }
    if (written.size() > MAX_WRITTEN) {
      written.clear();
    }
    return written.computeIfAbsent(
        description,
        fresh -> new RTCSessionDescription(RTCSdpType.of(fresh.type().toString()), fresh.sdp()));
  }
}
