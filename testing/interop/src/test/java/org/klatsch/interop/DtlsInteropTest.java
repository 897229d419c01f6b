package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.dtls.DtlsOptions;
import org.klatsch.dtls.ProtocolVersion;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCDtlsRole;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import org.klatsch.webrtc.RTCTransportStats;

/// Versions of DTLS with the browsers at their defaults, we being client and server.
@Tag("interop")
@Timeout(240)
class DtlsInteropTest {
  private static final String MAKE_PEER =
      """
      (() => {
        window.peer = new RTCPeerConnection();
        window.echoed = 0;
        peer.ondatachannel = ({channel}) => {
          channel.onmessage = (event) => { echoed++; channel.send(event.data); };
        };
        window.complete = async () => {
          await peer.setLocalDescription();
          while (peer.iceGatheringState !== 'complete') {
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
          return peer.localDescription.sdp;
        };
        window.transport = async () => {
          for (const each of (await peer.getStats()).values()) {
            if (each.type === 'transport') return JSON.stringify(each);
          }
          return '{}';
        };
        return true;
      })()
      """;

  private static RTCTransportStats connect(
      Browser.Page page, List<ProtocolVersion> versions, boolean weAreClient) throws Exception {
    page.evaluate(MAKE_PEER);
    PeerConnectionOptions options = PeerConnectionOptions.DEFAULT.withDtlsVersions(versions);
    try (EchoClient client = new EchoClient(new RTCConfiguration(), options)) {
      var bulk = client.connection.createDataChannel("bulk");
      // The answerer chooses; the browser answers here, so our offer leaves it the other role only.
      String offer =
          client
              .completeLocalSdp()
              .replace("a=setup:actpass", weAreClient ? "a=setup:active" : "a=setup:passive");
      String answer =
          page.evaluate(
                  "peer.setRemoteDescription({type: 'offer', sdp: "
                      + JsonSocket.JSON.writeValueAsString(offer)
                      + "}).then(() => complete())")
              .asString();
      client
          .connection
          .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer))
          .get();
      EchoClient.awaitOpen(bulk);
      EchoClient.exchangeUnordered(bulk, 20);
      RTCTransportStats ours =
          client.connection.getStats().get(30, TimeUnit.SECONDS).stream(RTCTransportStats.class)
              .findFirst()
              .orElseThrow();
      String theirs = page.evaluate("transport()").asString();
      // Where a browser tells, it tells the same.
      if (theirs.contains("\"tlsVersion\"")) {
        assertThat(theirs).containsIgnoringCase(String.valueOf(ours.tlsVersion()));
      }
      assertThat(ours.dtlsRole()).isEqualTo(weAreClient ? RTCDtlsRole.CLIENT : RTCDtlsRole.SERVER);
      return ours;
    } finally {
      page.evaluate("(peer.close(), true)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void browsersSpeakTheNewVersionWithPostQuantumKeysAndTheOldOneIfTheyMust(String name)
      throws Exception {
    Requirements.browser(name);
    try (Browser browser = Browser.start(name);
        Browser.Page page = browser.newPage()) {
      page.open("data:text/html,<title>dtls</title>");
      for (boolean weAreClient : new boolean[] {true, false}) {
        RTCTransportStats newer = connect(page, DtlsOptions.DEFAULT_VERSIONS, weAreClient);
        assertThat(newer.tlsVersion()).isEqualTo("FEFC");
        assertThat(newer.tlsGroup()).isEqualTo("X25519MLKEM768");
        assertThat(newer.dtlsCipher()).isEqualTo("TLS_AES_128_GCM_SHA256");
        RTCTransportStats older = connect(page, List.of(ProtocolVersion.DTLS_1_2), weAreClient);
        assertThat(older.tlsVersion()).isEqualTo("FEFD");
        assertThat(older.tlsGroup()).isNotEqualTo("X25519MLKEM768");
      }
    }
  }
}
