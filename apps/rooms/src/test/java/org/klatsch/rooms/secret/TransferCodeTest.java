package org.klatsch.rooms.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.rooms.Vectors;
import tools.jackson.databind.JsonNode;

class TransferCodeTest {
  static Stream<JsonNode> codes() {
    return Vectors.of("codes").stream();
  }

  @ParameterizedTest
  @MethodSource("codes")
  void readsWhatPeopleType(JsonNode vector) {
    Optional<TransferCode> expected =
        vector.has("invalid")
            ? Optional.empty()
            : Optional.of(
                new TransferCode(
                    vector.get("id").stringValue(), vector.get("secret").stringValue()));
    assertThat(TransferCode.parse(vector.get("input").stringValue())).isEqualTo(expected);
  }

  @Test
  void readsItsOwnLink() {
    TransferCode code = new TransferCode("4711", "tango-river-maple");
    assertThat(TransferCode.parse(code.link("https://example.org"))).contains(code);
    assertThat(TransferCode.parse(code.toString())).contains(code);
  }

  @Test
  void drawsThreeOf256DifferentWords() {
    assertThat(new HashSet<>(TransferCode.words())).hasSize(256);
    String secret = TransferCode.newSecret(new SecureRandom());
    assertThat(secret.split("-"))
        .hasSize(3)
        .allSatisfy(word -> assertThat(TransferCode.words()).contains(word));
  }
}
