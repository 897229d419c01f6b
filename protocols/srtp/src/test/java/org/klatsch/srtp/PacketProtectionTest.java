package org.klatsch.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Vectors that begin with session keys: RFC 3711 appendix B.2, RFC 6188 §7.1, RFC 7714 §16 and
/// §17, RFC 2202 §3.
class PacketProtectionTest {
  private static final String RTP =
      "8040f17b 8041f8d3 5501a0b2 47616c6c696120657374206f6d6e69732064697669736120"
          + "696e207061727465732074726573";
  private static final String RTCP =
      "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61"
          + "deadbeef deadbeef deadbeef deadbeef deadbeef";
  private static final String KEY_128 = "000102030405060708090a0b0c0d0e0f";
  private static final String KEY_256 =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  private static final String SALT = "517569642070726f2071756f";

  private static byte[] withRoom(byte[] packet) {
    return Arrays.copyOf(packet, packet.length + 32);
  }

  @ParameterizedTest
  @CsvSource({
    "2B7E151628AED2A6ABF7158809CF4F3C,"
        + "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB"
        + "41E95B3BB0A2E8DD477901E4FCA894C0",
    "57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98,"
        + "92bdd28a93c3f52511c677d08b5515a49da71b2378a854f6"
        + "7050756ded165bac63c4868b7096d88421b563b8c94c9a31"
  })
  void makesTheKeyStreamOfTheRfc(String key, String keyStream) throws Exception {
    byte[] expected = Hex.bytes(keyStream);
    CounterModeProtection protection =
        new CounterModeProtection(
            Hex.bytes(key), Hex.bytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"), new byte[20], 10);
    byte[] packet = new byte[12 + expected.length + 10];
    packet[0] = (byte) 0x80;
    assertThat(protection.sealRtp(packet, 0, packet.length - 10, 12, 0, 0, 0))
        .isEqualTo(packet.length);
    assertThat(Arrays.copyOfRange(packet, 12, packet.length - 10)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    KEY_128
        + ",8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a"
        + "51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
    KEY_256
        + ",8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a02"
        + "76ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13"
  })
  void sealsAndOpensTheRtpPacketOfRfc7714(String key, String sealed) throws Exception {
    GcmProtection protection = new GcmProtection(Hex.bytes(key), Hex.bytes(SALT));
    byte[] plain = Hex.bytes(RTP);
    byte[] buffer = withRoom(plain);
    int length = protection.sealRtp(buffer, 0, plain.length, 12, 0, 0x5501a0b2, 0xf17b);
    assertThat(Hex.text(buffer, 0, length)).isEqualTo(sealed);
    assertThat(protection.openRtp(buffer, 0, length, 12, 0, 0x5501a0b2, 0xf17b))
        .isEqualTo(plain.length);
    assertThat(Hex.text(buffer, 0, plain.length)).isEqualTo(Hex.text(plain, 0, plain.length));
  }

  @ParameterizedTest
  @CsvSource({
    KEY_128
        + ",81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda"
        + "4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4",
    KEY_256
        + ",81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be"
        + "8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4",
    // §17.3: authenticated only.
    KEY_128
        + ",81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeef"
        + "deadbeefdeadbeefdeadbeef841dd9683dd78ec92ae58790125f62b3000005d4"
  })
  void sealsAndOpensTheRtcpPacketsOfRfc7714(String key, String sealed) throws Exception {
    GcmProtection protection = new GcmProtection(Hex.bytes(key), Hex.bytes(SALT));
    byte[] plain = Hex.bytes(RTCP);
    byte[] buffer = withRoom(plain);
    byte[] expected = Hex.bytes(sealed);
    int word = Wire.i32(expected, expected.length - 4);
    int length = protection.sealRtcp(buffer, 0, plain.length, 0x4d617273, word);
    assertThat(Hex.text(buffer, 0, length)).isEqualTo(sealed);
    assertThat(Wire.i32(buffer, protection.rtcpWordAt(0, length))).isEqualTo(word);
    assertThat(protection.openRtcp(buffer, 0, length, 0x4d617273, word)).isEqualTo(plain.length);
    assertThat(Hex.text(buffer, 0, plain.length)).isEqualTo(Hex.text(plain, 0, plain.length));
  }

  @Test
  void computesTheTagsOfRfc2202() throws Exception {
    assertThat(hmac("0b".repeat(20), "4869205468657265"))
        .isEqualTo("b617318655057264e28bc0b6fb378c8ef146be00");
    assertThat(hmac("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f"))
        .isEqualTo("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    assertThat(hmac("aa".repeat(20), "dd".repeat(50)))
        .isEqualTo("125d7342b9ac11cd91a39af48aa17b4f63f175d3");
  }

  private static String hmac(String key, String data) throws Exception {
    HmacSha1 hmac = new HmacSha1(Hex.bytes(key));
    byte[] bytes = Hex.bytes(data);
    hmac.compute(bytes, 0, bytes.length);
    // Twice, as the first one must not change the key's state.
    return Hex.text(hmac.compute(bytes, 0, bytes.length), 0, HmacSha1.LENGTH);
  }
}
