package org.klatsch.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;

/// The test vectors of RFC 5769 §2 and of RFC 8489 appendix B.1.
class Rfc5769Test {
  private static final String PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
  private static final TransactionId ID = new TransactionId(0xb7e7a701, 0xbc34d686fa87dfaeL);

  /// RFC 5769 §2.1.
  static final byte[] REQUEST =
      hex(
          """
          00010058 2112a442 b7e7a701 bc34d686 fa87dfae
          80220010 5354554e 20746573 7420636c 69656e74
          00240004 6e0001ff
          80290008 932ff9b1 51263b36
          00060009 6576746a 3a683676 59202020
          00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2
          80280004 e57a3bcf
          """);

  /// RFC 5769 §2.2.
  static final byte[] IPV4_RESPONSE =
      hex(
          """
          0101003c 2112a442 b7e7a701 bc34d686 fa87dfae
          8022000b 74657374 20766563 746f7220
          00200008 0001a147 e112a643
          00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7
          80280004 c07d4c96
          """);

  /// RFC 5769 §2.3.
  static final byte[] IPV6_RESPONSE =
      hex(
          """
          01010048 2112a442 b7e7a701 bc34d686 fa87dfae
          8022000b 74657374 20766563 746f7220
          00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9
          00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41
          80280004 c8fb0b4c
          """);

  /// RFC 5769 §2.4.
  static final byte[] LONG_TERM_REQUEST =
      hex(
          """
          00010060 2112a442 78ad3433 c6ad72c0 29da412e
          00060012 e3839ee3 8388e383 aae38383 e382afe3 82b90000
          0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 36347341
          0014000b 6578616d 706c652e 6f726700
          00080014 f6702465 6dd64a3e 02b8e071 2e85c9a2 8ca89666
          """);

  /// RFC 8489 appendix B.1 as corrected by its erratum 6268.
  static final byte[] SHA256_REQUEST =
      hex(
          """
          00010090 2112a442 78ad3433 c6ad72c0 29da412e
          001e0020 4a3cf38f ef6992bd a952c678 0417da0f 24819415 569e60b2 05c46e41 407f1704
          00150029 6f624d61 744a6f73 32414141 43662f2f 3439396b 39353464 364f4c33 346f4c39
                   46535476 79363473 41000000
          0014000b 6578616d 706c652e 6f726700
          001d0004 00020000
          001c0020 b5c7bf00 5b6c52a2 1c51c5e8 92f81924 136296cb 927c4314 9309278c c6518e65
          """);

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  private static MessageIntegrity shortTerm() {
    return MessageIntegrity.sha1(PASSWORD.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void readsTheSampleRequest() throws Exception {
    StunMessage message = StunMessage.parse(REQUEST, 0, REQUEST.length);
    assertThat(message.is(StunClass.REQUEST, StunMethod.BINDING)).isTrue();
    assertThat(message.belongsTo(ID)).isTrue();
    assertThat(message.transactionId()).isEqualTo(ID).hasToString("b7e7a701bc34d686fa87dfae");
    assertThat(message.text(StunAttributeType.SOFTWARE)).isEqualTo("STUN test client");
    assertThat(message.u32(StunAttributeType.PRIORITY)).isEqualTo(0x6e0001ff);
    assertThat(message.i64(StunAttributeType.ICE_CONTROLLED)).isEqualTo(0x932ff9b151263b36L);
    assertThat(message.text(StunAttributeType.USERNAME)).isEqualTo("evtj:h6vY");
    assertThat(shortTerm().matches(message)).isTrue();
    assertThat(Fingerprint.matches(message)).isTrue();
  }

  @Test
  void writesTheSampleRequest() {
    // The vector pads the user name with spaces, which the RFC allows but we do not write; the
    // padding is protected too, hence the patch before the integrity.
    StunMessageWriter writer = new StunMessageWriter();
    byte[] array = new byte[200];
    writer
        .start(array, 7, 150, StunClass.REQUEST, StunMethod.BINDING, ID)
        .text(StunAttributeType.SOFTWARE, "STUN test client")
        .u32(StunAttributeType.PRIORITY, 0x6e0001ff)
        .u64(StunAttributeType.ICE_CONTROLLED, 0x932ff9b151263b36L)
        .text(StunAttributeType.USERNAME, "evtj:h6vY");
    Arrays.fill(array, 7 + writer.length() - 3, 7 + writer.length(), (byte) ' ');
    writer.integrity(shortTerm()).fingerprint();
    assertThat(writer.toByteArray()).isEqualTo(REQUEST);
  }

  @Test
  void readsTheSampleIpv4Response() throws Exception {
    StunMessage message = StunMessage.parse(IPV4_RESPONSE, 0, IPV4_RESPONSE.length);
    assertThat(message.is(StunClass.SUCCESS_RESPONSE, StunMethod.BINDING)).isTrue();
    assertThat(message.text(StunAttributeType.SOFTWARE)).isEqualTo("test vector");
    assertThat(message.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS))
        .isEqualTo(TransportAddress.parse("192.0.2.1", 32853));
    assertThat(shortTerm().matches(message)).isTrue();
    assertThat(Fingerprint.matches(message)).isTrue();
  }

  @Test
  void readsTheSampleIpv6Response() throws Exception {
    StunMessage message = StunMessage.parse(IPV6_RESPONSE, 0, IPV6_RESPONSE.length);
    assertThat(message.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS))
        .isEqualTo(TransportAddress.parse("2001:db8:1234:5678:11:2233:4455:6677", 32853));
    assertThat(shortTerm().matches(message)).isTrue();
    assertThat(Fingerprint.matches(message)).isTrue();
  }

  @Test
  void readsTheRequestWithLongTermCredential() throws Exception {
    StunMessage message = StunMessage.parse(LONG_TERM_REQUEST, 0, LONG_TERM_REQUEST.length);
    byte[] key = LongTermKey.derive(PasswordAlgorithm.MD5, "マトリックス", "example.org", "TheMatrIX");
    assertThat(message.text(StunAttributeType.USERNAME)).isEqualTo("マトリックス");
    assertThat(message.text(StunAttributeType.NONCE)).isEqualTo("f//499k954d6OL34oL9FSTvy64sA");
    assertThat(message.text(StunAttributeType.REALM)).isEqualTo("example.org");
    assertThat(MessageIntegrity.sha1(key).matches(message)).isTrue();
    assertThat(message.has(StunAttributeType.FINGERPRINT)).isFalse();
    assertThat(Fingerprint.matches(message)).isFalse();
  }

  @Test
  void writesTheRequestWithSha256AndUserhash() {
    String username = "マトリックス";
    byte[] key = LongTermKey.derive(PasswordAlgorithm.SHA256, username, "example.org", "TheMatrIX");
    byte[] written =
        new StunMessageWriter()
            .start(
                new byte[200],
                0,
                200,
                StunClass.REQUEST,
                StunMethod.BINDING,
                new TransactionId(0x78ad3433, 0xc6ad72c029da412eL))
            .add(new StunAttribute.Userhash(LongTermKey.userhash(username, "example.org")))
            .text(StunAttributeType.NONCE, "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA")
            .text(StunAttributeType.REALM, "example.org")
            .add(
                new StunAttribute.ChosenPasswordAlgorithm(
                    new StunAttribute.Algorithm(2, new byte[0])))
            .integrity(MessageIntegrity.sha256(key))
            .toByteArray();
    assertThat(HexFormat.of().formatHex(written))
        .isEqualTo(HexFormat.of().formatHex(SHA256_REQUEST));
  }

  @Test
  void readsTheRequestWithSha256AndUserhash() throws Exception {
    StunMessage message = StunMessage.parse(SHA256_REQUEST, 0, SHA256_REQUEST.length);
    byte[] key = LongTermKey.derive(PasswordAlgorithm.SHA256, "マトリックス", "example.org", "TheMatrIX");
    assertThat(MessageIntegrity.sha256(key).matches(message)).isTrue();
    assertThat(message.bytes(StunAttributeType.USERHASH))
        .isEqualTo(LongTermKey.userhash("マトリックス", "example.org"));
  }

  @Test
  void everyChangedBitBreaksIntegrityOrTheMessage() {
    MessageIntegrity integrity = shortTerm();
    for (int bit = 0; bit < (REQUEST.length - 8) * 8; bit++) {
      byte[] changed = REQUEST.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      boolean accepted;
      try {
        accepted = integrity.matches(StunMessage.parse(changed, 0, changed.length));
      } catch (MalformedStunException e) {
        accepted = false;
      }
      assertThat(accepted).as("bit %d", bit).isFalse();
    }
  }
}
