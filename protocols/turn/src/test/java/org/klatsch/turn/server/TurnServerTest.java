package org.klatsch.turn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMethod;
import org.klatsch.turn.ChannelData;
import org.klatsch.turn.TurnMethod;

/// What RFC 8656 asks of a server, request by request.
class TurnServerTest {
  private static final TransportAddress PEER = TransportAddress.parse("203.0.113.5", 7000);
  private final RawServer raw = new RawServer();
  private final RawServer.User me = raw.me();

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void aRepeatedAllocateGetsTheSameAnswerAndAnotherOneIsAMismatch() throws Exception {
    me.allocate();
    byte[] request =
        RawServer.request(
            TurnMethod.ALLOCATE,
            writer -> {
              RawServer.udp(writer);
              me.session.authenticate(writer);
            });
    StunMessage other =
        raw.packet(RawServer.ADDRESS, RawServer.CLIENT, request).getFirst().message();
    assertThat(other.errorCode()).isEqualTo(437);

    RawServer fresh = new RawServer();
    RawServer.User user = fresh.me();
    user.errorOf(TurnMethod.REFRESH, writer -> writer.u32(StunAttributeType.LIFETIME, 600));
    byte[] first =
        RawServer.request(
            TurnMethod.ALLOCATE,
            writer -> {
              RawServer.udp(writer);
              user.session.authenticate(writer);
            });
    TransportAddress once =
        fresh
            .packet(RawServer.ADDRESS, RawServer.CLIENT, first)
            .getFirst()
            .message()
            .xorAddress(StunAttributeType.XOR_RELAYED_ADDRESS);
    TransportAddress twice =
        fresh
            .packet(RawServer.ADDRESS, RawServer.CLIENT, first)
            .getFirst()
            .message()
            .xorAddress(StunAttributeType.XOR_RELAYED_ADDRESS);
    assertThat(once).isNotNull().isEqualTo(twice);
    assertThat(fresh.open).hasSize(1);
  }

  @Test
  void requestsWithoutAllocationOrOfAnotherUserAreRefused() throws Exception {
    assertThat(me.permit(PEER)).isEqualTo(437);
    me.allocate();
    RawServer.User thief = raw.new User(RawServer.CLIENT, "you", "hidden");
    assertThat(thief.permit(PEER)).isEqualTo(441);
    assertThat(me.permit(PEER)).isZero();
  }

  @Test
  void wrongAttributesOfAllocateAreToldApart() throws Exception {
    assertThat(me.errorOf(TurnMethod.ALLOCATE, writer -> {})).isEqualTo(400);
    assertThat(
            me.errorOf(
                TurnMethod.ALLOCATE,
                writer -> writer.u32(StunAttributeType.REQUESTED_TRANSPORT, 6L << 24)))
        .isEqualTo(442);
    assertThat(
            me.errorOf(
                TurnMethod.ALLOCATE,
                writer -> {
                  RawServer.udp(writer);
                  writer.u32(StunAttributeType.REQUESTED_ADDRESS_FAMILY, 9L << 24);
                }))
        .isEqualTo(440);
    assertThat(
            me.errorOf(
                TurnMethod.ALLOCATE,
                writer -> {
                  RawServer.udp(writer);
                  writer.u32(StunAttributeType.REQUESTED_ADDRESS_FAMILY, 1L << 24);
                  writer.u32(StunAttributeType.ADDITIONAL_ADDRESS_FAMILY, 2L << 24);
                }))
        .isEqualTo(400);
    assertThat(
            me.errorOf(
                TurnMethod.ALLOCATE,
                writer -> {
                  RawServer.udp(writer);
                  writer.flag(StunAttributeType.DONT_FRAGMENT);
                }))
        .isEqualTo(420);
    assertThat(
            me.errorOf(
                TurnMethod.ALLOCATE,
                writer -> {
                  RawServer.udp(writer);
                  writer.bytes(StunAttributeType.RESERVATION_TOKEN, new byte[8]);
                }))
        .isEqualTo(508);
    assertThat(raw.open).isEmpty();
  }

  @Test
  void aReservedPortIsHadByTokenOnceAndOnlyByItsUser() throws Exception {
    StunMessage answer =
        me.ask(
            TurnMethod.ALLOCATE,
            writer -> {
              RawServer.udp(writer);
              writer.bytes(StunAttributeType.EVEN_PORT, bytes(0x80));
            });
    byte[] token = answer.bytes(StunAttributeType.RESERVATION_TOKEN);
    TransportAddress even = answer.xorAddress(StunAttributeType.XOR_RELAYED_ADDRESS);
    assertThat(even.port() % 2).isZero();
    RawServer.User you = raw.new User(RawServer.CLIENT.withPort(5001), "you", "hidden");
    assertThat(
            you.errorOf(
                TurnMethod.ALLOCATE,
                writer -> {
                  RawServer.udp(writer);
                  writer.bytes(StunAttributeType.RESERVATION_TOKEN, token);
                }))
        .isEqualTo(508);
    RawServer.User again = raw.new User(RawServer.CLIENT.withPort(5002), "me", "secret");
    StunMessage odd =
        again.ask(
            TurnMethod.ALLOCATE,
            writer -> {
              RawServer.udp(writer);
              writer.bytes(StunAttributeType.RESERVATION_TOKEN, token);
            });
    assertThat(odd.xorAddress(StunAttributeType.XOR_RELAYED_ADDRESS))
        .isEqualTo(even.withPort(even.port() + 1));
  }

  @Test
  void aReservedPortThatNobodyTakesIsClosed() throws Exception {
    me.ask(
        TurnMethod.ALLOCATE,
        writer -> {
          RawServer.udp(writer);
          writer.bytes(StunAttributeType.EVEN_PORT, bytes(0x80));
        });
    assertThat(raw.open).hasSize(2);
    raw.now = Duration.ofSeconds(31).toNanos();
    raw.drain();
    assertThat(raw.open).hasSize(1);
  }

  @Test
  void lifetimesAreBounded() throws Exception {
    me.allocate();
    StunMessage longer =
        me.ask(TurnMethod.REFRESH, writer -> writer.u32(StunAttributeType.LIFETIME, 86_400));
    assertThat(longer.u32(StunAttributeType.LIFETIME)).isEqualTo(3600);
    StunMessage shorter =
        me.ask(TurnMethod.REFRESH, writer -> writer.u32(StunAttributeType.LIFETIME, 1));
    assertThat(shorter.u32(StunAttributeType.LIFETIME)).isEqualTo(600);
    raw.now = Duration.ofSeconds(599).toNanos();
    raw.drain();
    assertThat(raw.open).hasSize(1);
    raw.now = Duration.ofSeconds(601).toNanos();
    raw.drain();
    assertThat(raw.open).isEmpty();
    assertThat(raw.events).last().isInstanceOf(TurnServerEvent.Released.class);
  }

  @Test
  void permissionsLastFiveMinutesAndChannelsTen() throws Exception {
    TransportAddress relayed = me.allocate();
    me.ask(TurnMethod.REFRESH, writer -> writer.u32(StunAttributeType.LIFETIME, 3600));
    assertThat(me.send(PEER, bytes(1))).isEmpty();
    assertThat(me.permit(PEER)).isZero();
    List<RawServer.Sent> sent = me.send(PEER, bytes(1, 2, 3));
    assertThat(sent).hasSize(1);
    assertThat(sent.getFirst().local()).isEqualTo(relayed);
    assertThat(sent.getFirst().remote()).isEqualTo(PEER);
    assertThat(sent.getFirst().bytes()).containsExactly(1, 2, 3);
    raw.now = Duration.ofSeconds(301).toNanos();
    assertThat(me.send(PEER, bytes(1))).isEmpty();
    assertThat(raw.packet(relayed, PEER, bytes(9))).isEmpty();
    assertThat(me.bind(0x4001, PEER)).isZero();
    byte[] channelData = new byte[5];
    ChannelData.writeHeader(channelData, 0, 0x4001, 1);
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, channelData)).hasSize(1);
    assertThat(raw.packet(relayed, PEER, bytes(9)).getFirst().bytes())
        .containsExactly(0x40, 1, 0, 1, 9);
    raw.now += Duration.ofSeconds(301).toNanos();
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, channelData)).isEmpty();
    assertThat(me.permit(PEER)).isZero();
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, channelData)).hasSize(1);
    raw.now += Duration.ofSeconds(300).toNanos();
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, channelData)).isEmpty();
  }

  @Test
  void aChannelKeepsItsPeerAndAPeerItsChannel() throws Exception {
    me.allocate();
    assertThat(me.bind(0x4000, PEER)).isZero();
    assertThat(me.bind(0x4000, PEER)).isZero();
    assertThat(me.bind(0x4000, PEER.withPort(7001))).isEqualTo(400);
    assertThat(me.bind(0x4002, PEER)).isEqualTo(400);
    assertThat(me.bind(0x3fff, PEER.withPort(7002))).isEqualTo(400);
    assertThat(me.bind(0x8000, PEER.withPort(7002))).isEqualTo(400);
    assertThat(me.bind(0x4003, TransportAddress.parse("2001:db8::1", 1))).isEqualTo(443);
  }

  @Test
  void aChannelNumberOfAnOldClientWorks() throws Exception {
    TransportAddress relayed = me.allocate();
    assertThat(me.bind(0x7abc, PEER)).isZero();
    byte[] channelData = new byte[5];
    ChannelData.writeHeader(channelData, 0, 0x7abc, 1);
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, channelData)).hasSize(1);
    assertThat(raw.packet(relayed, PEER, bytes(9)).getFirst().bytes())
        .containsExactly(0x7a, 0xbc, 0, 1, 9);
  }

  @Test
  void drainingMakesNoNewAllocationsAndKeepsTheOldOnes() throws Exception {
    TransportAddress relayed = me.allocate();
    raw.server.drain();
    RawServer.User later = raw.new User(RawServer.CLIENT.withPort(5001), "me", "secret");
    assertThat(later.errorOf(TurnMethod.ALLOCATE, RawServer::udp)).isEqualTo(508);
    assertThat(me.permit(PEER)).isZero();
    assertThat(raw.packet(relayed, PEER, bytes(1))).hasSize(1);
    raw.server.close();
    assertThat(raw.open).isEmpty();
  }

  @Test
  void bindingTellsTheAddress() throws Exception {
    byte[] request = RawServer.request(StunMethod.BINDING, writer -> {});
    StunMessage answer =
        raw.packet(RawServer.ADDRESS, RawServer.CLIENT, request).getFirst().message();
    assertThat(answer.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS)).isEqualTo(RawServer.CLIENT);
    assertThat(answer.length()).isEqualTo(32);
  }

  @Test
  void aFloodOfDataIsDroppedWhenTheQueueIsFullAndNothingElseBreaks() throws Exception {
    TransportAddress relayed = me.allocate();
    assertThat(me.permit(PEER)).isZero();
    byte[] big = new byte[1200];
    for (int i = 0; i < 5_000; i++) {
      raw.server.handlePacket(raw.now, relayed, PEER, 0, big, 0, big.length);
    }
    assertThat(raw.server.counters().queueFull()).isPositive();
    List<RawServer.Sent> sent = raw.drain();
    assertThat(sent.size() + raw.server.counters().queueFull()).isEqualTo(5_000);
    assertThat(raw.packet(relayed, PEER, bytes(1))).hasSize(1);
  }

  @Test
  void tenThousandAllocationsComeAndGoWithoutATrace() throws Exception {
    RawServer many =
        new RawServer(TurnServerOptions.DEFAULT.withQuotas(10_000, 10_000), PeerPolicy.strict());
    for (int i = 0; i < 10_000; i++) {
      RawServer.User user =
          many
          .new User(
              TransportAddress.ofIpv4(0xc0000200 + i / 1000, 1000 + i % 1000), "me", "secret");
      user.allocate();
    }
    assertThat(many.open).hasSize(10_000);
    assertThat(many.me().errorOf(TurnMethod.ALLOCATE, RawServer::udp)).isEqualTo(486);
    many.now = Duration.ofMinutes(11).toNanos();
    many.drain();
    assertThat(many.open).isEmpty();
    assertThat(many.server.counters().allocations()).isZero();
    assertThat(many.server.nextTimeout()).isEqualTo(Long.MAX_VALUE);
  }
}
