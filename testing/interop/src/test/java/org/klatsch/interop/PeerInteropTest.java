package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.interop.ForeignPeer.Stack;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCDataChannelInit;
import org.klatsch.webrtc.RTCDtlsRole;
import org.klatsch.webrtc.RTCTransportStats;
import tools.jackson.databind.node.ObjectNode;

/// Every other stack as offerer and as answerer: random messages there and back, and every type of
/// channel opened by either side.
@Timeout(240)
class PeerInteropTest {
  @TempDir Path signal;

  static Stream<Arguments> stacksAndRoles() {
    // GStreamer is a peer of calls, with a small channel beside them.
    return Stream.of(Stack.values())
        .filter(stack -> stack != Stack.GSTREAMER)
        .flatMap(stack -> Stream.of("offer", "answer").map(role -> arguments(stack, role)));
  }

  /// How much goes there and back: the slow stacks get less.
  private static long bytes(Stack stack) {
    return switch (stack) {
      case WERIFT -> 5_000_000;
      case AIORTC -> 20_000_000;
      default -> 50_000_000;
    };
  }

  /// The largest message is each stack's own limit, where it has one below Chromium's. str0m and
  /// werift take empty messages and send none.
  private static EchoClient.Sizes sizes(Stack stack) {
    return switch (stack) {
      case AIORTC, PION -> new EchoClient.Sizes(0, 65_535);
      case WERIFT -> new EchoClient.Sizes(1, 65_535);
      case STR0M -> new EchoClient.Sizes(1, 100_000);
      default -> new EchoClient.Sizes(0, 200_000);
    };
  }

  @Tag("interop")
  @ParameterizedTest
  @MethodSource("stacksAndRoles")
  void exchangesMessagesOnEveryTypeOfChannel(Stack stack, String role) throws Exception {
    Requirements.check(stack::command);
    try (EchoClient client = new EchoClient();
        ForeignPeer peer = ForeignPeer.start(stack, role, signal, "--mode", "echo")) {
      RTCDataChannel bulk = client.connect(peer, signal, role, () -> {});
      client.awaitConnected();
      RTCTransportStats transport = client.transport();
      // None of them has the new version unless told to.
      assertThat(transport.tlsVersion()).isEqualTo("FEFD");
      assertThat(transport.dtlsCipher()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
      assertThat(transport.tlsGroup())
          .isEqualTo(stack == Stack.LIBDATACHANNEL ? "secp256r1" : "x25519");
      // The answerer is the client, but for str0m.
      assertThat(transport.dtlsRole())
          .isEqualTo(
              role.equals("offer") || stack == Stack.STR0M
                  ? RTCDtlsRole.CLIENT
                  : RTCDtlsRole.SERVER);
      int messages =
          EchoClient.exchange(
              bulk, stack.ordinal(), bytes(stack), sizes(stack), Duration.ofSeconds(180));
      assertThat(messages).isPositive();

      for (RTCDataChannelInit init : channelTypes()) {
        RTCDataChannel ours = client.open("ours", init);
        EchoClient.exchangeUnordered(ours, 50);
        ours.close();
      }

      RTCDataChannel control = client.open("control", new RTCDataChannelInit());
      for (RTCDataChannelInit init : channelTypes()) {
        ObjectNode command = JsonSocket.JSON.createObjectNode();
        ObjectNode open =
            command.putObject("open").put("label", "theirs").put("ordered", init.ordered());
        open.put("protocol", init.protocol());
        if (init.maxRetransmits() != null) {
          open.put("maxRetransmits", init.maxRetransmits());
        }
        if (init.maxPacketLifeTime() != null) {
          open.put("maxPacketLifeTime", init.maxPacketLifeTime());
        }
        control.send(command.toString());
        RTCDataChannel theirs = client.awaitChannel("theirs");
        // werift's DATA_CHANNEL_OPEN loses the bit for unordered beside partial reliability.
        boolean reliable = init.maxRetransmits() == null && init.maxPacketLifeTime() == null;
        if (stack != Stack.WERIFT || reliable) {
          assertThat(theirs.ordered()).isEqualTo(init.ordered());
        }
        assertThat(theirs.maxRetransmits()).isEqualTo(init.maxRetransmits());
        assertThat(theirs.maxPacketLifeTime()).isEqualTo(init.maxPacketLifeTime());
        assertThat(theirs.protocol()).isEqualTo(init.protocol());
        EchoClient.exchangeUnordered(theirs, 50);
      }

      ObjectNode command = JsonSocket.JSON.createObjectNode();
      command.putObject("open").put("label", "agreed").put("negotiated", true).put("id", 200);
      RTCDataChannel agreed =
          client.connection.createDataChannel(
              "agreed", new RTCDataChannelInit().withNegotiated(true).withId(200));
      control.send(command.toString());
      // What arrives on a stream without channel is dropped by some and reset by others. Commands
      // are obeyed in order: when this one has been, the agreed channel exists there, too.
      control.send("{\"open\":{\"label\":\"next\"}}");
      client.awaitChannel("next");
      EchoClient.awaitOpen(agreed);
      EchoClient.exchangeUnordered(agreed, 50);

      control.send("exit");
      assertThat(peer.result(Duration.ofSeconds(20)).get("ok").asBoolean()).isTrue();
    }
  }

  /// The six types of RFC 8832 §5.1, and a protocol.
  private static List<RTCDataChannelInit> channelTypes() {
    RTCDataChannelInit reliable = new RTCDataChannelInit();
    return List.of(
        reliable,
        reliable.withOrdered(false),
        reliable.withMaxRetransmits(5),
        reliable.withOrdered(false).withMaxRetransmits(0),
        reliable.withMaxPacketLifeTime(2_000),
        reliable.withOrdered(false).withMaxPacketLifeTime(3_000),
        reliable.withProtocol("chat.v1"));
  }
}
