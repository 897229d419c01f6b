package org.klatsch.webrtc;

/// How RTCP is used, W3C WebRTC §5.2.6.
public record RTCRtcpParameters(String cname, boolean reducedSize) {}
