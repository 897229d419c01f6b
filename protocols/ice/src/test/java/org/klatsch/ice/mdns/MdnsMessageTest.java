package org.klatsch.ice.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.klatsch.ice.MalformedIceException;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.testkit.Seeds;

class MdnsMessageTest {
  private static final String NAME = "186f77b5-bdee-4a08-bf8c-bf620d221a34.local";

  private static byte[] bytes(MdnsMessage message) {
    PacketWriter out = new PacketWriter(1500);
    message.write(out);
    return out.toByteArray();
  }

  private static MdnsMessage parse(byte[] bytes) throws MalformedIceException {
    return MdnsMessage.parse(bytes, 0, bytes.length);
  }

  @Test
  void queryHasTheBytesOfTheRfc() {
    assertThat(HexFormat.of().formatHex(bytes(MdnsMessage.query(0, "Ab.local", true))))
        .isEqualTo(
            "000000000002000000000000"
                + "026162056c6f63616c00"
                + "00018001"
                + "026162056c6f63616c00"
                + "001c8001");
  }

  @Test
  void queriesAndResponsesRoundTrip() throws Exception {
    MdnsMessage query = MdnsMessage.query(7, NAME, false);
    assertThat(parse(bytes(query))).isEqualTo(query);
    MdnsMessage response =
        new MdnsMessage(
            0,
            true,
            List.of(),
            List.of(
                new MdnsMessage.AddressRecord(NAME, TransportAddress.parse("192.0.2.7", 0), 120),
                new MdnsMessage.AddressRecord(
                    NAME, TransportAddress.parse("2001:db8::7", 0), 0xffffffffL)));
    assertThat(parse(bytes(response))).isEqualTo(response);
  }

  @Test
  void followsCompressionAndPassesOverOtherRecords() throws Exception {
    // One question for "a.local", a TXT record of a pointer to it, and an A record of "b" before a
    // pointer into its middle.
    byte[] message =
        HexFormat.of()
            .parseHex(
                "000084000001000200000000"
                    + "0161056c6f63616c000001"
                    + "0001"
                    + "c00c0010800100000078000401616263"
                    + "0162c00e0001800100000078"
                    + "0004c0000207");
    MdnsMessage parsed = parse(message);
    assertThat(parsed.questions())
        .containsExactly(new MdnsMessage.Question("a.local", MdnsMessage.TYPE_A, false));
    assertThat(parsed.addresses())
        .containsExactly(
            new MdnsMessage.AddressRecord("b.local", TransportAddress.parse("192.0.2.7", 0), 120));
  }

  @Test
  void refusesNamesWithoutEnd() {
    byte[] self = HexFormat.of().parseHex("000084000001000000000000c00c00010001");
    assertThatThrownBy(() -> parse(self))
        .isInstanceOf(MalformedIceException.class)
        .hasMessageContaining("backwards");
    byte[] beyond = HexFormat.of().parseHex("0000840000010000000000003f61");
    assertThatThrownBy(() -> parse(beyond)).isInstanceOf(MalformedIceException.class);
    byte[] floods = HexFormat.of().parseHex("00008400ffffffffffffffff");
    assertThatThrownBy(() -> parse(floods))
        .isInstanceOf(MalformedIceException.class)
        .hasMessageContaining("records");
  }

  @Test
  void arbitraryBytesOnlyRaiseTheModulesException() {
    byte[] good =
        bytes(
            new MdnsMessage(
                0,
                true,
                List.of(new MdnsMessage.Question(NAME, 1, true)),
                List.of(
                    new MdnsMessage.AddressRecord(
                        NAME, TransportAddress.parse("192.0.2.7", 0), 120))));
    Seeds.forEach(seed -> {
      Random random = new Random(seed);
      for (int i = 0; i < 200; i++) {
        byte[] bytes = good.clone();
        for (int j = random.nextInt(8); j >= 0; j--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        try {
          MdnsMessage message = parse(bytes);
          assertThat(message.addresses().size()).isLessThanOrEqualTo(256);
        } catch (MalformedIceException expected) {
          assertThat(expected).hasMessageNotContaining("null");
        }
      }
    });
  }
}
