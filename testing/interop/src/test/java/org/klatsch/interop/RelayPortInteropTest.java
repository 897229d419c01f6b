package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.net.StreamConnector;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.TlsOptions;
import org.klatsch.server.turn.RelaySettings;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// Chromium gets the web page and reaches the relay at the one port of `serve`, with TLS and
/// without.
@Tag("interop")
@Timeout(120)
class RelayPortInteropTest {
  private static final int BYTES = 2_000_000;
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"turns", "turn"})
  void thePageIsServedAndChromiumRelayedAtOnePort(String scheme) throws Exception {
    Requirements.browser("chromium");
    TransportAddress machine = RelayInteropTest.machine();
    TrustedServer trusted = TrustedServer.at(machine.host(), folder);
    ServerOptions options =
        ServerOptions.of(0, folder.resolve("data"))
            .withHost(machine.host())
            .withRelay(RelaySettings.DEFAULT.withUser("me", "secret"))
            .withTls(new TlsOptions.Files(trusted.chain(), trusted.key()));
    String flag = "--ignore-certificate-errors-spki-list=" + trusted.spki();
    try (KlatschServer server = KlatschServer.start(options);
        Browser browser = Chromium.start(List.of(flag));
        Browser.Page page = browser.newPage()) {
      TransportAddress port = machine.withPort(server.ready().httpPort());
      String url = scheme + ":" + port + "?transport=tcp";
      page.open(server.ready().url() + "/");
      RelayInteropTest.answerThrough(page, url);
      try (EchoClient client =
          new EchoClient(
              RelayInteropTest.through(url),
              EchoClient.OPEN.withStreams(StreamConnector.DEFAULT.withTls(trusted.tls())))) {
        RTCDataChannel bulk = client.connection.createDataChannel("bulk");
        String answer = RelayInteropTest.answer(page, client.completeLocalSdp());
        client
            .connection
            .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer))
            .get();
        EchoClient.awaitOpen(bulk);
        EchoClient.exchange(
            bulk, 7, BYTES, new EchoClient.Sizes(1, 60_000), Duration.ofSeconds(60));
        RelayInteropTest.assertRelayed(client);
        // The protocol between the browser and the relay.
        assertThat(
                page.evaluate(
                        """
                        peer.getStats().then((report) => [...report.values()]
                          .filter((each) => each.type === 'local-candidate'
                              && each.candidateType === 'relay')
                          .map((each) => each.relayProtocol).join())
                        """)
                    .asString())
            .isEqualTo(scheme.equals("turns") ? "tls" : "tcp");
        assertThat(metrics(server, trusted)).contains("klatsch_turn_streams 2.0");
      }
    }
  }

  private static String metrics(KlatschServer server, TrustedServer trusted) throws Exception {
    try (HttpClient http = HttpClient.newBuilder().sslContext(trusted.tls()).build()) {
      URI uri = URI.create(server.ready().url() + "/metrics");
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
