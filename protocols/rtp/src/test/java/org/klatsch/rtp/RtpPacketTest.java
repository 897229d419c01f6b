package org.klatsch.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RtpPacketTest {
  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static RtpPacket parse(byte[] bytes) throws MalformedRtpException {
    return new RtpPacket().parse(bytes, 0, bytes.length);
  }

  /// Opus as Chromium sends it: audio level, abs-send-time, transport sequence and mid.
  private static final byte[] CHROMIUM_AUDIO =
      hex("906f1c2b 0001f4a0 9a3be501 bede0003 10ff 32a1b2c3 510007 4030 00" + "fc 01 02 03");

  @Test
  void readsWhatABrowserSends() throws Exception {
    RtpPacket packet = parse(CHROMIUM_AUDIO);
    assertThat(packet.marker()).isFalse();
    assertThat(packet.payloadType()).isEqualTo(111);
    assertThat(packet.sequenceNumber()).isEqualTo(0x1c2b);
    assertThat(packet.timestamp()).isEqualTo(0x1f4a0);
    assertThat(packet.ssrc()).isEqualTo(0x9a3be501);
    assertThat(packet.headerLength()).isEqualTo(28);
    assertThat(packet.payloadLength()).isEqualTo(4);
    HeaderExtensions extensions =
        new HeaderExtensions(
                ExtensionIds.of(
                    Map.of(
                        ExtensionType.AUDIO_LEVEL, 1,
                        ExtensionType.ABS_SEND_TIME, 3,
                        ExtensionType.TRANSPORT_SEQUENCE, 5,
                        ExtensionType.MID, 4)))
            .of(packet);
    assertThat(extensions.audioLevel()).isEqualTo(127);
    assertThat(extensions.voiceActivity()).isTrue();
    assertThat(extensions.absSendTime()).isEqualTo(0xa1b2c3);
    assertThat(extensions.transportSequence()).isEqualTo(7);
    assertThat(extensions.mid()).isEqualTo("0");
    assertThat(extensions.mid()).isSameAs(extensions.mid());
    assertThat(extensions.rid()).isNull();
    assertThat(extensions.playoutDelay()).isEqualTo(HeaderExtensions.ABSENT);
  }

  @Test
  void readsTheTwoByteElementsOfTheRfc() throws Exception {
    // RFC 8285 §4.3: ids, lengths 0, 1 and 4, one byte of padding between.
    RtpPacket packet =
        parse(hex("90000001 00000002 00000003 10000003 0100 020177 00 0304 01020304 aa"));
    assertThat(packet.elementCount()).isEqualTo(3);
    assertThat(packet.elementLength(packet.findElement(1))).isZero();
    assertThat(packet.elementLength(packet.findElement(2))).isEqualTo(1);
    assertThat(packet.elementLength(packet.findElement(3))).isEqualTo(4);
    assertThat(packet.payloadLength()).isEqualTo(1);
  }

  @Test
  void readsTheOneByteElementsOfTheRfc() throws Exception {
    // RFC 8285 §4.2: one byte, two bytes, two bytes of padding, four bytes.
    RtpPacket packet =
        parse(hex("90000001 00000002 00000003 bede0003 10aa 21bbbb 0000 33cccccccc"));
    assertThat(packet.elementCount()).isEqualTo(3);
    assertThat(packet.elementLength(packet.findElement(1))).isEqualTo(1);
    assertThat(packet.elementLength(packet.findElement(2))).isEqualTo(2);
    assertThat(packet.elementLength(packet.findElement(3))).isEqualTo(4);
    assertThat(packet.payloadLength()).isZero();
  }

  @Test
  void stopsAtTheReservedElementAndAtOneBeyondTheBlock() throws Exception {
    assertThat(parse(hex("90000001 00000002 00000003 bede0002 10aa f0 20bb 000000")).elementCount())
        .isEqualTo(1);
    assertThat(parse(hex("90000001 00000002 00000003 bede0001 10aa 2fbb")).elementCount())
        .isEqualTo(1);
  }

  @Test
  void readsContributingSourcesAndPadding() throws Exception {
    RtpPacket packet =
        parse(hex("b2800001 00000002 00000003 0000000a 0000000b beef0000 aabb 0002"));
    assertThat(packet.csrcCount()).isEqualTo(2);
    assertThat(packet.csrc(0)).isEqualTo(10);
    assertThat(packet.csrc(1)).isEqualTo(11);
    assertThat(packet.extensionProfile()).isEqualTo(0xbeef);
    assertThat(packet.paddingLength()).isEqualTo(2);
    assertThat(packet.payloadLength()).isEqualTo(2);
    assertThat(packet.marker()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "40000001 00000002 00000003",
        "81000001 00000002 00000003",
        "90000001 00000002 00000003 bede",
        "90000001 00000002 00000003 bede0001",
        "a0000001 00000002 00000003",
        "a0000001 00000002 00000003 00",
        "a0000001 00000002 00000003 02"
      })
  void rejectsWhatIsNoPacket(String text) {
    assertThatThrownBy(() -> parse(hex(text))).isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void tellsRtcpFromRtpOnOnePort() {
    assertThat(RtpPacket.isRtcp(hex("80c8"), 0, 2)).isTrue();
    assertThat(RtpPacket.isRtcp(hex("80cf"), 0, 2)).isTrue();
    assertThat(RtpPacket.isRtcp(hex("806f"), 0, 2)).isFalse();
    assertThat(RtpPacket.isRtcp(hex("80ef"), 0, 2)).isFalse();
  }

  @Test
  void writesWhatABrowserSends() {
    byte[] out = new byte[100];
    int length =
        new RtpPacketWriter()
            .start(out, 5, 95, false, 111, 0x1c2b, 0x1f4a0, 0x9a3be501)
            .extensionU8(1, AudioLevel.of(true, 127))
            .extensionU24(3, 0xa1b2c3)
            .extensionU16(5, 7)
            .extension(4, new byte[] {'0'}, 0, 1)
            .extension(0, new byte[9], 0, 9)
            .payload(CHROMIUM_AUDIO, 28, 4)
            .finish();
    assertThat(Arrays.copyOfRange(out, 5, 5 + length)).isEqualTo(CHROMIUM_AUDIO);
  }

  @Test
  void turnsToTwoByteElementsForALongValue() throws Exception {
    byte[] out = new byte[200];
    byte[] longValue = new byte[40];
    new Random(1).nextBytes(longValue);
    int length =
        new RtpPacketWriter()
            .start(out, 0, out.length, true, 96, 1, 2, 3)
            .csrc(77)
            .extensionU8(1, 0x55)
            .extensionU64(2, 0x0102030405060708L)
            .extension(20, longValue, 0, 40)
            .extensionU16(3, 9)
            .payload(new byte[] {1, 2}, 0, 2)
            .padding(3)
            .finish();
    RtpPacket packet = new RtpPacket().parse(out, 0, length);
    assertThat(packet.extensionProfile()).isEqualTo(0x1000);
    assertThat(packet.elementCount()).isEqualTo(4);
    assertThat(value(packet, 1)).containsExactly(0x55);
    assertThat(value(packet, 2)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(value(packet, 20)).isEqualTo(longValue);
    assertThat(value(packet, 3)).containsExactly(0, 9);
    assertThat(packet.payloadLength()).isEqualTo(2);
    assertThat(packet.paddingLength()).isEqualTo(3);
    assertThat(packet.csrc(0)).isEqualTo(77);
  }

  @Test
  void roundTripsWhateverIsWritten() throws Exception {
    int seeds = Integer.getInteger("klatsch.seeds", 50);
    RtpPacketWriter writer = new RtpPacketWriter();
    RtpPacket packet = new RtpPacket();
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      byte[] out = new byte[4000];
      boolean marker = random.nextBoolean();
      int type = random.nextInt(128);
      int sequence = random.nextInt(65536);
      int timestamp = random.nextInt();
      writer.start(out, 3, 3900, marker, type, sequence, timestamp, seed);
      int csrcs = random.nextInt(16);
      for (int i = 0; i < csrcs; i++) {
        writer.csrc(i);
      }
      int elements = random.nextInt(10);
      byte[][] values = new byte[elements][];
      int maxLength = random.nextBoolean() ? 17 : 256;
      for (int i = 0; i < elements; i++) {
        values[i] = new byte[random.nextInt(maxLength)];
        random.nextBytes(values[i]);
        writer.extension(i + 1, values[i], 0, values[i].length);
      }
      byte[] payload = new byte[random.nextInt(500)];
      random.nextBytes(payload);
      writer.payload(payload, 0, payload.length);
      int padding = random.nextInt(256);
      if (padding > 0) {
        writer.padding(padding);
      }
      packet.parse(out, 3, writer.finish());
      assertThat(packet.marker()).as("seed %d", seed).isEqualTo(marker);
      assertThat(packet.payloadType()).isEqualTo(type);
      assertThat(packet.sequenceNumber()).isEqualTo(sequence);
      assertThat(packet.timestamp()).isEqualTo(timestamp);
      assertThat(packet.csrcCount()).isEqualTo(csrcs);
      assertThat(packet.elementCount()).as("seed %d", seed).isEqualTo(elements);
      for (int i = 0; i < elements; i++) {
        assertThat(value(packet, i + 1)).as("seed %d", seed).isEqualTo(values[i]);
      }
      assertThat(packet.paddingLength()).isEqualTo(padding);
      int at = packet.payloadOffset();
      assertThat(Arrays.copyOfRange(out, at, at + packet.payloadLength())).isEqualTo(payload);
    }
  }

  @Test
  void changesFieldsInPlace() throws Exception {
    RtpPacket packet = parse(CHROMIUM_AUDIO.clone());
    packet.sequenceNumber(65535);
    packet.timestamp(-5);
    packet.ssrc(-6);
    packet.payloadType(96);
    packet.marker(true);
    RtpPacket again = parse(packet.array());
    assertThat(again.sequenceNumber()).isEqualTo(65535);
    assertThat(again.timestamp()).isEqualTo(-5);
    assertThat(again.ssrc()).isEqualTo(-6);
    assertThat(again.payloadType()).isEqualTo(96);
    assertThat(again.marker()).isTrue();
  }

  private static byte[] value(RtpPacket packet, int id) {
    int element = packet.findElement(id);
    int at = packet.elementOffset(element);
    return Arrays.copyOfRange(packet.array(), at, at + packet.elementLength(element));
  }
}
