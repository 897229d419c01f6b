package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCDataChannelInit;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import tools.jackson.databind.JsonNode;

/// The browsers' own WebRTC as offerer and as answerer, without our page.
@Tag("interop")
@Timeout(240)
class BrowserInteropTest {
  private static final long BYTES = 50_000_000;
  private static final Duration LIMIT = Duration.ofSeconds(180);

  /// The peers' echo in a page: `peer` is the connection, `channels` what it has.
  static final String ECHO =
      """
      window.peer = new RTCPeerConnection();
      window.channels = {};
      window.echo = (channel) => {
        channels[channel.label] = channel;
        channel.binaryType = 'arraybuffer';
        const queue = [];
        // Chromium hands over messages before it says that a channel of its own is open.
        const drain = () => {
          while (queue.length > 0
              && channel.readyState === 'open'
              && channel.bufferedAmount < 4 << 20) {
            channel.send(queue.shift());
          }
        };
        channel.onopen = drain;
        channel.bufferedAmountLowThreshold = 1 << 20;
        channel.onbufferedamountlow = drain;
        channel.onmessage = (event) => {
          if (channel.label === 'control') {
            const {label, ...init} = JSON.parse(event.data).open;
            echo(peer.createDataChannel(label, init));
            return;
          }
          queue.push(event.data);
          drain();
        };
      };
      peer.ondatachannel = (event) => echo(event.channel);
      window.complete = async () => {
        await peer.setLocalDescription();
        while (peer.iceGatheringState !== 'complete') {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        return peer.localDescription.sdp;
      };
      true
      """;

  static Stream<Arguments> browsersAndRoles() {
    return Stream.of("chromium", "firefox")
        .flatMap(name -> Stream.of("offer", "answer").map(role -> arguments(name, role)));
  }

  private static String quoted(String text) {
    return JsonSocket.JSON.writeValueAsString(text);
  }

  @ParameterizedTest
  @MethodSource("browsersAndRoles")
  void exchangesMessagesOnEveryTypeOfChannel(String name, String role) throws Exception {
    Requirements.browser(name);
    try (Browser browser = Browser.start(name);
        Browser.Page page = browser.newPage();
        EchoClient client = new EchoClient()) {
      page.open("data:text/html,<title>echo</title>");
      page.evaluate("(() => { " + ECHO.replace("true\n", "return true;\n") + " })()");
      RTCDataChannel bulk;
      if (role.equals("offer")) {
        String offer =
            page.evaluate("(echo(peer.createDataChannel('bulk')), complete())").asString();
        client
            .connection
            .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.OFFER, offer))
            .get();
        String answer = client.completeLocalSdp();
        page.evaluate("peer.setRemoteDescription({type: 'answer', sdp: " + quoted(answer) + "})");
        bulk = client.awaitChannel("bulk");
      } else {
        bulk = client.connection.createDataChannel("bulk");
        String offer = client.completeLocalSdp();
        String answer =
            page.evaluate(
                    "peer.setRemoteDescription({type: 'offer', sdp: "
                        + quoted(offer)
                        + "}).then(() => complete())")
                .asString();
        client
            .connection
            .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer))
            .get();
        EchoClient.awaitOpen(bulk);
      }
      client.awaitConnected();
      assertThat(EchoClient.exchange(bulk, 77, BYTES, new EchoClient.Sizes(0, 200_000), LIMIT))
          .isPositive();

      RTCDataChannelInit reliable = new RTCDataChannelInit();
      List<RTCDataChannelInit> types =
          List.of(
              reliable,
              reliable.withOrdered(false),
              reliable.withMaxRetransmits(5),
              reliable.withOrdered(false).withMaxRetransmits(0),
              reliable.withMaxPacketLifeTime(2_000),
              reliable.withProtocol("chat.v1"));
      for (RTCDataChannelInit init : types) {
        RTCDataChannel ours = client.open("ours", init);
        EchoClient.exchangeUnordered(ours, 50);
        JsonNode theirs =
            page.evaluate(
                "({ordered: channels.ours.ordered, retransmits: channels.ours.maxRetransmits,"
                    + " lifeTime: channels.ours.maxPacketLifeTime,"
                    + " protocol: channels.ours.protocol})");
        assertThat(theirs.get("ordered").asBoolean()).isEqualTo(init.ordered());
        assertThat(theirs.get("protocol").asString()).isEqualTo(init.protocol());
        assertThat(theirs.get("retransmits").isNull()).isEqualTo(init.maxRetransmits() == null);
        assertThat(theirs.get("lifeTime").isNull()).isEqualTo(init.maxPacketLifeTime() == null);
        ours.close();
        page.waitUntil("channels.ours.readyState === 'closed'", Duration.ofSeconds(20));
      }
      RTCDataChannel control = client.open("control", reliable);
      control.send(
          "{\"open\": {\"label\": \"theirs\", \"ordered\": false, \"maxRetransmits\": 3}}");
      RTCDataChannel theirs = client.awaitChannel("theirs");
      assertThat(theirs.ordered()).isFalse();
      assertThat(theirs.maxRetransmits()).isEqualTo(3);
      EchoClient.exchangeUnordered(theirs, 50);
    }
  }
}
