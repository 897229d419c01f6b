package org.klatsch.webrtc;

/// A header extension that can be negotiated, W3C WebRTC §5.2.11.
public record RTCRtpHeaderExtensionCapability(String uri) {}
