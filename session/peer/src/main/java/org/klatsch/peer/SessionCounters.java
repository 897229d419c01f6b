package org.klatsch.peer;

/// Packets of a session: all that crossed its ports, and what was dropped before any protocol saw
/// it. Confined to the session's thread.
public final class SessionCounters {
  private long packetsSent;
  private long bytesSent;
  private long packetsReceived;
  private long bytesReceived;
  private long earlyDropped;
  private long unexpectedDropped;
  private int selectedPairChanges;
  private long candidatesDropped;
  private long strangersDropped;

  SessionCounters() {}

  void sent(int bytes) {
    packetsSent++;
    bytesSent += bytes;
  }

  void received(int bytes) {
    packetsReceived++;
    bytesReceived += bytes;
  }

  void dropEarly() {
    earlyDropped++;
  }

  void dropUnexpected() {
    unexpectedDropped++;
  }

  void dropCandidate() {
    candidatesDropped++;
  }

  void dropStranger() {
    strangersDropped++;
  }

  void pairChanged() {
    selectedPairChanges++;
  }

  public long packetsSent() {
    return packetsSent;
  }

  /// UDP payload.
  public long bytesSent() {
    return bytesSent;
  }

  public long packetsReceived() {
    return packetsReceived;
  }

  /// UDP payload.
  public long bytesReceived() {
    return bytesReceived;
  }

  /// DTLS packets that came before the peer's description and found no room.
  public long earlyDropped() {
    return earlyDropped;
  }

  /// Packets of no protocol that the session speaks.
  public long unexpectedDropped() {
    return unexpectedDropped;
  }

  /// How often data took another candidate pair.
  public int selectedPairChanges() {
    return selectedPairChanges;
  }

  /// Candidates of the peer that SDP lets pass and ICE cannot read.
  public long candidatesDropped() {
    return candidatesDropped;
  }

  /// DTLS packets from where no check of the peer has come.
  public long strangersDropped() {
    return strangersDropped;
  }
}
