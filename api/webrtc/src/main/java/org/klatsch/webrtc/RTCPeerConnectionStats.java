package org.klatsch.webrtc;

/// A connection, W3C WebRTC Statistics §8.12.
public record RTCPeerConnectionStats(
    double timestamp, String id, int dataChannelsOpened, int dataChannelsClosed)
    implements RTCStats {
  @Override
  public RTCStatsType type() {
    return RTCStatsType.PEER_CONNECTION;
  }
}
