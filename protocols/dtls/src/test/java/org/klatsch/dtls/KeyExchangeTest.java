package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyExchangeTest {
  private static final TestRandom RANDOM = new TestRandom(1);

  @ParameterizedTest
  @EnumSource(NamedGroup.class)
  void bothEndsGetTheSameSecret(NamedGroup group) throws Exception {
    KeyExchange client = KeyExchange.generate(List.of(group), RANDOM).getFirst();
    KeyExchange.Answer answer = KeyExchange.answer(group, client.publicKey(), RANDOM);
    assertThat(client.agree(answer.publicKey())).isEqualTo(answer.secret());
  }

  @Test
  void theHybridHasTheSizesOfTheDraft() throws Exception {
    NamedGroup hybrid = NamedGroup.X25519MLKEM768;
    List<KeyExchange> both = KeyExchange.generate(List.of(hybrid, NamedGroup.X25519), RANDOM);
    byte[] share = both.get(0).publicKey();
    assertThat(share).hasSize(1216);
    // ML-KEM comes first, and X25519 is the key of the other share.
    assertThat(Arrays.copyOfRange(share, 1184, 1216)).isEqualTo(both.get(1).publicKey());
    KeyExchange.Answer answer = KeyExchange.answer(hybrid, share, RANDOM);
    assertThat(answer.publicKey()).hasSize(1120);
    assertThat(answer.secret()).hasSize(64);
    KeyExchange.Answer classical =
        KeyExchange.answer(NamedGroup.X25519, both.get(1).publicKey(), RANDOM);
    assertThat(classical.publicKey()).hasSize(32);
  }

  @Test
  void refusesSharesOfWrongLengthOrContent() throws Exception {
    NamedGroup hybrid = NamedGroup.X25519MLKEM768;
    KeyExchange client = KeyExchange.generate(List.of(hybrid), RANDOM).getFirst();
    for (int length : new int[] {0, 32, 1119, 1121}) {
      assertThatThrownBy(() -> client.agree(new byte[length])).isInstanceOf(DtlsException.class);
    }
    for (int length : new int[] {1, 32, 1215, 1217}) {
      assertThatThrownBy(() -> KeyExchange.answer(hybrid, new byte[length], RANDOM))
          .isInstanceOf(DtlsException.class);
    }
    byte[] outOfRange = client.publicKey();
    Arrays.fill(outOfRange, 0, 1184, (byte) 0xff);
    assertThatThrownBy(() -> KeyExchange.answer(hybrid, outOfRange, RANDOM))
        .isInstanceOfSatisfying(
            DtlsException.class,
            e -> assertThat(e.alert()).isEqualTo(AlertDescription.ILLEGAL_PARAMETER));
  }
}
