package org.klatsch.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.klatsch.interop.ForeignPeer;
import org.klatsch.interop.Programs;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.UdpRelay;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A call of aiortc with itself through the link that [ImpairedAudio] has. It knows no redundancy.
final class ImpairedAiortc {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ImpairedAiortc() {}

  /// Measures one call.
  static ImpairedAudio.Result measure(double loss, int oneWayMillis, int seconds)
      throws IOException {
    Path folder = Files.createTempDirectory("klatsch-aiortc-");
    Path voice = folder.resolve("voice");
    short[] words = ImpairedAudio.words(10);
    ByteBuffer bytes =
        ByteBuffer.allocate(words.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(words);
    Files.write(voice, bytes.array());
    List<String> python = ForeignPeer.Stack.AIORTC.command();
    Process process =
        new ProcessBuilder(
                python.getFirst(),
                Programs.root().resolve("testing/interop/peers/aiortc/impaired.py").toString(),
                voice.toString(),
                "--settle",
                "" + ImpairedAudio.SETTLING_SECONDS,
                "--seconds",
                "" + seconds)
            .redirectError(folder.resolve("log").toFile())
            .start();
    LinkOptions link = LinkOptions.PERFECT.delayMillis(oneWayMillis).loss(loss);
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      JsonNode target = next(output, folder);
      try (UdpRelay relay =
          UdpRelay.open(
              new InetSocketAddress(
                  InetAddress.getByName(target.get("address").asString()),
                  target.get("port").asInt()),
              link,
              link,
              1)) {
        PrintStream input =
            new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        input.println(relay.address().getPort());
        JsonNode result = next(output, folder);
        return new ImpairedAudio.Result(
            result.get("concealedPercent").asDouble(),
            result.get("mouthToEarMillis").asDouble(Double.NaN),
            Double.NaN);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static JsonNode next(BufferedReader output, Path folder) throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("aiortc ended: " + Files.readString(folder.resolve("log")));
    }
    return JSON.readTree(line);
  }
}
