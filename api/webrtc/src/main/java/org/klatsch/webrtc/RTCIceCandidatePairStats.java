package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A candidate pair, W3C WebRTC Statistics §8.16. Times are in seconds. Null means unknown.
public record RTCIceCandidatePairStats(
    double timestamp,
    String id,
    String transportId,
    String localCandidateId,
    String remoteCandidateId,
    RTCStatsIceCandidatePairState state,
    boolean nominated,
    long packetsSent,
    long packetsReceived,
    long bytesSent,
    long bytesReceived,
    @Nullable Double lastPacketSentTimestamp,
    @Nullable Double lastPacketReceivedTimestamp,
    double totalRoundTripTime,
    @Nullable Double currentRoundTripTime,
    @Nullable Double availableOutgoingBitrate,
    @Nullable Double availableIncomingBitrate,
    long requestsReceived,
    long requestsSent,
    long responsesReceived,
    long responsesSent,
    long consentRequestsSent,
    long packetsDiscardedOnSend,
    long bytesDiscardedOnSend)
    implements RTCStats {
  @Override
  public RTCStatsType type() {
    return RTCStatsType.CANDIDATE_PAIR;
  }
}
