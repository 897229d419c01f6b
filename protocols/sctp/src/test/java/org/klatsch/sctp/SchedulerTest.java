package org.klatsch.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.klatsch.sctp.packet.ChunkType;
import org.klatsch.sctp.packet.CommonHeader;
import org.klatsch.sctp.packet.SackChunk;
import org.klatsch.sctp.packet.Wire;

/// Which stream is sent first, when things are sent again, and stream reconfiguration.
class SchedulerTest {
  private static final long MS = 1_000_000;
  private long now = 1_000 * MS;

  @Test
  void sharesByWeightWithInterleaving() {
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), SctpOptions.defaults(), now);
    pair[0].association.priority(1, 1024);
    pair[0].association.priority(2, 256);
    pair[0].send(now, 1, 200_000);
    pair[0].send(now, 2, 200_000);
    pair[0].drain(now);
    int[] bytes = new int[3];
    for (byte[] packet : pair[0].wire) {
      for (int p = 12; p + 4 <= packet.length; p += Wire.padded(Wire.u16(packet, p + 2))) {
        if ((packet[p] & 0xff) == ChunkType.I_DATA) {
          bytes[Wire.u16(packet, p + 8)] += Wire.u16(packet, p + 2);
        }
      }
    }
    assertThat(bytes[1]).isGreaterThan(2 * bytes[2]);
    assertThat(bytes[2]).isPositive();
  }

  @Test
  void letsAnUrgentMessageOvertakeALongOneOnlyWithInterleaving() {
    for (boolean interleaving : new boolean[] {true, false}) {
      SctpOptions options = SctpOptions.defaults().toBuilder().interleaving(interleaving).build();
      Endpoint[] pair = Endpoint.connected(options, options, now);
      pair[0].send(now, 1, 250_000);
      pair[0].drain(now);
      pair[0].association.priority(2, 1024);
      pair[0].send(now, 2, 100);
      now = Endpoint.run(pair[0], pair[1], now, 200);
      List<SctpEvent.Message> messages = pair[1].messages();
      assertThat(messages).hasSize(2);
      assertThat(messages.getFirst().streamId()).isEqualTo(interleaving ? 2 : 1);
    }
  }

  @Test
  void backsOffT3OnTheScheduleOfTheRfcUntilThePeerCountsAsUnreachable() {
    SctpOptions options = SctpOptions.defaults().toBuilder().maxRetransmits(8, 4).build();
    Endpoint[] pair = Endpoint.connected(options, options, now);
    Endpoint a = pair[0];
    a.send(now, 0, 100);
    a.drain(now);
    a.wire.clear();
    long rto = options.rtoInitial().toNanos();
    for (int i = 0; i < 4; i++) {
      long expected = now + rto;
      while (!a.wire.stream().anyMatch(p -> PacketText.chunks(p).contains("I-DATA"))) {
        a.wire.clear();
        now = a.association.nextTimeout();
        a.drain(now);
      }
      assertThat(now).isEqualTo(expected);
      a.wire.clear();
      rto = Math.min(2 * rto, options.rtoMax().toNanos());
    }
    while (!a.association.isEnded()) {
      now = a.association.nextTimeout();
      a.drain(now);
    }
    assertThat(a.eventsOf(SctpEvent.Closed.class).getFirst().cause().kind())
        .isEqualTo(SctpCloseCause.Kind.PEER_UNREACHABLE);
  }

  @Test
  void keepsProbingAClosedWindowAndGoesOnWhenItOpens() {
    SctpOptions small = SctpOptions.defaults().toBuilder().receiveWindow(20_000).build();
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), small, now);
    pair[1].consume = false;
    for (int i = 0; i < 30; i++) {
      pair[0].send(now, 0, 5_000);
    }
    for (int i = 0; i < 200; i++) {
      now += 100 * MS;
      Endpoint.exchange(pair[0], pair[1], now);
    }
    int before = pair[1].messages().size();
    assertThat(before).isLessThan(30);
    assertThat(pair[0].association.isEnded()).isFalse();
    pair[1].messages().forEach(m -> pair[1].association.consumed(now, m.windowBytes()));
    pair[1].consume = true;
    for (int i = 0; i < 200; i++) {
      now += 100 * MS;
      Endpoint.exchange(pair[0], pair[1], now);
    }
    assertThat(pair[1].messages()).hasSize(30);
  }

  @Test
  void addsStreamsWhenThePeerHasRoom() {
    SctpOptions few = SctpOptions.defaults().toBuilder().streams(10, 100).build();
    Endpoint[] pair = Endpoint.connected(few, few, now);
    pair[0].association.addStreams(now, 5, 0);
    Endpoint.exchange(pair[0], pair[1], now);
    assertThat(pair[0].association.outgoingStreams()).isEqualTo(15);
    assertThat(pair[1].association.incomingStreams()).isEqualTo(15);
    pair[0].association.addStreams(now, 0, 7);
    Endpoint.exchange(pair[0], pair[1], now);
    assertThat(pair[1].association.outgoingStreams()).isEqualTo(17);
    assertThat(pair[0].association.incomingStreams()).isEqualTo(17);
  }

  @Test
  void resetsStreamsAfterTheirData() {
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), SctpOptions.defaults(), now);
    pair[0].send(now, 4, 30_000);
    pair[0].association.resetOutgoingStreams(now, 4);
    Endpoint.exchange(pair[0], pair[1], now);
    assertThat(pair[1].events.getLast()).isEqualTo(new SctpEvent.IncomingStreamsReset(List.of(4)));
    assertThat(pair[0].eventsOf(SctpEvent.OutgoingStreamsReset.class))
        .containsExactly(new SctpEvent.OutgoingStreamsReset(List.of(4), true));
    pair[0].send(now, 4, 10);
    Endpoint.exchange(pair[0], pair[1], now);
    assertThat(pair[1].messages()).hasSize(2);
  }

  @Test
  void reportsABufferedAmountThatFallsToItsThreshold() {
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), SctpOptions.defaults(), now);
    pair[0].association.bufferedAmountLowThreshold(0, 50_000);
    pair[0].send(now, 0, 100_000);
    assertThat(pair[0].association.bufferedAmount(0)).isEqualTo(100_000);
    Endpoint.exchange(pair[0], pair[1], now);
    assertThat(pair[0].eventsOf(SctpEvent.BufferedAmountLow.class)).hasSize(1);
    assertThat(pair[0].association.bufferedAmount(0)).isZero();
  }

  @Test
  void leavesOutTheChecksumOnlyWhenThePeerAcceptsThat() {
    SctpOptions with = SctpOptions.defaults();
    SctpOptions without = with.toBuilder().zeroChecksum(false).build();
    Endpoint[] both = Endpoint.connected(with, with, now);
    assertThat(both[0].association.sendsZeroChecksum()).isTrue();
    both[0].send(now, 0, 10);
    both[0].drain(now);
    assertThat(CommonHeader.checksum(both[0].wire.peek(), 0)).isZero();
    Endpoint[] one = Endpoint.connected(with, without, now);
    assertThat(one[0].association.sendsZeroChecksum()).isFalse();
    assertThat(one[1].association.sendsZeroChecksum()).isFalse();
  }

  @Test
  void acknowledgesEverySecondPacketAndALoneOneAfterADelay() {
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), SctpOptions.defaults(), now);
    pair[0].send(now, 0, 100);
    pair[0].drain(now);
    pair[1].receive(now, pair[0].wire.remove());
    pair[1].drain(now);
    assertThat(pair[1].wire.stream().filter(p -> PacketText.chunks(p).contains("SACK"))).isEmpty();
    now += 40 * MS;
    pair[1].wire.clear();
    pair[1].drain(now);
    assertThat(pair[1].wire).hasSize(1);
    assertThat(PacketText.chunks(pair[1].wire.peek())).isEqualTo("SACK");
  }

  @Test
  void restoresGapAcksThatThePeerTookBack() {
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), SctpOptions.defaults(), now);
    Endpoint a = pair[0];
    int firstTsn = Wire.i32(a.association.localInit(), 16);
    a.send(now, 0, 5_000);
    a.drain(now);
    pair[1].receive(now, a.wire.remove());
    a.wire.clear();
    // All that follows the second is acknowledged by a gap block, and was never there.
    a.receive(now + MS, sack(a, firstTsn, new int[] {2, 4}));
    a.drain(now + MS);
    now = a.association.nextTimeout();
    for (int i = 0; i < 5 && a.association.statistics().retransmissionTimeouts() == 0; i++) {
      a.drain(now);
      now = a.association.nextTimeout();
    }
    a.wire.clear();
    a.receive(now, sack(a, firstTsn, new int[0]));
    for (int i = 0; i < 20; i++) {
      now += 500 * MS;
      Endpoint.exchange(a, pair[1], now);
    }
    assertThat(pair[1].messages()).hasSize(1);
  }

  private static byte[] sack(Endpoint to, int cumulative, int[] gap) {
    byte[] packet = new byte[12 + 16 + 2 * gap.length];
    CommonHeader.write(packet, 0, 5000, 5000, Wire.i32(to.association.localInit(), 4));
    SackChunk.writeHeader(packet, 12, cumulative, 1_000_000, gap.length / 2, 0);
    for (int i = 0; i < gap.length; i++) {
      Wire.put16(packet, 28 + 2 * i, gap[i]);
    }
    CommonHeader.seal(new CRC32C(), packet, 0, packet.length);
    return packet;
  }
}
