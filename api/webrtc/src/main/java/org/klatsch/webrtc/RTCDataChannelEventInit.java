package org.klatsch.webrtc;

/// The arguments of an [RTCDataChannelEvent], W3C WebRTC §6.4.
public record RTCDataChannelEventInit(RTCDataChannel channel) {}
