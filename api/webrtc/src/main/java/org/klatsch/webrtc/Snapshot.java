package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What the attributes of a connection read: immutable, published by the task that fires the events
/// of a change.
///
/// @param version later ones win, as a settlement may overtake a listener that does not return
record Snapshot(
    long version,
    RTCSignalingState signalingState,
    RTCIceGatheringState iceGatheringState,
    RTCIceConnectionState iceConnectionState,
    RTCPeerConnectionState connectionState,
    @Nullable RTCSessionDescription currentLocalDescription,
    @Nullable RTCSessionDescription pendingLocalDescription,
    @Nullable RTCSessionDescription currentRemoteDescription,
    @Nullable RTCSessionDescription pendingRemoteDescription,
    @Nullable Boolean canTrickleIceCandidates,
    @Nullable RTCSctpTransport sctp) {
  static final Snapshot INITIAL =
      new Snapshot(
          0,
          RTCSignalingState.STABLE,
          RTCIceGatheringState.NEW,
          RTCIceConnectionState.NEW,
          RTCPeerConnectionState.NEW,
          null,
          null,
          null,
          null,
          null,
          null);

  /// As of W3C WebRTC §4.4.1.10: descriptions stay readable.
  Snapshot closed() {
    return new Snapshot(
        Long.MAX_VALUE,
        RTCSignalingState.CLOSED,
        iceGatheringState,
        RTCIceConnectionState.CLOSED,
        RTCPeerConnectionState.CLOSED,
        currentLocalDescription,
        pendingLocalDescription,
        currentRemoteDescription,
        pendingRemoteDescription,
        canTrickleIceCandidates,
        sctp);
  }
}
