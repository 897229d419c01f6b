package org.klatsch.sctp.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// Golden bytes of every chunk, laid out by hand after the diagrams of the RFCs.
class ChunkTest {
  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  @Test
  void computesTheCrcOfRfc3720() {
    // RFC 3720 Appendix B.4: 32 bytes of zeros give aa 36 91 8a on the wire.
    byte[] packet = new byte[32];
    CommonHeader.seal(new CRC32C(), packet, 0, 32);
    assertThat(CommonHeader.checksum(packet, 0)).isEqualTo(0xaa36918a);
    assertThat(CommonHeader.crc32c(new CRC32C(), packet, 0, 32)).isEqualTo(0xaa36918a);
  }

  @Test
  void writesAndReadsTheCommonHeader() {
    byte[] packet = new byte[12];
    CommonHeader.write(packet, 0, 5000, 5001, 0xdeadbeef);
    assertThat(packet).isEqualTo(hex("1388 1389 deadbeef 00000000"));
    assertThat(CommonHeader.sourcePort(packet, 0)).isEqualTo(5000);
    assertThat(CommonHeader.destinationPort(packet, 0)).isEqualTo(5001);
    assertThat(CommonHeader.verificationTag(packet, 0)).isEqualTo(0xdeadbeef);
  }

  @Test
  void writesAndReadsData() throws Exception {
    byte[] chunk = hex("00030013 00000064 0002 0007 00000033 616263 00");
    byte[] written = new byte[20];
    DataChunk.write(written, 0, false, DataChunk.FLAG_B | DataChunk.FLAG_E, 100, 2, 7, 51, 0, 3);
    System.arraycopy(chunk, 16, written, 16, 3);
    assertThat(written).isEqualTo(chunk);
    DataChunk view = new DataChunk();
    view.parse(chunk, 0, 19);
    assertThat(view.tsn()).isEqualTo(100);
    assertThat(view.streamId()).isEqualTo(2);
    assertThat(view.sequence()).isEqualTo(7);
    assertThat(view.ppid()).isEqualTo(51);
    assertThat(view.payloadLength()).isEqualTo(3);
    assertThat(view.isBeginning()).isTrue();
    assertThat(view.isEnding()).isTrue();
    assertThat(view.isUnordered()).isFalse();
  }

  @Test
  void writesAndReadsIData() throws Exception {
    byte[] first = new byte[20];
    DataChunk.write(first, 0, true, DataChunk.FLAG_B | DataChunk.FLAG_U, 5, 1, 9, 53, 0, 4);
    assertThat(first).isEqualTo(hex("40060018 00000005 0001 0000 00000009 00000035"));
    byte[] second = hex("40010018 00000006 0001 0000 00000009 00000001 01020304");
    DataChunk view = new DataChunk();
    view.parse(second, 0, 24);
    assertThat(view.isInterleaved()).isTrue();
    assertThat(view.fsn()).isEqualTo(1);
    assertThat(view.sequence()).isEqualTo(9);
    assertThat(view.isEnding()).isTrue();
  }

  @Test
  void readsSack() throws Exception {
    byte[] chunk =
        hex("03000020 00000100 00010000 0002 0002 0002 0003 0005 0005 000000fe 000000ff");
    SackChunk sack = new SackChunk();
    sack.parse(chunk, 0, chunk.length);
    assertThat(sack.cumulativeTsnAck()).isEqualTo(0x100);
    assertThat(sack.advertisedWindow()).isEqualTo(65536);
    assertThat(sack.gapCount()).isEqualTo(2);
    assertThat(sack.gapStart(0)).isEqualTo(2);
    assertThat(sack.gapEnd(0)).isEqualTo(3);
    assertThat(sack.gapStart(1)).isEqualTo(5);
    assertThat(sack.duplicateCount()).isEqualTo(2);
    assertThat(sack.duplicateTsn(1)).isEqualTo(0xff);
    chunk[13] = 3;
    assertThatThrownBy(() -> sack.parse(chunk, 0, chunk.length))
        .isInstanceOf(SctpMalformedException.class);
  }

  @Test
  void writesAndReadsInit() throws Exception {
    InitChunk init =
        new InitChunk(
            0x01020304,
            131072,
            1024,
            2048,
            0x0a0b0c0d,
            new InitChunk.Features(true, true, true, true),
            null,
            List.of(),
            false);
    byte[] chunk =
        hex(
            "01000028 01020304 00020000 0400 0800 0a0b0c0d"
                + "c0000004"
                + "80010008 00000001"
                + "80080008 82c040c2");
    assertThat(init.encode(ChunkType.INIT)).isEqualTo(chunk);
    InitChunk parsed = InitChunk.parse(chunk, 0, chunk.length);
    assertThat(parsed).isEqualTo(init);
  }

  @Test
  void reportsUnknownParametersByTheirHighestBits() throws Exception {
    String fixed = "01020304 00020000 0001 0001 0a0b0c0d";
    // 10: skipped. 11: skipped and reported. 01: reported, and the rest is left alone.
    byte[] chunk =
        hex("01000028" + fixed + "9fff0004" + "dfff0006 1234 0000" + "5fff0004" + "c0000004");
    InitChunk parsed = InitChunk.parse(chunk, 0, chunk.length);
    assertThat(parsed.unrecognized()).containsExactly(hex("dfff00061234"), hex("5fff0004"));
    assertThat(parsed.features().partialReliability()).isFalse();
  }

  @Test
  void keepsTheCookieOfInitAck() throws Exception {
    InitChunk ack =
        new InitChunk(
            7,
            1500,
            1,
            1,
            9,
            new InitChunk.Features(false, false, false, false),
            hex("0102030405"),
            List.of(hex("dfff00061234")),
            false);
    byte[] chunk = ack.encode(ChunkType.INIT_ACK);
    assertThat(chunk)
        .isEqualTo(
            hex(
                "0200002a 00000007 000005dc 0001 0001 00000009"
                    + "00070009 0102030405 000000"
                    + "0008000a dfff00061234 0000"));
    assertThat(InitChunk.parse(chunk, 0, 42).cookie()).isEqualTo(hex("0102030405"));
  }

  @Test
  void writesAndReadsErrorCauses() throws Exception {
    byte[] chunk =
        ErrorCause.encodeChunk(
            ChunkType.ABORT, 0, List.of(ErrorCause.of(ErrorCause.USER_INITIATED_ABORT, "bye")));
    assertThat(chunk).isEqualTo(hex("0600000b 000c0007 627965 00"));
    List<ErrorCause> causes = ErrorCause.parseAll(chunk, 4, 7);
    assertThat(causes).hasSize(1);
    assertThat(causes.getFirst().text()).isEqualTo("bye");
    assertThatThrownBy(() -> ErrorCause.parseAll(hex("000c0009"), 0, 4))
        .isInstanceOf(SctpMalformedException.class);
  }

  @Test
  void writesAndReadsForwardTsn() throws Exception {
    ForwardTsnChunk plain =
        new ForwardTsnChunk(
            false, 3, new ForwardTsnChunk.Skip[] {new ForwardTsnChunk.Skip(1, false, 42)});
    byte[] bytes = hex("c000000c 00000003 0001002a");
    assertThat(plain.encode()).isEqualTo(bytes);
    assertThat(ForwardTsnChunk.parse(bytes, 0, 12).skips()).containsExactly(plain.skips());
    ForwardTsnChunk interleaved =
        new ForwardTsnChunk(
            true, 3, new ForwardTsnChunk.Skip[] {new ForwardTsnChunk.Skip(1, true, 42)});
    byte[] wide = hex("c2000010 00000003 0001 0001 0000002a");
    assertThat(interleaved.encode()).isEqualTo(wide);
    assertThat(ForwardTsnChunk.parse(wide, 0, 16).skips()).containsExactly(interleaved.skips());
  }

  @Test
  void writesAndReadsReConfig() throws Exception {
    ReConfigChunk chunk =
        new ReConfigChunk(
            List.of(
                new ReConfigParameter.OutgoingReset(1, 2, 3, new int[] {5}),
                new ReConfigParameter.Response(9, ReConfigParameter.Response.PERFORMED)));
    byte[] bytes =
        hex("82000024 000d0012 00000001 00000002 00000003 0005 0000 0010000c 00000009 00000001");
    assertThat(chunk.encode()).isEqualTo(bytes);
    ReConfigChunk parsed = ReConfigChunk.parse(bytes, 0, bytes.length);
    assertThat(parsed.parameters()).hasSize(2);
    assertThat(parsed.encode()).isEqualTo(bytes);
    for (ReConfigParameter parameter :
        List.of(
            new ReConfigParameter.IncomingReset(4, new int[] {1, 2}),
            new ReConfigParameter.SsnTsnReset(5),
            new ReConfigParameter.AddOutgoing(6, 7),
            new ReConfigParameter.AddIncoming(8, 9))) {
      byte[] one = new ReConfigChunk(List.of(parameter)).encode();
      assertThat(ReConfigChunk.parse(one, 0, one.length).encode()).isEqualTo(one);
    }
  }

  @Test
  void padsChunksToFourBytes() {
    assertThat(Chunk.encode(ChunkType.COOKIE_ECHO, 0, hex("010203")))
        .isEqualTo(hex("0a000007 01020300"));
    assertThat(Chunk.encode(ChunkType.COOKIE_ACK, 0)).isEqualTo(hex("0b000004"));
  }
}
