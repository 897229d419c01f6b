package org.klatsch.examples;

import java.util.concurrent.CompletableFuture;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCIceCandidate;
import org.klatsch.webrtc.RTCPeerConnection;

/// Two connections in one process. Candidates are handed over as they come, once the other side has
/// the description that they belong to. See `docs/data-channel.md`.
public final class LoopbackExample {
  private LoopbackExample() {}

  public static void main(String[] arguments) {
    try (RTCPeerConnection here = new RTCPeerConnection();
        RTCPeerConnection there = new RTCPeerConnection()) {
      CompletableFuture<Void> offered = trickle(here, there);
      CompletableFuture<Void> answered = trickle(there, here);
      CompletableFuture<Object> heard = new CompletableFuture<>();
      there.onDataChannel(
          event -> event.channel().onMessage(message -> heard.complete(message.data())));
      RTCDataChannel channel = here.createDataChannel("chat");
      channel.onOpen(_ -> channel.send("Hello"));
      here.setLocalDescription().join();
      there.setRemoteDescription(here.localDescription()).join();
      offered.complete(null);
      there.setLocalDescription().join();
      here.setRemoteDescription(there.localDescription()).join();
      answered.complete(null);
      System.out.println(heard.join());
    }
  }

  private static CompletableFuture<Void> trickle(RTCPeerConnection from, RTCPeerConnection to) {
    CompletableFuture<Void> described = new CompletableFuture<>();
    from.onIceCandidate(event -> {
      RTCIceCandidate candidate = event.candidate();
      if (candidate != null) {
        var _ = described.thenCompose(_ -> to.addIceCandidate(candidate));
      }
    });
    return described;
  }
}
