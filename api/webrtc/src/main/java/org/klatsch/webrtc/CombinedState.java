package org.klatsch.webrtc;

/// The state of a connection as a whole, W3C WebRTC §4.3.3.
final class CombinedState {
  private CombinedState() {}

  static RTCPeerConnectionState of(RTCIceTransportState iceState, RTCDtlsTransportState dtlsState) {
    if (iceState == RTCIceTransportState.FAILED || dtlsState == RTCDtlsTransportState.FAILED) {
      return RTCPeerConnectionState.FAILED;
    }
    if (iceState == RTCIceTransportState.DISCONNECTED) {
      return RTCPeerConnectionState.DISCONNECTED;
    }
    boolean iceIdle =
        iceState == RTCIceTransportState.NEW || iceState == RTCIceTransportState.CLOSED;
    boolean dtlsIdle =
        dtlsState == RTCDtlsTransportState.NEW || dtlsState == RTCDtlsTransportState.CLOSED;
    if (iceIdle && dtlsIdle) {
      return RTCPeerConnectionState.NEW;
    }
    boolean dtlsBusy =
        dtlsState == RTCDtlsTransportState.NEW || dtlsState == RTCDtlsTransportState.CONNECTING;
    if (iceState == RTCIceTransportState.NEW
        || iceState == RTCIceTransportState.CHECKING
        || dtlsBusy) {
      return RTCPeerConnectionState.CONNECTING;
    }
    return RTCPeerConnectionState.CONNECTED;
  }
}
