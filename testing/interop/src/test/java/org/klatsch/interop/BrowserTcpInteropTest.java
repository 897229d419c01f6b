package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCIceCandidatePair;
import org.klatsch.webrtc.RTCIceProtocol;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// Browsers that reach us over TCP alone: neither side learns a UDP candidate of the other.
@Tag("interop")
@Timeout(120)
class BrowserTcpInteropTest {
  private static final long BYTES = 5_000_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  static Stream<Arguments> browsersAndRoles() {
    return Stream.of("chromium", "firefox")
        .flatMap(name -> Stream.of("offer", "answer").map(role -> arguments(name, role)));
  }

  private static String overTcp(String sdp) {
    return sdp.lines()
        .filter(line -> !line.startsWith("a=candidate:") || !line.contains(" udp "))
        .filter(line -> !line.startsWith("a=candidate:") || !line.contains(" UDP "))
        .collect(Collectors.joining("\r\n", "", "\r\n"));
  }

  private static String quoted(String text) {
    return JsonSocket.JSON.writeValueAsString(text);
  }

  @ParameterizedTest
  @MethodSource("browsersAndRoles")
  void exchangesMessagesOverTcp(String name, String role) throws Exception {
    Requirements.browser(name);
    try (Browser browser = Browser.start(name);
        Browser.Page page = browser.newPage();
        EchoClient client = new EchoClient()) {
      page.open("data:text/html,<title>echo</title>");
      page.evaluate(
          "(() => { " + BrowserInteropTest.ECHO.replace("true\n", "return true;\n") + " })()");
      RTCDataChannel bulk;
      if (role.equals("offer")) {
        String offer =
            page.evaluate("(echo(peer.createDataChannel('bulk')), complete())").asString();
        client
            .connection
            .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.OFFER, overTcp(offer)))
            .get();
        String answer = overTcp(client.completeLocalSdp());
        assertThat(answer).contains(" tcptype passive");
        page.evaluate("peer.setRemoteDescription({type: 'answer', sdp: " + quoted(answer) + "})");
        bulk = client.awaitChannel("bulk");
      } else {
        bulk = client.connection.createDataChannel("bulk");
        String offer = overTcp(client.completeLocalSdp());
        String answer =
            page.evaluate(
                    "peer.setRemoteDescription({type: 'offer', sdp: "
                        + quoted(offer)
                        + "}).then(() => complete())")
                .asString();
        client
            .connection
            .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, overTcp(answer)))
            .get();
        EchoClient.awaitOpen(bulk);
      }
      client.awaitConnected();
      assertThat(EchoClient.exchange(bulk, 6544, BYTES, new EchoClient.Sizes(0, 100_000), LIMIT))
          .isPositive();
      RTCIceCandidatePair pair =
          client.connection.sctp().transport().iceTransport().getSelectedCandidatePair();
      assertThat(pair).isNotNull();
      assertThat(pair.local().protocol()).isEqualTo(RTCIceProtocol.TCP);
      assertThat(pair.remote().protocol()).isEqualTo(RTCIceProtocol.TCP);
    }
  }
}
