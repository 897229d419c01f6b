package org.klatsch.webrtc;

/// The kinds of statistics objects, W3C WebRTC Statistics §6.1. Those of media have no object in a
/// connection that carries data only.
public enum RTCStatsType {
  CODEC("codec"),
  INBOUND_RTP("inbound-rtp"),
  OUTBOUND_RTP("outbound-rtp"),
  REMOTE_INBOUND_RTP("remote-inbound-rtp"),
  REMOTE_OUTBOUND_RTP("remote-outbound-rtp"),
  MEDIA_SOURCE("media-source"),
  MEDIA_PLAYOUT("media-playout"),
  PEER_CONNECTION("peer-connection"),
  DATA_CHANNEL("data-channel"),
  TRANSPORT("transport"),
  CANDIDATE_PAIR("candidate-pair"),
  LOCAL_CANDIDATE("local-candidate"),
  REMOTE_CANDIDATE("remote-candidate"),
  CERTIFICATE("certificate");

  private final String value;

  RTCStatsType(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCStatsType of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
