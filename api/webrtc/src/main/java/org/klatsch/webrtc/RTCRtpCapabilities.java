package org.klatsch.webrtc;

import java.util.List;

/// What can be negotiated for a kind of media, W3C WebRTC §5.2.9.
public record RTCRtpCapabilities(
    List<RTCRtpCodec> codecs, List<RTCRtpHeaderExtensionCapability> headerExtensions) {
  public RTCRtpCapabilities {
    codecs = List.copyOf(codecs);
    headerExtensions = List.copyOf(headerExtensions);
  }
}
