package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.dtls.ProtocolVersion;
import org.klatsch.interop.ForeignPeer.Stack;
import org.klatsch.peer.ExtensionUse;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCDtlsRole;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import org.klatsch.webrtc.RTCTransportStats;

/// Versions of DTLS with the browsers at their defaults, and with str0m, we being client and
/// server; the extensions that shorten the set-up.
@Tag("interop")
@Timeout(240)
class DtlsInteropTest {
  @TempDir Path signal;

  private static final String MAKE_PEER =
      """
      (() => {
        window.peer = new RTCPeerConnection();
        window.echo = (event) => event.target.send(event.data);
        peer.ondatachannel = ({channel}) => { channel.onmessage = echo; };
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
      Browser.Page page, PeerConnectionOptions options, boolean weOffer, boolean weAreClient)
      throws Exception {
    page.evaluate(MAKE_PEER);
    try (EchoClient client = new EchoClient(new RTCConfiguration(), options)) {
      RTCDataChannel bulk;
      if (weOffer) {
        bulk = client.connection.createDataChannel("bulk");
        // The answerer chooses the role, and our offer leaves it one only.
        String offer =
            client
                .completeLocalSdp()
                .replace("a=setup:actpass", weAreClient ? "a=setup:active" : "a=setup:passive");
        client
            .connection
            .setRemoteDescription(
                new RTCSessionDescriptionInit(
                    RTCSdpType.ANSWER, take(page, "offer", offer, "complete()")))
            .get();
        EchoClient.awaitOpen(bulk);
      } else {
        String offer =
            page.evaluate("(peer.createDataChannel('bulk').onmessage = echo, complete())")
                .asString();
        client
            .connection
            .setRemoteDescription(
                new RTCSessionDescriptionInit(
                    RTCSdpType.OFFER,
                    offer.replace(
                        "a=setup:actpass", weAreClient ? "a=setup:passive" : "a=setup:active")))
            .get();
        take(page, "answer", client.completeLocalSdp(), "''");
        bulk = client.awaitChannel("bulk");
      }
      EchoClient.exchangeUnordered(bulk, 20);
      RTCTransportStats ours = client.transport();
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

  /// Gives the page a description of ours.
  ///
  /// @return what the expression then gives
  private static String take(Browser.Page page, String type, String sdp, String then) {
    return page.evaluate(
            "peer.setRemoteDescription({type: '%s', sdp: %s}).then(() => %s)"
                .formatted(type, JsonSocket.JSON.writeValueAsString(sdp), then))
        .asString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void browsersSpeakTheNewVersionWithPostQuantumKeysAndTheOldOneIfTheyMust(String name)
      throws Exception {
    Requirements.browser(name);
    try (Browser browser = Browser.start(name);
        Browser.Page page = browser.newPage()) {
      page.open("data:text/html,<title>dtls</title>");
      PeerConnectionOptions older =
          EchoClient.OPEN.withDtlsVersions(List.of(ProtocolVersion.DTLS_1_2));
      for (boolean weAreClient : new boolean[] {true, false}) {
        RTCTransportStats newer = connect(page, EchoClient.OPEN, true, weAreClient);
        assertThat(newer.tlsVersion()).isEqualTo("FEFC");
        assertThat(newer.tlsGroup()).isEqualTo("X25519MLKEM768");
        assertThat(newer.dtlsCipher()).isEqualTo("TLS_AES_128_GCM_SHA256");
        RTCTransportStats forced = connect(page, older, true, weAreClient);
        assertThat(forced.tlsVersion()).isEqualTo("FEFD");
        assertThat(forced.tlsGroup()).isNotEqualTo("X25519MLKEM768");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, true", "true, true"})
  void chromiumShortensTheSetUpWithUsAsItsTrialsSay(boolean snap, boolean sped) throws Exception {
    Requirements.browser("chromium");
    String trials =
        (snap ? "WebRTC-Sctp-Snap/Enabled/" : "")
            + (sped ? "WebRTC-IceHandshakeDtls/Enabled/" : "");
    PeerConnectionOptions offering =
        EchoClient.OPEN.withSctpInit(ExtensionUse.OFFER).withDtlsInStun(ExtensionUse.OFFER);
    try (Browser browser = Chromium.start(List.of("--force-fieldtrials=" + trials));
        Browser.Page page = browser.newPage()) {
      page.open("data:text/html,<title>dtls</title>");
      for (boolean weOffer : new boolean[] {true, false}) {
        for (boolean weAreClient : new boolean[] {true, false}) {
          RTCTransportStats stats =
              connect(page, weOffer ? offering : EchoClient.OPEN, weOffer, weAreClient);
          String roles = "we offer: " + weOffer + ", we are client: " + weAreClient;
          assertThat(stats.sctpInitExchanged()).as(roles).isEqualTo(snap);
          // The client's first flight goes in checks, the other's answer may find a path.
          long carried = weAreClient ? stats.dtlsSentInChecks() : stats.dtlsReceivedInChecks();
          assertThat(carried > 0).as(roles).isEqualTo(sped);
          assertThat(stats.tlsVersion()).isEqualTo("FEFC");
        }
      }
    }
  }

  /// The one other stack that has the new version, without post-quantum keys.
  @ParameterizedTest
  @CsvSource({"offer, true", "offer, false", "answer, true", "answer, false"})
  void str0mSpeaksTheNewVersionWhenToldTo(String role, boolean weAreClient) throws Exception {
    Requirements.check(Stack.STR0M::command);
    try (EchoClient client = new EchoClient();
        ForeignPeer peer =
            ForeignPeer.start(Stack.STR0M, role, signal, "--mode", "echo", "--dtls", "1.3")) {
      RTCDataChannel bulk;
      if (role.equals("offer")) {
        String offer = peer.awaitDescription(signal, "offer", EchoClient.LIMIT);
        client
            .connection
            .setRemoteDescription(
                new RTCSessionDescriptionInit(
                    RTCSdpType.OFFER,
                    offer.replace(
                        "a=setup:actpass", weAreClient ? "a=setup:passive" : "a=setup:active")))
            .get();
        ForeignPeer.writeDescription(signal, "answer", client.completeLocalSdp());
        bulk = client.awaitChannel("bulk");
      } else {
        bulk = client.connection.createDataChannel("bulk");
        ForeignPeer.writeDescription(
            signal,
            "offer",
            client
                .completeLocalSdp()
                .replace("a=setup:actpass", weAreClient ? "a=setup:active" : "a=setup:passive"));
        String answer = peer.awaitDescription(signal, "answer", EchoClient.LIMIT);
        client
            .connection
            .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer))
            .get();
        EchoClient.awaitOpen(bulk);
      }
      EchoClient.exchangeUnordered(bulk, 20);
      RTCTransportStats stats = client.transport();
      assertThat(stats.tlsVersion()).isEqualTo("FEFC");
      assertThat(stats.tlsGroup()).isEqualTo("x25519");
      assertThat(stats.dtlsRole()).isEqualTo(weAreClient ? RTCDtlsRole.CLIENT : RTCDtlsRole.SERVER);
    }
  }
}
