package org.klatsch.peer;

import org.klatsch.srtp.SrtpDropReason;

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
  private long sentInChecks;
  private long receivedInChecks;
  private long candidatesDropped;
  private long strangersDropped;
  private long earlyMediaKept;
  private long earlyMediaDropped;
  private final long[] protectedDropped = new long[SrtpDropReason.values().length];
  private final long[] unprotectedDropped = new long[SrtpDropReason.values().length];

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

  void keepEarlyMedia() {
    earlyMediaKept++;
  }

  void dropEarlyMedia() {
    earlyMediaDropped++;
  }

  void dropProtected(SrtpDropReason reason) {
    protectedDropped[reason.ordinal()]++;
  }

  void dropUnprotected(SrtpDropReason reason) {
    unprotectedDropped[reason.ordinal()]++;
  }

  void sentInCheck() {
    sentInChecks++;
  }

  void receivedInCheck() {
    receivedInChecks++;
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

  /// DTLS datagrams that connectivity checks and their answers carried to the peer.
  public long dtlsSentInChecks() {
    return sentInChecks;
  }

  /// DTLS datagrams that the peer's connectivity checks and answers carried.
  public long dtlsReceivedInChecks() {
    return receivedInChecks;
  }

  /// Candidates of the peer that SDP lets pass and ICE cannot read.
  public long candidatesDropped() {
    return candidatesDropped;
  }

  /// Media packets that came before the keys and waited for them.
  public long earlyMediaKept() {
    return earlyMediaKept;
  }

  /// Media packets that came before the keys and found no room.
  public long earlyMediaDropped() {
    return earlyMediaDropped;
  }

  /// Packets of the peer that SRTP refused for this reason.
  public long srtpReceiveDropped(SrtpDropReason reason) {
    return protectedDropped[reason.ordinal()];
  }

  /// Packets of ours that SRTP refused for this reason.
  public long srtpSendDropped(SrtpDropReason reason) {
    return unprotectedDropped[reason.ordinal()];
  }

  /// DTLS and media packets from where no check of the peer has come.
  public long strangersDropped() {
    return strangersDropped;
  }
}
