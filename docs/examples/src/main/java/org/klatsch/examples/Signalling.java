package org.klatsch.examples;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionState;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// What every example does to connect: descriptions are text that somebody carries from one side to
/// the other.
final class Signalling {
  private Signalling() {}

  /// Offers what was added to the connection.
  ///
  /// @return the offer with all candidates
  static String offer(RTCPeerConnection pc) throws InterruptedException, ExecutionException {
    return complete(pc);
  }

  /// Takes the other side's answer.
  static void answered(RTCPeerConnection pc, String answer)
      throws InterruptedException, ExecutionException {
    pc.setRemoteDescription(RTCSessionDescriptionInit.fromJSON(answer)).get();
  }

  /// Takes an offer; what is added to the connection before or by `onTrack` goes into the answer.
  static void offered(RTCPeerConnection pc, String offer)
      throws InterruptedException, ExecutionException {
    pc.setRemoteDescription(RTCSessionDescriptionInit.fromJSON(offer)).get();
  }

  /// Answers the offer.
  ///
  /// @return the answer with all candidates
  static String answer(RTCPeerConnection pc) throws InterruptedException, ExecutionException {
    return complete(pc);
  }

  private static String complete(RTCPeerConnection pc)
      throws InterruptedException, ExecutionException {
    CompletableFuture<Void> gathered = new CompletableFuture<>();
    pc.onIceGatheringStateChange(_ -> {
      if (pc.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
        gathered.complete(null);
      }
    });
    pc.setLocalDescription().get();
    if (pc.iceGatheringState() != RTCIceGatheringState.COMPLETE) {
      gathered.get();
    }
    return Objects.requireNonNull(pc.localDescription()).toJSON();
  }

  /// Completes when the other side has gone.
  static CompletableFuture<Void> over(RTCPeerConnection pc) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    pc.addEventListener(
        "connectionstatechange",
        _ -> {
          RTCPeerConnectionState state = pc.connectionState();
          if (state == RTCPeerConnectionState.FAILED
              || state == RTCPeerConnectionState.DISCONNECTED) {
            over.complete(null);
          }
        });
    return over;
  }
}
