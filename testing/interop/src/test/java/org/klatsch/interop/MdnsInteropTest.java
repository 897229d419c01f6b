package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// Browsers that hide their addresses behind names of multicast DNS.
@Tag("interop")
@Timeout(120)
class MdnsInteropTest {
  private static Browser start(String name) throws Exception {
    return name.equals("chromium")
        ? Chromium.startWithoutPermissions(List.of())
        : Browser.start(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void findsTheAddressBehindTheNameOfABrowser(String name) throws Exception {
    Requirements.browser(name);
    try (Browser browser = start(name);
        Browser.Page page = browser.newPage();
        EchoClient client = new EchoClient()) {
      page.open("data:text/html,<title>hidden</title>");
      String offer =
          page.evaluate(
                  """
                  (async () => {
                    window.peer = new RTCPeerConnection();
                    const bulk = peer.createDataChannel('bulk');
                    bulk.onmessage = (event) => bulk.send(event.data);
                    await peer.setLocalDescription();
                    while (peer.iceGatheringState !== 'complete') {
                      await new Promise((resolve) => setTimeout(resolve, 10));
                    }
                    return peer.localDescription.sdp;
                  })()
                  """)
              .asString();
      List<String> candidates =
          offer.lines().filter(line -> line.startsWith("a=candidate:")).toList();
      assertThat(candidates).isNotEmpty().allMatch(line -> line.contains(".local "));
      client
          .connection
          .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.OFFER, offer))
          .get();
      // Without our candidates the browser cannot begin, so we must find it.
      String answer =
          client
              .completeLocalSdp()
              .lines()
              .filter(line -> !line.startsWith("a=candidate:"))
              .reduce("", (text, line) -> text + line + "\r\n");
      page.evaluate(
          "peer.setRemoteDescription({type: 'answer', sdp: "
              + JsonSocket.JSON.writeValueAsString(answer)
              + "})");
      client.awaitConnected();
      RTCDataChannel bulk = client.awaitChannel("bulk");
      EchoClient.exchangeUnordered(bulk, 10);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void aBrowserFindsTheAddressBehindOurName(String name) throws Exception {
    Requirements.browser(name);
    try (Browser browser = start(name);
        Browser.Page page = browser.newPage();
        EchoClient client = new EchoClient(new RTCConfiguration(), PeerConnectionOptions.DEFAULT)) {
      page.open("data:text/html,<title>hidden</title>");
      RTCDataChannel bulk = client.connection.createDataChannel("bulk");
      String offer = client.completeLocalSdp();
      List<String> candidates =
          offer.lines().filter(line -> line.startsWith("a=candidate:")).toList();
      assertThat(candidates).isNotEmpty().allMatch(line -> line.contains(".local "));
      for (LocalAddress each : LocalInterfaces.list(InterfaceFilter.DEFAULT)) {
        assertThat(offer).doesNotContain(each.address().withScopeId(0).host());
      }
      // Candidates come by themselves, as they do where both sides trickle, to a browser that has
      // looked at its own addresses.
      String answer =
          page.evaluate(
                  """
                  (async () => {
                    window.peer = new RTCPeerConnection();
                    peer.ondatachannel = ({channel}) => {
                      channel.onmessage = (event) => channel.send(event.data);
                    };
                    const gathered = new Promise((resolve) => {
                      peer.onicecandidate = ({candidate}) => candidate ?? resolve();
                    });
                    await peer.setRemoteDescription({type: 'offer', sdp: %s});
                    await peer.setLocalDescription();
                    await gathered;
                    for (const candidate of %s) {
                      await peer.addIceCandidate({candidate, sdpMid: '0'});
                    }
                    return peer.localDescription.sdp;
                  })()
                  """
                      .formatted(
                          JsonSocket.JSON.writeValueAsString(withoutCandidates(offer)),
                          JsonSocket.JSON.writeValueAsString(
                              candidates.stream().map(line -> line.substring(2)).toList())))
              .asString();
      // Without the browser's candidates we cannot begin, so it must find us.
      String without = withoutCandidates(answer);
      client
          .connection
          .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, without))
          .get();
      EchoClient.exchangeUnordered(EchoClient.awaitOpen(bulk), 10);
    }
  }

  private static String withoutCandidates(String sdp) {
    return sdp.lines()
        .filter(line -> !line.startsWith("a=candidate:") && !line.startsWith("a=end-of-candidates"))
        .reduce("", (text, line) -> text + line + "\r\n");
  }
}
