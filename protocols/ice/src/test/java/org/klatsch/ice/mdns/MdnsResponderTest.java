package org.klatsch.ice.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.testkit.Seeds;

class MdnsResponderTest {
  private static final TransportAddress LOCAL = TransportAddress.parse("192.0.2.1", 5353);
  private static final TransportAddress OTHER = TransportAddress.parse("198.51.100.1", 5353);
  private static final TransportAddress ASKER = TransportAddress.parse("192.0.2.9", 5353);
  private static final TransportAddress LEGACY = TransportAddress.parse("192.0.2.9", 40000);
  private static final TransportAddress ADDRESS = TransportAddress.parse("192.0.2.1", 0);
  private static final String NAME = "186f77b5-bdee-4a08-bf8c-bf620d221a34.local";
  private static final long SECOND = 1_000_000_000L;

  private final MdnsResponder responder = new MdnsResponder(2);
  private final TransmitBuffer out = new TransmitBuffer(256, 1500);

  MdnsResponderTest() {
    responder.addInterface(LOCAL);
    responder.addInterface(OTHER);
    responder.publish(NAME, ADDRESS);
  }

  private void ask(long now, TransportAddress local, TransportAddress from, MdnsMessage question) {
    PacketWriter writer = new PacketWriter(1500);
    question.write(writer);
    responder.handlePacket(now, local, from, 0, writer.array(), 0, writer.length());
    out.clear();
    assertThat(Pump.run(responder, now, out, _ -> {})).isEqualTo(ProtocolCore.NEVER);
  }

  private MdnsMessage sent(int index) throws Exception {
    return MdnsMessage.parse(out.array(), out.packetOffset(index), out.packetLength(index));
  }

  @Test
  void answersToAllWhoAskOnTheInterfaceOfTheQuestion() throws Exception {
    ask(0, OTHER, ASKER, MdnsMessage.query(0, NAME.toUpperCase(java.util.Locale.ROOT), false));
    assertThat(out.packetCount()).isEqualTo(1);
    assertThat(out.packetLocal(0)).isEqualTo(OTHER);
    assertThat(out.packetRemote(0)).isEqualTo(MdnsMessage.IPV4_GROUP);
    assertThat(sent(0))
        .isEqualTo(
            new MdnsMessage(
                0, true, List.of(), List.of(new MdnsMessage.AddressRecord(NAME, ADDRESS, 120))));
  }

  @Test
  void saysThatThereIsNoOtherRecord() {
    MdnsResponder small = new MdnsResponder(1);
    small.addInterface(LOCAL);
    small.publish("ab.local", ADDRESS);
    PacketWriter writer = new PacketWriter(1500);
    MdnsMessage.query(0, "ab.local", false).write(writer);
    small.handlePacket(0, LOCAL, ASKER, 0, writer.array(), 0, writer.length());
    out.clear();
    Pump.run(small, 0, out, _ -> {});
    // A and NSEC with the cache-flush bit, the bitmap of the latter has A alone.
    assertThat(HexFormat.of().formatHex(out.array(), 0, out.packetLength(0)))
        .isEqualTo(
            "000084000000000100000001"
                + "026162056c6f63616c00"
                + "000180010000007800"
                + "04c0000201"
                + "026162056c6f63616c00"
                + "002f80010000007800"
                + "10"
                + "026162056c6f63616c00"
                + "000440000000");
  }

  @Test
  void answersByUnicastWhereThatIsAskedFor() throws Exception {
    ask(0, LOCAL, ASKER, MdnsMessage.query(0, NAME, true));
    assertThat(out.packetRemote(0)).isEqualTo(ASKER);
    assertThat(sent(0).questions()).isEmpty();
    assertThat(sent(0).addresses().getFirst().timeToLiveSeconds()).isEqualTo(120);
  }

  @Test
  void answersOneShotQuestionsWithTheirIdAndQuestion() throws Exception {
    ask(0, LOCAL, LEGACY, MdnsMessage.query(4711, NAME, false));
    assertThat(out.packetRemote(0)).isEqualTo(LEGACY);
    MdnsMessage answer = sent(0);
    assertThat(answer.id()).isEqualTo(4711);
    assertThat(answer.questions()).hasSize(2);
    assertThat(answer.addresses().getFirst().timeToLiveSeconds()).isEqualTo(10);
  }

  @Test
  void multicastsARecordOncePerSecondAndInterface() {
    MdnsMessage question = MdnsMessage.query(0, NAME, false);
    ask(0, LOCAL, ASKER, question);
    assertThat(out.packetCount()).isEqualTo(1);
    ask(SECOND - 1, LOCAL, ASKER, question);
    assertThat(out.packetCount()).isZero();
    ask(SECOND - 1, OTHER, ASKER, question);
    assertThat(out.packetCount()).isEqualTo(1);
    ask(SECOND, LOCAL, ASKER, question);
    assertThat(out.packetCount()).isEqualTo(1);
  }

  @Test
  void limitsWhatAForgedSourceCanHaveSentToItsVictim() {
    MdnsMessage question = MdnsMessage.query(0, NAME, true);
    int answered = 0;
    for (int i = 0; i < 1000; i++) {
      ask(5, LOCAL, ASKER, question);
      answered += out.packetCount();
    }
    assertThat(answered).isEqualTo(100);
    assertThat(responder.dropped()).isEqualTo(900);
    ask(SECOND, LOCAL, ASKER, question);
    assertThat(out.packetCount()).isEqualTo(1);
  }

  @Test
  void keepsStillWhenTheAskerKnowsOrNobodyAsks() {
    MdnsMessage question = MdnsMessage.query(0, NAME, false);
    MdnsMessage known =
        new MdnsMessage(
            0,
            false,
            question.questions(),
            List.of(new MdnsMessage.AddressRecord(NAME, ADDRESS, 60)));
    ask(0, LOCAL, ASKER, known);
    assertThat(out.packetCount()).isZero();
    ask(0, LOCAL, ASKER, MdnsMessage.query(0, "printer.local", false));
    assertThat(out.packetCount()).isZero();
    MdnsMessage text =
        new MdnsMessage(0, false, List.of(new MdnsMessage.Question(NAME, 16, false)), List.of());
    ask(0, LOCAL, ASKER, text);
    assertThat(out.packetCount()).isZero();
    ask(0, TransportAddress.parse("10.0.0.1", 5353), ASKER, question);
    assertThat(out.packetCount()).isZero();
  }

  @Test
  void takesANameBackWhereItWasTold() throws Exception {
    ask(0, LOCAL, ASKER, MdnsMessage.query(0, NAME, false));
    responder.withdraw(NAME);
    assertThat(responder.names()).isZero();
    out.clear();
    Pump.run(responder, 1, out, _ -> {});
    assertThat(out.packetCount()).isEqualTo(1);
    assertThat(out.packetLocal(0)).isEqualTo(LOCAL);
    assertThat(sent(0).addresses())
        .containsExactly(new MdnsMessage.AddressRecord(NAME, ADDRESS, 0));
    ask(2 * SECOND, LOCAL, ASKER, MdnsMessage.query(0, NAME, false));
    assertThat(out.packetCount()).isZero();
  }

  @Test
  void hasALimitOfNames() {
    assertThat(responder.publish("a.local", ADDRESS)).isTrue();
    assertThat(responder.publish("b.local", ADDRESS)).isFalse();
    assertThatThrownBy(() -> responder.publish("b.example.local", ADDRESS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("b.example.local");
  }

  @Test
  void survivesWhateverTheNetworkSends() {
    Seeds.forEach(seed -> {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      PacketWriter writer = new PacketWriter(1500);
      MdnsMessage.query(0, NAME, random.nextBoolean()).write(writer);
      byte[] question = writer.toByteArray();
      question[random.nextInt(question.length)] ^= (byte) (1 << random.nextInt(8));
      for (byte[] packet : List.of(bytes, question)) {
        responder.handlePacket(seed * SECOND, LOCAL, ASKER, 0, packet, 0, packet.length);
        out.clear();
        Pump.run(responder, seed * SECOND, out, _ -> {});
        assertThat(out.packetCount()).isLessThanOrEqualTo(1);
      }
    });
  }
}
