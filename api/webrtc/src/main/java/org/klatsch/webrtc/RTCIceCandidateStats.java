package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A local or a remote candidate, W3C WebRTC Statistics §8.15. Null means unknown.
public record RTCIceCandidateStats(
    double timestamp,
    RTCStatsType type,
    String id,
    String transportId,
    @Nullable String address,
    int port,
    String protocol,
    RTCIceCandidateType candidateType,
    long priority,
    @Nullable String url,
    @Nullable RTCIceServerTransportProtocol relayProtocol,
    String foundation,
    @Nullable String relatedAddress,
    @Nullable Integer relatedPort,
    @Nullable String usernameFragment,
    @Nullable RTCIceTcpCandidateType tcpType)
    implements RTCStats {}
