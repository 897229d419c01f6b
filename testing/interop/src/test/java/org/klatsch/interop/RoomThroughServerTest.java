package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;

/// Calls of more than two web pages, whose media the server forwards: everybody's picture has a
/// colour of its own.
@Tag("interop")
final class RoomThroughServerTest {
  private static final Map<String, String> COLOURS =
      Map.of("Ada", "200,0,0", "Bob", "0,160,0", "Eve", "0,0,220", "Zoe", "200,200,0");

  @TempDir Path directory;
  private KlatschServer server;

  @BeforeEach
  void start() throws IOException {
    server = KlatschServer.start(ServerOptions.of(0, directory.resolve("data")));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /// Joins with a picture of one colour that moves a little, and a tone.
  private Browser.Page join(Browser browser, String name) {
    Browser.Page page = browser.newPage();
    PageSteps.joinRoom(page, server.ready().url(), "large", name);
    page.waitUntil("klatsch.state().status === 'open'", PageSteps.SOON);
    page.evaluate(
        """
        (() => {
          const canvas = document.createElement('canvas');
          canvas.width = 320;
          canvas.height = 240;
          const context = canvas.getContext('2d');
          let n = 0;
          setInterval(() => {
            context.fillStyle = 'rgb(%s)';
            context.fillRect(0, 0, 320, 240);
            context.fillStyle = 'white';
            context.fillRect(n++ %% 300, 0, 10, 10);
          }, 66);
          const sound = new AudioContext();
          const tone = sound.createOscillator();
          const out = sound.createMediaStreamDestination();
          tone.connect(out);
          tone.start();
          window.kept = [canvas, sound, tone, out];
          navigator.mediaDevices.getUserMedia = async ({ audio, video }) => new MediaStream([
            ...(audio ? out.stream.getAudioTracks() : []),
            ...(video ? canvas.captureStream(15).getVideoTracks() : []),
          ]);
        })()
        """
            .formatted(COLOURS.get(name)));
    PageCall.turnOn(page, "camera");
    PageCall.turnOn(page, "mic");
    return page;
  }

  private static String connection(String name) {
    return "klatsch.state().connections.find((c) => c.name === '" + name + "')";
  }

  /// Waits until the page shows somebody's colour and hears something, by the way given.
  private static void sees(Browser.Page page, String name, String through) {
    page.waitUntil(connection(name) + "?.media.through === '" + through + "'", PageSteps.SOON);
    page.waitUntil(
        """
        (() => {
          const tile = [...document.querySelectorAll('[data-testid="tile"]')]
              .find((each) => each.querySelector('.member-name').textContent === '%s');
          const video = tile?.querySelector('video');
          if (!video?.videoWidth) {
            return false;
          }
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = 1;
          const context = canvas.getContext('2d');
          context.drawImage(video, video.videoWidth / 4, video.videoHeight / 2, 8, 8, 0, 0, 1, 1);
          const seen = context.getImageData(0, 0, 1, 1).data;
          return [%s].every((wanted, i) => Math.abs(wanted - seen[i]) < 60);
        })()
        """
            .formatted(name, COLOURS.get(name)),
        PageSteps.SOON);
    String inbound = connection(name) + ".media.inbound";
    page.waitUntil(
        inbound
            + ".some((r) => r.kind === 'audio' && (r.totalAudioEnergy > 0 || r.audioLevel > 0))",
        PageSteps.SOON);
    double decoded = decoded(page, inbound);
    page.waitUntil(
        inbound + ".some((r) => r.kind === 'video' && r.framesDecoded > " + (decoded + 5) + ")",
        PageSteps.SOON);
  }

  private static double decoded(Browser.Page page, String inbound) {
    return page.evaluate("Math.max(0, ..." + inbound + ".map((r) => r.framesDecoded ?? 0))")
        .asDouble();
  }

  @Test
  void everybodySeesAndHearsEverybody() throws Exception {
    Requirements.browser("chromium");
    Requirements.browser("firefox");
    try (Browser chromium = Browser.start("chromium");
        Browser firefox = Browser.start("firefox");
        Browser.Page ada = join(chromium, "Ada")) {
      Browser.Page zoe;
      Browser.Page eve;
      try (Browser.Page bob = join(chromium, "Bob")) {
        // Two send to each other.
        sees(ada, "Bob", "peer");
        sees(bob, "Ada", "peer");
        assertThat(server.media().legs()).isZero();

        eve = join(chromium, "Eve");
        for (String name : List.of("Bob", "Eve")) {
          sees(ada, name, "server");
        }
        sees(eve, "Ada", "server");
        sees(eve, "Bob", "server");
        sees(bob, "Eve", "server");

        zoe = join(firefox, "Zoe");
        for (Browser.Page page : List.of(ada, bob, eve)) {
          sees(page, "Zoe", "server");
        }
        for (String name : List.of("Ada", "Bob", "Eve")) {
          sees(zoe, name, "server");
        }
        assertThat(server.media().legs()).isEqualTo(4);
        PageSteps.say(zoe, "beside the call");
        PageSteps.hears(ada, "beside the call");
      }
      // One left; the others go on.
      for (Browser.Page page : List.of(ada, eve)) {
        page.waitUntil("klatsch.state().members.length === 2", PageSteps.SOON);
        sees(page, "Zoe", "server");
      }
      sees(zoe, "Ada", "server");
      try (Browser.Page bob = join(chromium, "Bob")) {
        sees(bob, "Zoe", "server");
        sees(zoe, "Bob", "server");
      }
      zoe.close();
      eve.close();
    }
  }
}
