package org.klatsch.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

@Timeout(60)
final class DataChannelExampleTest {
  @Test
  void answersAnOfferAndTalks() throws Exception {
    LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    try (RTCPeerConnection browser = new RTCPeerConnection();
        PrintStream printed =
            new PrintStream(new LineStream(lines), true, StandardCharsets.UTF_8)) {
      RTCDataChannel channel = browser.createDataChannel("chat");
      CompletableFuture<Object> greeting = new CompletableFuture<>();
      channel.onMessage(e -> greeting.complete(e.data()));
      CompletableFuture<Void> gathered = new CompletableFuture<>();
      browser.onIceGatheringStateChange(_ -> {
        if (browser.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
          gathered.complete(null);
        }
      });
      browser.setLocalDescription().join();
      gathered.get(20, TimeUnit.SECONDS);
      String offer = browser.localDescription().toJSON();
      CompletableFuture<Void> done = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              DataChannelExample.talk(offer, printed);
              done.complete(null);
            } catch (Exception e) {
              done.completeExceptionally(e);
            }
          });
      browser
          .setRemoteDescription(
              RTCSessionDescriptionInit.fromJSON(lines.poll(20, TimeUnit.SECONDS)))
          .join();
      assertThat(greeting.get(20, TimeUnit.SECONDS)).isEqualTo("Hello from Java");
      channel.send("Hello from the page");
      assertThat(lines.poll(20, TimeUnit.SECONDS)).isEqualTo("Hello from the page");
      channel.close();
      assertThat(lines.poll(20, TimeUnit.SECONDS)).isEqualTo("bye");
      done.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void twoConnectionsInOneProcessTalk() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      LoopbackExample.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8).strip()).isEqualTo("Hello");
  }
}
