package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What an encoding has in both directions, W3C WebRTC §5.2.4.
public sealed interface RTCRtpCodingParameters permits RTCRtpEncodingParameters {
  /// Names an encoding of simulcast; null without.
  @Nullable String rid();
}
