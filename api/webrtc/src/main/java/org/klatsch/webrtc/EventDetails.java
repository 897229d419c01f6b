package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What an event of a connection says beside its type, in few words.
final class EventDetails {
  private EventDetails() {}

  static String of(RTCPeerConnection connection, Event event) {
    return switch (event) {
      case RTCPeerConnectionIceEvent e -> candidate(e.candidate());
      case RTCPeerConnectionIceErrorEvent e ->
          e.errorCode() + " " + e.errorText() + " (" + e.url() + ")";
      case RTCDataChannelEvent e -> e.channel().label();
      case RTCTrackEvent e -> e.track().kind();
      default ->
          switch (event.type()) {
            case "connectionstatechange" -> connection.connectionState().toString();
            case "iceconnectionstatechange" -> connection.iceConnectionState().toString();
            case "icegatheringstatechange" -> connection.iceGatheringState().toString();
            case "signalingstatechange" -> connection.signalingState().toString();
            default -> "";
          };
    };
  }

  private static String candidate(@Nullable RTCIceCandidate candidate) {
    return candidate == null
        ? "all gathered"
        : candidate.candidate().isEmpty() ? "end of candidates" : candidate.candidate();
  }
}
