package org.klatsch.webrtc;

/// The arguments of an [RTCErrorEvent], W3C WebRTC §11.3.
public record RTCErrorEventInit(RTCError error) {}
