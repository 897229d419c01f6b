package org.klatsch.turn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;

/// The server's side of RFC 5780.
class BehaviorDiscoveryTest {
  private static final TransportAddress OTHER = TransportAddress.parse("198.51.100.2", 3479);
  private final RawServer raw = new RawServer();

  private List<RawServer.Sent> ask(Consumer<? super StunMessageWriter> attributes) {
    return raw.packet(
        RawServer.ADDRESS, RawServer.CLIENT, RawServer.request(StunMethod.BINDING, attributes));
  }

  private static void change(StunMessageWriter writer, int flags) {
    writer.u32(StunAttributeType.CHANGE_REQUEST, flags).fingerprint();
  }

  @Test
  void withoutASecondAddressNothingOfItIsOffered() throws Exception {
    StunMessage answer = ask(StunMessageWriter::fingerprint).getFirst().message();
    assertThat(answer.has(StunAttributeType.OTHER_ADDRESS)).isFalse();
    assertThat(ask(writer -> change(writer, 6)).getFirst().message().errorCode()).isEqualTo(420);
  }

  @Test
  void theAnswerComesFromWhereItIsWanted() throws Exception {
    raw.server.alternate(RawServer.ADDRESS, OTHER);
    for (int flags : new int[] {0, 2, 4, 6}) {
      RawServer.Sent sent = ask(writer -> change(writer, flags)).getFirst();
      TransportAddress expected =
          ((flags & 4) != 0 ? OTHER : RawServer.ADDRESS)
              .withPort((flags & 2) != 0 ? OTHER.port() : RawServer.ADDRESS.port());
      assertThat(sent.local()).isEqualTo(expected);
      assertThat(sent.remote()).isEqualTo(RawServer.CLIENT);
      StunMessage answer = sent.message();
      assertThat(answer.address(StunAttributeType.OTHER_ADDRESS)).isEqualTo(OTHER);
      assertThat(answer.address(StunAttributeType.RESPONSE_ORIGIN)).isEqualTo(expected);
    }
    RawServer.Sent fromThere =
        raw.packet(
                OTHER, RawServer.CLIENT, RawServer.request(StunMethod.BINDING, w -> change(w, 6)))
            .getFirst();
    assertThat(fromThere.local()).isEqualTo(RawServer.ADDRESS);
    assertThat(fromThere.message().address(StunAttributeType.OTHER_ADDRESS))
        .isEqualTo(RawServer.ADDRESS);
  }

  @Test
  void anotherPortOfTheClientIsAnsweredAndPaddingReturned() throws Exception {
    raw.server.alternate(RawServer.ADDRESS, OTHER);
    RawServer.Sent elsewhere =
        ask(w -> w.u32(StunAttributeType.RESPONSE_PORT, 7777L << 16).fingerprint()).getFirst();
    assertThat(elsewhere.remote()).isEqualTo(RawServer.CLIENT.withPort(7777));
    StunMessage padded =
        ask(w -> w.bytes(StunAttributeType.PADDING, new byte[1200])).getFirst().message();
    assertThat(padded.valueLength(padded.find(StunAttributeType.PADDING))).isEqualTo(1200);
    StunMessage refused =
        ask(w ->
                w.u32(StunAttributeType.RESPONSE_PORT, 7777L << 16)
                    .bytes(StunAttributeType.PADDING, new byte[1200]))
            .getFirst()
            .message();
    assertThat(refused.errorCode()).isEqualTo(400);
  }

  @Test
  void noAnswerIsMoreThanOnePointSixTimesItsRequest() {
    raw.server.alternate(RawServer.ADDRESS, OTHER);
    for (int length = 0; length < 60; length += 4) {
      byte[] filler = new byte[length];
      byte[] request =
          RawServer.request(
              StunMethod.BINDING, writer -> writer.bytes(StunAttributeType.SOFTWARE, filler));
      List<RawServer.Sent> sent = raw.packet(RawServer.ADDRESS, RawServer.CLIENT, request);
      assertThat(sent).hasSize(1);
      assertThat(10 * (sent.getFirst().bytes().length + 28))
          .isLessThanOrEqualTo(16 * (request.length + 28));
    }
  }

  @Test
  void theSecondAddressDiffersInBothAndNotInFamily() {
    for (String wrong : List.of("198.51.100.1", "2001:db8::2")) {
      assertThatThrownBy(
              () -> raw.server.alternate(RawServer.ADDRESS, TransportAddress.parse(wrong, 3479)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> raw.server.alternate(RawServer.ADDRESS, OTHER.withPort(3478)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
