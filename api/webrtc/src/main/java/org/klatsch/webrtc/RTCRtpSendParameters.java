package org.klatsch.webrtc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a track is sent, W3C WebRTC §5.2.2. Only the encodings and what is given up first may be
/// changed between [RTCRtpSender#getParameters] and [RTCRtpSender#setParameters].
///
/// @param transactionId names the call of `getParameters`
/// @param degradationPreference what of a video is given up first when the path carries too little;
///   null leaves it to the track's content hint
public record RTCRtpSendParameters(
    String transactionId,
    List<RTCRtpEncodingParameters> encodings,
    List<RTCRtpHeaderExtensionParameters> headerExtensions,
    RTCRtcpParameters rtcp,
    List<RTCRtpCodecParameters> codecs,
    @Nullable RTCDegradationPreference degradationPreference)
    implements RTCRtpParameters {
  public RTCRtpSendParameters {
    encodings = List.copyOf(encodings);
    headerExtensions = List.copyOf(headerExtensions);
    codecs = List.copyOf(codecs);
  }

  public RTCRtpSendParameters withEncodings(List<RTCRtpEncodingParameters> value) {
    return new RTCRtpSendParameters(
        transactionId, value, headerExtensions, rtcp, codecs, degradationPreference);
  }

  public RTCRtpSendParameters withEncodings(RTCRtpEncodingParameters... value) {
    return withEncodings(List.of(value));
  }

  public RTCRtpSendParameters withDegradationPreference(@Nullable RTCDegradationPreference value) {
    return new RTCRtpSendParameters(
        transactionId, encodings, headerExtensions, rtcp, codecs, value);
  }
}
