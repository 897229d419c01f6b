package org.klatsch.rooms.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.rooms.Vectors;
import tools.jackson.databind.JsonNode;

class CpaceTest {
  private static final HexFormat HEX = HexFormat.of();

  /// draft-irtf-cfrg-cpace, test vectors of CPACE-X25519-SHA512.
  @Test
  void computesTheVectorsOfTheDraft() {
    byte[] secret = "Password".getBytes(StandardCharsets.US_ASCII);
    byte[] channel = hex("0b415f696e69746961746f720b425f726573706f6e646572");
    byte[] session = hex("7e4b4791d6a8ef019b936c79fb7f2c57");
    byte[] generator = Cpace.generator(Cpace.generatorString(secret, channel, session));
    assertThat(HEX.formatHex(generator))
        .isEqualTo("d04bf6d41f6a289632a2e929fa29bebd51092512a7829fdde7d314b62f05a73f");
    byte[] initiator =
        Cpace.multiply(
            hex("21b4f4bd9e64ed355c3eb676a28ebedaf6d8f17bdc365995b319097153044080"), generator);
    assertThat(HEX.formatHex(initiator))
        .isEqualTo("1d13c89278cdadd826f6d8d7f887701430f8380ddc17611cdd6dc989ce0c9f32");
    byte[] responder =
        Cpace.multiply(
            hex("848b0779ff415f0af4ea14df9dd1d3c29ac41d836c7808896c4eba19c51ac40a"), generator);
    assertThat(HEX.formatHex(responder))
        .isEqualTo("248cccf6d5cdc3646f0ad593f9e6cef4e69d4945f8372e623512ecea32185623");
  }

  static Stream<JsonNode> points() {
    return Vectors.of("x25519").stream();
  }

  @ParameterizedTest
  @MethodSource("points")
  void multipliesPointsAndRefusesThoseOfSmallOrder(JsonNode vector) {
    byte[] result = Cpace.multiply(hex(vector, "scalar"), hex(vector, "u"));
    assertThat(HEX.formatHex(result == null ? new byte[32] : result))
        .isEqualTo(vector.get("result").stringValue());
  }

  static Stream<JsonNode> maps() {
    return Vectors.of("elligator").stream();
  }

  @ParameterizedTest
  @MethodSource("maps")
  void mapsBytesToPoints(JsonNode vector) {
    assertThat(HEX.formatHex(Cpace.elligator2(hex(vector, "u"))))
        .isEqualTo(vector.get("g").stringValue());
  }

  static Stream<JsonNode> exchanges() {
    return Vectors.of("cpace").stream();
  }

  @ParameterizedTest
  @MethodSource("exchanges")
  void provesTheSecretAsInTheVectors(JsonNode vector) {
    TransferCode code =
        new TransferCode(vector.get("id").stringValue(), vector.get("secret").stringValue());
    SecretProof receiver =
        new SecretProof(
            SecretProof.Role.RECEIVER,
            code,
            hex(vector, "receiverNonce"),
            hex(vector, "senderNonce"),
            hex(vector, "receiverFingerprint"),
            hex(vector, "senderFingerprint"),
            hex(vector, "ya"));
    SecretProof sender =
        new SecretProof(
            SecretProof.Role.SENDER,
            code,
            hex(vector, "senderNonce"),
            hex(vector, "receiverNonce"),
            hex(vector, "senderFingerprint"),
            hex(vector, "receiverFingerprint"),
            hex(vector, "yb"));
    assertThat(receiver.ownPoint()).isEqualTo(hex(vector, "Ya"));
    assertThat(sender.ownPoint()).isEqualTo(hex(vector, "Yb"));
    assertThat(sender.handlePoint(receiver.ownPoint())).isTrue();
    assertThat(receiver.handlePoint(sender.ownPoint())).isTrue();
    assertThat(receiver.ownTag()).isEqualTo(hex(vector, "receiverTag"));
    assertThat(sender.ownTag()).isEqualTo(hex(vector, "senderTag"));
    assertThat(sender.accepts(receiver.ownTag())).isTrue();
    assertThat(receiver.accepts(sender.ownTag())).isTrue();
  }

  private static byte[] hex(JsonNode vector, String name) {
    return hex(vector.get(name).stringValue());
  }

  private static byte[] hex(String text) {
    return HEX.parseHex(text);
  }
}
