package org.klatsch.ice;

/// Counters of one pair, as the W3C's `RTCIceCandidatePairStats` asks for.
///
/// @param requestsSent connectivity checks sent, retransmissions included
/// @param consentRequestsSent consent checks sent, which `requestsSent` does not count
/// @param currentRoundTripNanos of the latest answered check, or -1
/// @param totalRoundTripNanos sum of all round trips; divide by `responsesReceived`
/// @param packetsSent data, as noted by the session
/// @param lastPacketSentAt time of the driver in nanoseconds, or -1
/// @param lastPacketReceivedAt time of the driver in nanoseconds, or -1
public record PairStatistics(
    long requestsSent,
    long requestsReceived,
    long responsesSent,
    long responsesReceived,
    long consentRequestsSent,
    long currentRoundTripNanos,
    long totalRoundTripNanos,
    long packetsSent,
    long packetsReceived,
    long bytesSent,
    long bytesReceived,
    long lastPacketSentAt,
    long lastPacketReceivedAt) {}
