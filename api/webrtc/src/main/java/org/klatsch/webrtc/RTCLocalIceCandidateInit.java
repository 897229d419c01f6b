package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A candidate of this side, W3C WebRTC §4.8.1.
///
/// @param relayProtocol how the relay is reached, for relay candidates
/// @param url the server that told the candidate
public record RTCLocalIceCandidateInit(
    RTCIceCandidateInit init,
    @Nullable RTCIceServerTransportProtocol relayProtocol,
    @Nullable String url) {}
