package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// The pages that show what connections are and what others see of a browser.
@Tag("interop")
@Timeout(120)
final class PrivacyPagesTest {
  @TempDir Path directory;

  @Test
  void theInspectionPageShowsConnectionsPairsDescriptionsAndGraphs() throws Exception {
    Requirements.browser("chromium");
    try (KlatschServer server =
            KlatschServer.start(ServerOptions.of(0, directory.resolve("data")));
        Browser browser = Browser.start("chromium");
        Browser.Page page = browser.newPage();
        EchoClient one = new EchoClient();
        EchoClient other = new EchoClient()) {
      RTCDataChannel bulk = one.connection.createDataChannel("bulk");
      other
          .connection
          .setRemoteDescription(
              new RTCSessionDescriptionInit(RTCSdpType.OFFER, one.completeLocalSdp()))
          .get();
      one.connection
          .setRemoteDescription(
              new RTCSessionDescriptionInit(RTCSdpType.ANSWER, other.completeLocalSdp()))
          .get();
      EchoClient.awaitOpen(bulk);
      page.open(server.ready().url() + "/inspect");
      page.waitUntil(
          "document.querySelectorAll('[data-testid=\"inspect-connection\"]').length >= 2"
              + " && document.querySelectorAll('figure.graph polyline').length > 0",
          PageSteps.SOON);
      String text = page.evaluate("document.body.textContent").asString();
      assertThat(text)
          .contains("connected", "nominated", "a=ice-pwd:(hidden)", "icecandidate")
          .doesNotContain("undefined");
      String dump =
          page.evaluate("fetch('/api/v1/inspect').then((answer) => answer.text())").asString();
      assertThat(JsonSocket.JSON.readTree(dump).path("connections").size())
          .isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void theDoctorPageExaminesTheBrowser() throws Exception {
    Requirements.browser("chromium");
    try (KlatschServer server =
            KlatschServer.start(ServerOptions.of(0, directory.resolve("data")));
        Browser browser = Chromium.startWithoutPermissions(List.of());
        Browser.Page page = browser.newPage()) {
      page.open(server.ready().url() + "/doctor");
      page.waitUntil(
          "document.querySelector('[data-testid=\"doctor-summary\"]').textContent === 'Done.'",
          PageSteps.SOON);
      assertThat(
              page.evaluate(
                      "document.querySelector('[data-testid=\"doctor-candidates\"]').textContent")
                  .asString())
          .contains("host", ".local");
      assertThat(
              page.evaluate("document.querySelector('[data-testid=\"doctor-nat\"]').textContent")
                  .asString())
          .isNotEmpty();
    }
  }
}
