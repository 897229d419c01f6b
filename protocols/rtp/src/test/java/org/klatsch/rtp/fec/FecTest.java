package org.klatsch.rtp.fec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.ExtensionType;
import org.klatsch.rtp.HeaderExtensions;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.MutableExtensions;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.RtpPacketWriter;

class FecTest {
  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  static Stream<FecScheme> schemes() {
    return Stream.of(FecScheme.ULPFEC, FecScheme.FLEXFEC_03, FecScheme.FLEXFEC);
  }

  private static byte[] packet(Random random, int sequence) {
    byte[] out = new byte[1500];
    RtpPacketWriter writer =
        new RtpPacketWriter()
            .start(out, 0, 1500, random.nextBoolean(), 96, sequence, random.nextInt(), 77);
    if (random.nextBoolean()) {
      writer.csrc(5);
    }
    if (random.nextBoolean()) {
      writer.extensionU16(3, sequence);
    }
    byte[] payload = new byte[random.nextInt(1200)];
    random.nextBytes(payload);
    int length = writer.payload(payload, 0, payload.length).finish();
    return Arrays.copyOf(out, length);
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void anyOneLostPacketComesBack(FecScheme scheme) throws Exception {
    int seeds = Integer.getInteger("klatsch.seeds", 50);
    Parity parity = new Parity(1500);
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      int base = random.nextInt(65_536);
      int range = 1 + random.nextInt(random.nextBoolean() ? 14 : scheme.maskCapacity());
      PacketMask mask = new PacketMask();
      byte[][] packets = new byte[range][];
      parity.clear();
      for (int i = 0; i < range; i++) {
        if (i == 0 || i == range - 1 || random.nextBoolean()) {
          packets[i] = packet(random, base + i & 0xffff);
          mask.set(i);
          assertThat(parity.add(packets[i], 0, packets[i].length)).isTrue();
        }
      }
      byte[] repair = new byte[1600];
      int length = scheme.write(parity, 77, base, mask, repair, 4);
      assertThat(length).isEqualTo(scheme.headerLength(range - 1) + parity.bodyLength());
      FecHeader header = new FecHeader();
      scheme.read(repair, 4, length, 77, header);
      assertThat(header.ssrc()).isEqualTo(77);
      assertThat(header.baseSequence()).isEqualTo(base);
      assertThat(header.length()).isEqualTo(scheme.headerLength(range - 1));
      assertThat(header.mask().count()).isEqualTo(mask.count());
      int lost = -1;
      parity.clear();
      assertThat(scheme.addTo(parity, repair, 4, header)).isTrue();
      int pick = random.nextInt(mask.count());
      int seen = 0;
      for (int i = mask.next(0); i >= 0; i = mask.next(i + 1)) {
        assertThat(header.mask().get(i)).isTrue();
        if (seen++ == pick) {
          lost = i;
        } else {
          parity.add(packets[i], 0, packets[i].length);
        }
      }
      byte[] out = new byte[1600];
      int recovered = parity.recover(77, base + lost & 0xffff, out, 9, 1500);
      assertThat(Arrays.copyOfRange(out, 9, 9 + recovered))
          .as("seed %d", seed)
          .isEqualTo(packets[lost]);
    }
  }

  @Test
  void writesAndReadsKnownBytes() throws Exception {
    Parity parity = new Parity(100);
    parity.add(hex("80e00001 00000010 0000004d aabbcc"), 0, 15);
    parity.add(hex("80600002 00000020 0000004d 0102"), 0, 14);
    PacketMask mask = new PacketMask().set(0).set(1);
    byte[] out = new byte[100];
    int length = FecScheme.ULPFEC.write(parity, 77, 1, mask, out, 0);
    assertThat(Arrays.copyOf(out, length))
        .isEqualTo(hex("0080 0001 00000030 0001 0003 c000 abb9cc"));
    length = FecScheme.FLEXFEC_03.write(parity, 77, 1, mask, out, 0);
    assertThat(Arrays.copyOf(out, length))
        .isEqualTo(hex("0080 0001 00000030 01000000 0000004d 0001 e000 abb9cc"));
    length = FecScheme.FLEXFEC.write(parity, 77, 1, mask, out, 0);
    assertThat(Arrays.copyOf(out, length)).isEqualTo(hex("0080 0001 00000030 0001 6000 abb9cc"));
  }

  @ParameterizedTest
  @CsvSource({
    "ULPFEC, 00000001000000000001000300",
    "ULPFEC, 0000000100000000000100038000aabb",
    "ULPFEC, 4000000100000000000100008000",
    "ULPFEC, 0000000100000000000100000000",
    "FLEXFEC, 00000001000000000001",
    "FLEXFEC, 4000000100000000000140000000",
    "FLEXFEC, 000000010000000000018000",
    "FLEXFEC, 000000010000000000010000",
    "FLEXFEC_03, 00000001000000000100000000000001000180",
    "FLEXFEC_03, 8000000100000000010000000000000100018001",
    "FLEXFEC_03, 0000000100000000020000000000000100018001",
    "FLEXFEC_03, 0000000100000000010000000000000100010001",
    "FLEXFEC_03, 0000000100000000010000000000000100010001000000000000000000000000"
  })
  void refusesWhatIsMalformed(String scheme, String text) {
    byte[] payload = hex(text);
    FecScheme format =
        scheme.equals("ULPFEC")
            ? FecScheme.ULPFEC
            : scheme.equals("FLEXFEC") ? FecScheme.FLEXFEC : FecScheme.FLEXFEC_03;
    assertThatThrownBy(() -> format.read(payload, 0, payload.length, 1, new FecHeader()))
        .isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void refusesToRecoverFromPacketsThatDoNotBelongTogether() {
    Parity parity = new Parity(100);
    parity.combine(0, 50, 0, new byte[10], 0, 10);
    assertThatThrownBy(() -> parity.recover(1, 1, new byte[100], 0, 100))
        .isInstanceOf(MalformedRtpException.class);
    assertThat(parity.add(new byte[200], 0, 200)).isFalse();
    assertThat(parity.add(new byte[200], 0, 11)).isFalse();
  }

  @Test
  void refusesMasksThatDoNotFit() {
    PacketMask mask = new PacketMask();
    assertThat(mask.highest()).isEqualTo(-1);
    assertThatThrownBy(() -> FecScheme.ULPFEC.write(new Parity(9), 1, 1, mask, new byte[99], 0))
        .isInstanceOf(IllegalArgumentException.class);
    mask.set(48);
    assertThatThrownBy(() -> FecScheme.ULPFEC.write(new Parity(9), 1, 1, mask, new byte[99], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("48");
    mask.set(127);
    assertThat(mask.next(49)).isEqualTo(127);
    assertThat(mask.get(128)).isFalse();
    assertThatThrownBy(() -> mask.set(128)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void clearsWhatChangesOnTheWay() throws Exception {
    ExtensionIds ids =
        ExtensionIds.of(
            Map.of(
                ExtensionType.ABS_SEND_TIME, 1,
                ExtensionType.TRANSPORT_SEQUENCE, 2,
                ExtensionType.AUDIO_LEVEL, 3,
                ExtensionType.VIDEO_TIMING, 4));
    byte[] out = new byte[100];
    byte[] timing = new byte[13];
    Arrays.fill(timing, (byte) 9);
    int length =
        new RtpPacketWriter()
            .start(out, 0, 100, false, 96, 1, 2, 3)
            .extensionU24(1, 0xabcdef)
            .extensionU16(2, 77)
            .extensionU8(3, 5)
            .extension(4, timing, 0, 13)
            .extensionU8(9, 6)
            .finish();
    RtpPacket packet = new RtpPacket().parse(out, 0, length);
    MutableExtensions.zero(packet, ids);
    HeaderExtensions extensions = new HeaderExtensions(ids).of(packet);
    assertThat(extensions.absSendTime()).isZero();
    assertThat(extensions.transportSequence()).isZero();
    assertThat(extensions.audioLevel()).isEqualTo(5);
    int at = extensions.valueOffset(ExtensionType.VIDEO_TIMING);
    assertThat(Arrays.copyOfRange(out, at, at + 13))
        .containsExactly(9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0);
  }
}
