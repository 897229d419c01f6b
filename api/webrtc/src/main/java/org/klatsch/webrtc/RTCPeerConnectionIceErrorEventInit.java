package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// The arguments of an [RTCPeerConnectionIceErrorEvent], W3C WebRTC §4.8.3.
public record RTCPeerConnectionIceErrorEventInit(
    @Nullable String address,
    @Nullable Integer port,
    String url,
    int errorCode,
    String errorText) {}
