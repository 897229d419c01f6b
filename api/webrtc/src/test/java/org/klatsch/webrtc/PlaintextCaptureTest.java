package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlaintextCaptureTest {
  @TempDir Path directory;

  @Test
  void theFileHoldsTheDecryptedPackets() throws Exception {
    Path file = directory.resolve("plain.pcapng");
    List<String> keys = new ArrayList<>();
    try (PlaintextCapture capture = PlaintextCapture.to(file);
        Pair pair =
            new Pair(
                Pair.options()
                    .withTap(capture)
                    .withKeyLog(line -> {
                      synchronized (keys) {
                        keys.add(line);
                      }
                    }))) {
      RTCDataChannel[] channels = pair.connect();
      CompletableFuture<Object> message = new CompletableFuture<>();
      channels[1].onMessage(e -> message.complete(e.data()));
      channels[0].send("in clear text");
      Pair.await(message);
    }
    byte[] bytes = Files.readAllBytes(file);
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).contains("in clear text");
    ByteBuffer blocks = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
    int packets = 0;
    while (blocks.hasRemaining()) {
      int start = blocks.position();
      int type = blocks.getInt();
      int length = blocks.getInt();
      assertThat(length % 4).isZero();
      assertThat(blocks.getInt(start + length - 4)).isEqualTo(length);
      if (type == 6) {
        packets++;
      }
      blocks.position(start + length);
    }
    assertThat(packets).isGreaterThan(6);
    synchronized (keys) {
      assertThat(keys).isNotEmpty().allMatch(line -> line.contains("_SECRET"));
    }
  }
}
