package org.klatsch.ice.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

class MdnsQuerierTest {
  private static final TransportAddress LOCAL = TransportAddress.parse("192.0.2.1", 5353);
  private static final TransportAddress LOCAL6 = TransportAddress.parse("fe80::1%3", 5353);
  private static final TransportAddress RESPONDER = TransportAddress.parse("192.0.2.9", 5353);

  private final MdnsQuerier querier = new MdnsQuerier(2);
  private final TransmitBuffer out = new TransmitBuffer(16, 1500);
  private final List<MdnsEvent> events = new ArrayList<>();

  private long run(long now) {
    out.clear();
    return Pump.run(querier, now, out, events::add);
  }

  private void answer(long now, TransportAddress source, String name, String address) {
    PacketWriter writer = new PacketWriter(500);
    new MdnsMessage(
            0,
            true,
            List.of(),
            List.of(new MdnsMessage.AddressRecord(name, TransportAddress.parse(address, 0), 120)))
        .write(writer);
    querier.handlePacket(now, LOCAL6, source, 0, writer.array(), 0, writer.length());
  }

  @Test
  void asksOnEveryInterfaceAndRepeatsUntilItGivesUp() throws Exception {
    querier.addInterface(LOCAL);
    querier.addInterface(LOCAL6);
    querier.resolve(0, "Name.local");
    List<Long> sentAt = new ArrayList<>();
    for (long now = 0; now != ProtocolCore.NEVER; ) {
      long next = run(now);
      for (int i = 0; i < out.packetCount(); i++) {
        sentAt.add(now / 1_000_000);
        MdnsMessage query =
            MdnsMessage.parse(out.array(), out.packetOffset(i), out.packetLength(i));
        assertThat(query.questions().getFirst().name()).isEqualTo("name.local");
        assertThat(query.questions().getFirst().unicastResponse()).isEqualTo(now == 0);
      }
      if (now == 0) {
        assertThat(out.packetRemote(0)).isEqualTo(MdnsMessage.IPV4_GROUP);
        assertThat(out.packetRemote(1)).isEqualTo(MdnsMessage.IPV6_GROUP.withScopeId(3));
      }
      now = next;
    }
    assertThat(sentAt).containsExactly(0L, 0L, 1000L, 1000L, 3000L, 3000L);
    assertThat(events).containsExactly(new MdnsEvent.Resolved("Name.local", null));
  }

  @Test
  void resolvesWithTheFirstAnswerAndKeepsTheScope() {
    querier.addInterface(LOCAL);
    querier.resolve(0, "name.local");
    run(0);
    answer(1, RESPONDER, "NAME.local", "fe80::9");
    assertThat(run(1)).isEqualTo(ProtocolCore.NEVER);
    assertThat(events)
        .containsExactly(
            new MdnsEvent.Resolved("name.local", TransportAddress.parse("fe80::9%3", 0)));
  }

  @Test
  void anAnswerFromAnotherPortOrForAnotherNameChangesNothing() {
    querier.addInterface(LOCAL);
    querier.resolve(0, "name.local");
    answer(1, RESPONDER.withPort(1234), "name.local", "192.0.2.66");
    answer(1, RESPONDER, "other.local", "192.0.2.66");
    run(1);
    assertThat(events).isEmpty();
    assertThat(querier.dropped()).isEqualTo(1);
  }

  @Test
  void namesBeyondTheCapAndNamesOfSeveralLabelsFailAtOnce() {
    querier.resolve(0, "a.local");
    querier.resolve(0, "b.local");
    querier.resolve(0, "c.local");
    querier.resolve(0, "a.b.local");
    run(0);
    assertThat(events)
        .containsExactly(
            new MdnsEvent.Resolved("c.local", null), new MdnsEvent.Resolved("a.b.local", null));
  }
}
