package org.klatsch.webrtc;

import java.util.List;

/// How a track is received, W3C WebRTC §5.2.3.
public record RTCRtpReceiveParameters(
    List<RTCRtpHeaderExtensionParameters> headerExtensions,
    RTCRtcpParameters rtcp,
    List<RTCRtpCodecParameters> codecs)
    implements RTCRtpParameters {
  public RTCRtpReceiveParameters {
    headerExtensions = List.copyOf(headerExtensions);
    codecs = List.copyOf(codecs);
  }
}
