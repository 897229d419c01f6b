package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A codec that was negotiated, W3C WebRTC §5.2.8.
///
/// @param channels null for video
/// @param sdpFmtpLine null when there are no parameters
public record RTCRtpCodecParameters(
    int payloadType,
    String mimeType,
    int clockRate,
    @Nullable Integer channels,
    @Nullable String sdpFmtpLine) {
  /// The codec without its payload type.
  public RTCRtpCodec codec() {
    return new RTCRtpCodec(mimeType, clockRate, channels, sdpFmtpLine);
  }
}
