package org.klatsch.rtp.rtcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

class RtcpTest {
  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  static List<RtcpPacket> parse(byte[] bytes) throws MalformedRtpException {
    return RtcpCompound.parse(bytes, 0, bytes.length);
  }

  static byte[] write(RtcpPacket... packets) {
    List<RtcpPacket> list = List.of(packets);
    PacketWriter out = new PacketWriter(RtcpCompound.length(list));
    RtcpCompound.write(list, out);
    assertThat(out.remaining()).isZero();
    return out.toByteArray();
  }

  static void roundTrips(RtcpPacket packet) throws MalformedRtpException {
    assertThat(parse(write(packet))).containsExactly(packet);
  }

  @Test
  void readsACompoundPacketAsBrowsersSendIt() throws Exception {
    byte[] bytes =
        hex(
            "81c8000c 9a3be501 e9a1b2c3 40000000 0001f4a0 00000064 00004e20"
                + "00000007 05ffffff 00011c2b 00000010 b2c34000 00010000"
                + "81ca0006 9a3be501 0110 6162636465666768696a6b6c6d6e6f70 0000");
    List<RtcpPacket> packets = parse(bytes);
    assertThat(packets)
        .containsExactly(
            new SenderReport(
                0x9a3be501,
                0xe9a1b2c340000000L,
                0x1f4a0,
                100,
                20_000,
                List.of(new ReportBlock(7, 5, -1, 0x11c2b, 16, 0xb2c34000, 0x10000))),
            SourceDescription.cname(0x9a3be501, "abcdefghijklmnop"));
    assertThat(RtcpCompound.isFull(packets)).isTrue();
    assertThat(write(packets.toArray(new RtcpPacket[0]))).isEqualTo(bytes);
  }

  @Test
  void roundTripsReportsAndDescriptions() throws Exception {
    roundTrips(new ReceiverReport(5, List.of()));
    roundTrips(new ReceiverReport(5, List.of(new ReportBlock(1, 255, 0x7fffff, -1, -1, -1, -1))));
    roundTrips(
        new SourceDescription(
            List.of(
                new SourceDescription.Chunk(
                    1,
                    List.of(
                        new SourceDescription.Item(SourceDescription.CNAME, "ä"),
                        new SourceDescription.Item(SourceDescription.MID, "0"))),
                new SourceDescription.Chunk(2, List.of()))));
    roundTrips(new Goodbye(List.of(1, 2), null));
    roundTrips(new Goodbye(List.of(1), "see you"));
    roundTrips(new Goodbye(List.of(), ""));
  }

  @Test
  void roundTripsFeedback() throws Exception {
    roundTrips(new GenericNack(1, 2, List.of(100, 101, 116, 117, 65535, 0, 15)));
    roundTrips(new PictureLossIndication(1, 2));
    roundTrips(
        new FullIntraRequest(
            1, List.of(new FullIntraRequest.Entry(2, 255), new FullIntraRequest.Entry(3, 0))));
    roundTrips(new ReceiverEstimatedMaximumBitrate(1, 262_143, List.of(2, 3)));
    roundTrips(new ReceiverEstimatedMaximumBitrate(1, 262_143L << 40, List.of()));
    assertThat(RtcpCompound.isFull(parse(write(new PictureLossIndication(1, 2))))).isFalse();
  }

  @Test
  void readsNackAndRembBytes() throws Exception {
    assertThat(parse(hex("81cd0003 00000001 00000002 00648001")))
        .containsExactly(new GenericNack(1, 2, List.of(100, 101, 116)));
    assertThat(parse(hex("8fce0005 00000001 00000000 52454d42 01 0bd0f4 00000002")))
        .containsExactly(new ReceiverEstimatedMaximumBitrate(1, 0x3d0f4L << 2, List.of(2)));
  }

  @Test
  void keepsWhatItDoesNotKnow() throws Exception {
    byte[] bytes = hex("9fce0003 00000001 00000002 01020304 85d20000");
    List<RtcpPacket> packets = parse(bytes);
    assertThat(packets).hasOnlyElementsOfType(UnknownRtcp.class).hasSize(2);
    assertThat(write(packets.toArray(new RtcpPacket[0]))).isEqualTo(bytes);
  }

  @Test
  void keepsTheOrderOfANack() throws Exception {
    roundTrips(new GenericNack(1, 2, List.of(10, 15, 12, 12, 30)));
  }

  @Test
  void refusesPaddingThatLeavesNoWholeWords() {
    assertThatThrownBy(() -> parse(hex("a1d20002 00000000 00000003")))
        .isInstanceOf(MalformedRtpException.class)
        .hasMessageContaining("padding of 3");
  }

  @Test
  void skipsPadding() throws Exception {
    assertThat(parse(hex("a1ce0003 00000001 00000002 00000004")))
        .containsExactly(new PictureLossIndication(1, 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "40c90001 00000001",
        "80c90002 00000001",
        "80c90000",
        "81c90001 00000001",
        "80c90001 00000001 80",
        "a0c90001 00000000",
        "a0c90001 00000008",
        "81ca0002 00000001 01ff6162",
        "81ca0001 00000001",
        "81ca0002 00000001 0101ff00",
        "81cd0002 00000001 00000002",
        "84ce0002 00000001 00000002",
        "8fce0004 00000001 00000000 52454d42 02000000",
        "8fce0004 00000001 00000000 52454d42 00ffffff"
      })
  void rejectsWhatIsNoRtcp(String text) {
    assertThatThrownBy(() -> parse(hex(text))).isInstanceOf(MalformedRtpException.class);
  }
}
