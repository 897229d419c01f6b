package org.klatsch.net.io;

/// How a socket is opened.
///
/// @param sendBufferBytes size asked for; the system grants what it allows
/// @param receiveBufferBytes size asked for; the system grants what it allows
/// @param reusePort `SO_REUSEPORT`: several sockets of this process share address and port
/// @param dontFragment sets the DF bit and never fragments locally, which path MTU discovery by
///   probes needs, RFC 8899 §3
/// @param offload whether segmentation offload may be used where there is any
/// @param segmentsPerBurst segments of one offloaded burst at most
public record SocketOptions(
    int sendBufferBytes,
    int receiveBufferBytes,
    boolean reusePort,
    boolean dontFragment,
    boolean offload,
    int segmentsPerBurst) {}
