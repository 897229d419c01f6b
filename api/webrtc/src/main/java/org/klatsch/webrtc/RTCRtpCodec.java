package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A codec as SDP describes it, W3C WebRTC §5.2.8.
///
/// @param mimeType `audio/opus`, `video/VP8` and so on
/// @param clockRate in hertz
/// @param channels null for video
/// @param sdpFmtpLine the parameters of `a=fmtp`; null when there are none
public record RTCRtpCodec(
    String mimeType, int clockRate, @Nullable Integer channels, @Nullable String sdpFmtpLine) {
  /// Whether both mean the same format, the "codec match" of §5.2.
  boolean matches(RTCRtpCodec other) {
    return mimeType.equalsIgnoreCase(other.mimeType)
        && clockRate == other.clockRate
        && (channels == null ? 1 : channels) == (other.channels == null ? 1 : other.channels)
        && fmtp(sdpFmtpLine).equals(fmtp(other.sdpFmtpLine));
  }

  private static java.util.Map<String, String> fmtp(@Nullable String line) {
    return line == null ? java.util.Map.of() : org.klatsch.media.RtpCodec.parseFmtp(line);
  }
}
