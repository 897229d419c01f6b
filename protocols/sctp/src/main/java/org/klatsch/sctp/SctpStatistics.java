package org.klatsch.sctp;

import java.util.Map;
import org.klatsch.sctp.packet.DropReason;

/// A snapshot of an association's figures.
///
/// @param congestionWindow bytes that may be in flight
/// @param slowStartThreshold in bytes, [Long#MAX_VALUE] until the first congestion
/// @param bytesInFlight bytes sent and neither acknowledged nor deemed lost
/// @param smoothedRttNanos smoothed round-trip time, 0 before the first measurement
/// @param minRttNanos the smallest recent round-trip time, 0 before the first measurement
/// @param rtoNanos retransmission timeout
/// @param peerReceiveWindow what the peer last advertised, less what is in flight
/// @param receiveWindow what this side would advertise now
/// @param packetSize current packet size limit in bytes (PLPMTU less lower headers)
/// @param packetsSent packets handed out
/// @param packetsReceived packets taken in, dropped ones included
/// @param bytesSent bytes of all packets handed out
/// @param bytesReceived bytes of all packets taken in
/// @param messagesSent messages of which the last fragment was sent
/// @param messagesReceived messages delivered
/// @param messagesAbandoned messages given up under partial reliability
/// @param chunksRetransmitted data chunks sent again
/// @param retransmissionTimeouts how often T3-rtx expired
/// @param tailProbes tail loss probes sent
/// @param duplicatesReceived data chunks received more than once
/// @param drops packets and chunks dropped, by reason
public record SctpStatistics(
    long congestionWindow,
    long slowStartThreshold,
    long bytesInFlight,
    long smoothedRttNanos,
    long minRttNanos,
    long rtoNanos,
    long peerReceiveWindow,
    long receiveWindow,
    int packetSize,
    long packetsSent,
    long packetsReceived,
    long bytesSent,
    long bytesReceived,
    long messagesSent,
    long messagesReceived,
    long messagesAbandoned,
    long chunksRetransmitted,
    long retransmissionTimeouts,
    long tailProbes,
    long duplicatesReceived,
    Map<DropReason, Long> drops) {}
