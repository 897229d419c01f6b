package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.container.WavReader;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import tools.jackson.databind.JsonNode;

/// Calls between the room page and `klatsch call`, with sound and pictures in both directions.
@Tag("interop")
@Timeout(240)
final class PageAndCallTest {
  @TempDir Path directory;
  private KlatschServer server;
  private String url;

  @BeforeEach
  void start() throws IOException {
    server = KlatschServer.start(ServerOptions.of(0, directory.resolve("data")));
    url = server.ready().url();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /// @param arguments behind the room's name
  private CommandProcess call(String name, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("call", "--name", name, "kitchen"));
    all.addAll(List.of(arguments));
    CommandProcess process = CommandProcess.start(directory, url, all);
    process.await("joined", PageSteps.SOON);
    return process;
  }

  private Browser.Page join(Browser browser) {
    Browser.Page page = browser.newPage();
    PageSteps.joinRoom(page, url, "kitchen", "Ada");
    PageSteps.connected(page);
    return page;
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void thePageSeesAndHearsItsEcho(String name) throws Exception {
    Requirements.browser(name);
    try (Browser browser = Browser.start(name);
        CommandProcess echo = call("Echo", "--echo");
        Browser.Page page = join(browser)) {
      PageCall.turnOn(page, "mic");
      PageCall.turnOn(page, "camera");
      PageCall.remoteShows(page, "mic", true);
      PageCall.remoteShows(page, "camera", true);
      PageCall.hears(page);
      PageCall.sees(page);
      PageSteps.click(page, "camera");
      PageSteps.click(page, "hangup");
      echo.endInput();
      assertThat(echo.exitCode(PageSteps.SOON)).isZero();
      page.waitUntil("klatsch.state().members.length === 0", PageSteps.SOON);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void theCommandIsSeenAndHeardAndRecords(String name) throws Exception {
    Requirements.browser(name);
    Requirements.check(() -> Programs.require("ffprobe"));
    Path folder = directory.resolve("recordings");
    Path sound = folder.resolve("Ada-audio.wav");
    Path picture = folder.resolve("Ada-video.webm");
    try (Browser browser = Browser.start(name);
        CommandProcess bob =
            call("Bob", "--tone", "440", "--video", "--record", folder.toString(), "--dtmf", "12");
        Browser.Page page = join(browser)) {
      PageCall.turnOn(page, "mic");
      PageCall.turnOn(page, "camera");
      PageCall.hears(page);
      PageCall.sees(page);
      page.waitUntil(
          PageCall.OTHER + ".inbound.some((r) => r.kind === 'video' && r.width === 640)",
          PageSteps.SOON);
      JsonNode quality;
      do {
        quality = bob.await("quality", PageSteps.SOON);
      } while (quality.path("video").path("framesReceived").asInt(0) < 300);
      assertThat(quality.path("mos").asDouble()).isBetween(1.0, 4.5);
      assertThat(quality.path("receiveKbps").asDouble()).isPositive();
      assertThat(quality.path("video").path("width").asInt()).isPositive();
      bob.endInput();
      JsonNode done = bob.await("done", PageSteps.SOON);
      assertThat(bob.exitCode(PageSteps.SOON)).isZero();
      assertThat(done.path("recordings").size()).isEqualTo(2);
      assertThat(done.at("/recordings/0/seconds").asDouble()).isGreaterThan(1);
      assertThat(done.at("/recordings/1/seconds").asDouble()).isGreaterThan(1);

      // The page sees again what it has shown.
      page.waitUntil("klatsch.state().members.length === 0", PageSteps.SOON);
      try (CommandProcess eve = call("Eve", "--play", picture.toString())) {
        PageCall.sees(page);
        assertThat(eve.await("played", PageSteps.SOON).path("file").asString())
            .isEqualTo(picture.toString());
      }
    }
    assertThat(ffprobe(sound, "stream=codec_name,sample_rate:format=duration"))
        .contains("pcm_s16le");
    assertThat(isSilent(sound)).isFalse();
    List<String> video =
        ffprobe(
            picture,
            "stream=codec_name,nb_read_frames:format=duration",
            "-count_frames",
            "-select_streams",
            "v");
    assertThat(video.getFirst()).isIn("vp8", "vp9");
    assertThat(Integer.parseInt(video.get(1))).isGreaterThan(30);
    assertThat(Double.parseDouble(video.getLast())).isBetween(1.0, 200.0);
  }

  /// Values only, in the order of the file.
  private static List<String> ffprobe(Path file, String entries, String... options)
      throws Exception {
    List<String> command =
        new ArrayList<>(List.of("ffprobe", "-v", "error", "-show_entries", entries));
    command.addAll(List.of(options));
    command.addAll(List.of("-of", "default=noprint_wrappers=1:nokey=1", file.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(answer).isZero();
    return answer.lines().toList();
  }

  private static boolean isSilent(Path file) throws IOException {
    try (WavReader reader = WavReader.open(file)) {
      short[] pcm = new short[reader.format().rateHz() / 10];
      while (reader.read(pcm, 0, pcm.length) == pcm.length) {
        Goertzel any = new Goertzel(reader.format().rateHz(), 440);
        any.add(pcm, 0, pcm.length);
        if (any.power() > 1) {
          return false;
        }
      }
    }
    return true;
  }

  /// The jar alone has no video libraries: all but video works, and that says what is missing.
  @Test
  void theJarAloneSaysWhatVideoNeeds() throws Exception {
    Path alone = directory.resolve("klatsch.jar");
    Files.copy(Programs.root().resolve("apps/cli/target/klatsch.jar"), alone);
    assertThat(run(alone, "call", "--server", url, "--tone", "440", "--seconds", "1", "kitchen"))
        .startsWith("0 ");
    assertThat(run(alone, "call", "--server", url, "--video", "--seconds", "1", "kitchen"))
        .startsWith("1 ")
        .contains("klatsch: ", "natives");
  }

  /// @return the exit code and what was written
  private static String run(Path jar, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                jar.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + text;
  }
}
