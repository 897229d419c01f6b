package org.klatsch.webrtc;

import java.util.List;

/// How a track is sent, W3C WebRTC §5.2.2. Only the encodings may be changed between
/// [RTCRtpSender#getParameters] and [RTCRtpSender#setParameters].
///
/// @param transactionId names the call of `getParameters`
public record RTCRtpSendParameters(
    String transactionId,
    List<RTCRtpEncodingParameters> encodings,
    List<RTCRtpHeaderExtensionParameters> headerExtensions,
    RTCRtcpParameters rtcp,
    List<RTCRtpCodecParameters> codecs)
    implements RTCRtpParameters {
  public RTCRtpSendParameters {
    encodings = List.copyOf(encodings);
    headerExtensions = List.copyOf(headerExtensions);
    codecs = List.copyOf(codecs);
  }

  public RTCRtpSendParameters withEncodings(List<RTCRtpEncodingParameters> value) {
    return new RTCRtpSendParameters(transactionId, value, headerExtensions, rtcp, codecs);
  }

  public RTCRtpSendParameters withEncodings(RTCRtpEncodingParameters... value) {
    return withEncodings(List.of(value));
  }
}
