package org.klatsch.sansio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PumpTest {
  /// Echoes numbers: every number put in becomes a packet and an event one after the other.
  private static final class Echo implements ProtocolCore<Integer> {
    final Deque<Integer> packets = new ArrayDeque<>();
    final Deque<Integer> events = new ArrayDeque<>();
    long deadline = 50;

    @Override
    public void handleTimeout(long now) {
      if (now >= deadline) {
        packets.add(99);
        deadline = NEVER;
      }
    }

    @Override
    public long nextTimeout() {
      return deadline;
    }

    @Override
    public boolean pollTransmit(long now, TransmitBuffer out) {
      Integer packet = packets.poll();
      if (packet == null) {
        return false;
      }
      out.array()[out.position()] = packet.byteValue();
      out.commit(1);
      events.add(packet);
      return true;
    }

    @Override
    public @Nullable Integer pollEvent() {
      return events.poll();
    }
  }

  @Test
  void drainsWhatTheConsumerOfAnEventCauses() {
    Echo echo = new Echo();
    echo.packets.add(3);
    List<Integer> seen = new ArrayList<>();
    TransmitBuffer out = new TransmitBuffer(8, 4);
    long again =
        Pump.run(
            echo,
            10,
            out,
            event -> {
              seen.add(event);
              if (event > 0 && event < 99) {
                echo.packets.add(event - 1);
              }
            });
    assertThat(seen).containsExactly(3, 2, 1, 0);
    assertThat(out.packetCount()).isEqualTo(4);
    assertThat(again).isEqualTo(50);
    assertThat(Pump.run(echo, 50, out, seen::add)).isEqualTo(ProtocolCore.NEVER);
    assertThat(seen).endsWith(99);
  }

  @Test
  void asksToBeCalledAgainAtOnceWhenTheBufferIsFull() {
    Echo echo = new Echo();
    echo.packets.addAll(List.of(1, 2, 3));
    TransmitBuffer out = new TransmitBuffer(8, 4);
    out.budget(2);
    assertThat(Pump.run(echo, 10, out, event -> {})).isEqualTo(10);
    assertThat(out.packetCount()).isEqualTo(2);
    assertThat(echo.packets).containsExactly(3);
    out.clear();
    assertThat(Pump.run(echo, 10, out, event -> {})).isEqualTo(50);
    assertThat(out.packetCount()).isEqualTo(1);
  }

  @Test
  void keepsTheRouteOfEachPacket() {
    TransmitBuffer out = new TransmitBuffer(3, 4);
    TransportAddress a = TransportAddress.parse("192.0.2.1", 1);
    TransportAddress b = TransportAddress.parse("192.0.2.2", 2);
    out.route(a, b);
    out.ecn(1);
    out.commit(3);
    out.route(null, a);
    out.ecn(0);
    out.commit(4);
    assertThat(out.packetLocal(0)).isEqualTo(a);
    assertThat(out.packetRemote(0)).isEqualTo(b);
    assertThat(out.packetEcn(0)).isEqualTo(1);
    assertThat(out.packetLocal(1)).isNull();
    assertThat(out.packetRemote(1)).isEqualTo(a);
    assertThat(out.packetOffset(1)).isEqualTo(3);
    assertThat(out.packetEcn(1)).isZero();
  }
}
