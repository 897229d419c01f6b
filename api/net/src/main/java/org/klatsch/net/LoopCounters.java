package org.klatsch.net;

/// What one loop counted; a snapshot.
///
/// @param packetsReceived datagrams read from sockets
/// @param bytesReceived their payload
/// @param packetsSent datagrams handed to the system
/// @param bytesSent their payload
/// @param sendsRefused datagrams the system did not take: no route, too large, no buffers
/// @param sendCalls system calls to send; 0 where the backend does not know
/// @param receiveCalls system calls to receive; 0 where the backend does not know
/// @param segmentsSent datagrams that left as segments of a larger one
/// @param segmentsReceived datagrams that arrived as segments of a larger one
/// @param unwritable how often a socket had no room
/// @param pendingDropped datagrams dropped while waiting for an unwritable socket
/// @param unrouted datagrams of a core whose local address is no port of its session
/// @param offRoute datagrams that would have left by an interface that is not to be used
/// @param handedOff datagrams given to another loop
/// @param handoffDropped datagrams dropped as the other loop's queue was full
/// @param brokenCores cores detached after they threw
/// @param turns rounds of the loop
/// @param stalls turns that worked longer than the stall threshold
/// @param suspensions gaps of the clock
/// @param cores cores attached now
/// @param ports sockets open now
public record LoopCounters(
    long packetsReceived,
    long bytesReceived,
    long packetsSent,
    long bytesSent,
    long sendsRefused,
    long sendCalls,
    long receiveCalls,
    long segmentsSent,
    long segmentsReceived,
    long unwritable,
    long pendingDropped,
    long unrouted,
    long offRoute,
    long handedOff,
    long handoffDropped,
    long brokenCores,
    long turns,
    long stalls,
    long suspensions,
    int cores,
    int ports) {}
