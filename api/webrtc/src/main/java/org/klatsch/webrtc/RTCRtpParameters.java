package org.klatsch.webrtc;

import java.util.List;

/// What sender and receiver parameters share, W3C WebRTC §5.2.1.
public sealed interface RTCRtpParameters permits RTCRtpReceiveParameters, RTCRtpSendParameters {
  List<RTCRtpHeaderExtensionParameters> headerExtensions();

  RTCRtcpParameters rtcp();

  /// In the order of preference; with those that repair or signal beside the media.
  List<RTCRtpCodecParameters> codecs();
}
