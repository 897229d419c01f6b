package org.klatsch.webrtc;

/// A header extension in use, W3C WebRTC §5.2.7.
public record RTCRtpHeaderExtensionParameters(String uri, int id, boolean encrypted) {}
