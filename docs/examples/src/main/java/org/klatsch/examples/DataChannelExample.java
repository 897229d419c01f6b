package org.klatsch.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// Answers a browser: reads its offer as one line of JSON, prints the answer as one line of JSON,
/// then greets and prints what the browser sends. See `docs/data-channel.md`.
public final class DataChannelExample {
  private DataChannelExample() {}

  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    talk(in.readLine(), System.out);
  }

  static void talk(String offer, PrintStream out) throws InterruptedException, ExecutionException {
    try (RTCPeerConnection pc = new RTCPeerConnection()) {
      CompletableFuture<String> goodbye = new CompletableFuture<>();
      CompletableFuture<Void> gathered = new CompletableFuture<>();
      pc.onDataChannel(event -> {
        event.channel().onMessage(message -> out.println(message.data()));
        event.channel().onClose(_ -> goodbye.complete("bye"));
        event.channel().send("Hello from Java");
      });
      pc.onIceGatheringStateChange(_ -> {
        if (pc.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
          gathered.complete(null);
        }
      });
      pc.setRemoteDescription(RTCSessionDescriptionInit.fromJSON(offer)).get();
      pc.setLocalDescription().get();
      gathered.get();
      out.println(Objects.requireNonNull(pc.localDescription()).toJSON());
      out.println(goodbye.get());
    }
  }
}
