package org.klatsch.net.io;

/// Counters of one socket, written by its loop only.
public final class SocketCounters {
  public long packetsReceived;
  public long bytesReceived;
  public long packetsSent;
  public long bytesSent;

  /// Packets the system refused: no route, too large, no buffers.
  public long sendsRefused;

  /// Datagrams cut off because they were larger than the receive buffer.
  public long receivesTruncated;

  /// System calls made to send and to receive; 0 where the backend does not know.
  public long sendCalls;

  public long receiveCalls;

  /// Packets that left as segments of a larger one (UDP_SEGMENT).
  public long segmentsSent;

  /// Packets that arrived as segments of a larger one (UDP_GRO).
  public long segmentsReceived;

  /// How often there was no room to send.
  public long unwritable;

  /// Adds what another socket counted.
  public void add(SocketCounters other) {
    packetsReceived += other.packetsReceived;
    bytesReceived += other.bytesReceived;
    packetsSent += other.packetsSent;
    bytesSent += other.bytesSent;
    sendsRefused += other.sendsRefused;
    receivesTruncated += other.receivesTruncated;
    sendCalls += other.sendCalls;
    receiveCalls += other.receiveCalls;
    segmentsSent += other.segmentsSent;
    segmentsReceived += other.segmentsReceived;
    unwritable += other.unwritable;
  }
}
