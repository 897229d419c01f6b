package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HandshakeTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  @Test
  void connectsWithTheDefaults() {
    TestPair pair = new TestPair().connect();
    NegotiatedParameters negotiated = pair.client.negotiated();
    assertThat(negotiated.cipherSuite())
        .isEqualTo(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
    assertThat(negotiated.group()).isEqualTo(NamedGroup.X25519);
    assertThat(negotiated.srtpProfile()).isEqualTo(SrtpProfile.SRTP_AEAD_AES_128_GCM);
    assertThat(negotiated.extendedMasterSecret()).isTrue();
    assertThat(negotiated.peerCertificates())
        .containsExactly(TestCertificates.server(KeyType.ECDSA_P256).certificate());
    assertThat(pair.server.negotiated().peerCertificates())
        .containsExactly(TestCertificates.client(KeyType.ECDSA_P256).certificate());
    assertThat(pair.client.connection.exportKeyingMaterial("EXPERIMENTAL", 40))
        .isEqualTo(pair.server.connection.exportKeyingMaterial("EXPERIMENTAL", 40));
    assertThat(pair.client.nextTimeout).isEqualTo(DtlsConnection.NEVER);
    assertThat(pair.server.nextTimeout).isEqualTo(DtlsConnection.NEVER);
  }

  static Stream<Arguments> everyCombination() {
    List<Arguments> combinations = new ArrayList<>();
    for (CipherSuite suite : CipherSuite.values()) {
      for (NamedGroup group : NamedGroup.values()) {
        if (suite.version() == ProtocolVersion.DTLS_1_3 || group.isHybrid()) {
          continue;
        }
        for (KeyType server : KeyType.values()) {
          for (KeyType client : List.of(KeyType.ECDSA_P256, KeyType.RSA_2048)) {
            boolean once = client == KeyType.ECDSA_P256 || group == NamedGroup.X25519;
            if (once && suite.isRsa() == server.name().startsWith("RSA")) {
              combinations.add(Arguments.of(suite, group, server, client));
            }
          }
        }
      }
    }
    return combinations.stream();
  }

  @ParameterizedTest
  @MethodSource("everyCombination")
  void connectsWithEverySuiteGroupAndKind(
      CipherSuite suite, NamedGroup group, KeyType serverKey, KeyType clientKey) {
    TestPair pair =
        new TestPair(
                TestPair.clientOptions(clientKey).cipherSuites(suite).groups(group),
                TestPair.serverOptions(serverKey))
            .connect();
    assertThat(pair.client.negotiated().cipherSuite()).isEqualTo(suite);
    assertThat(pair.client.negotiated().group()).isEqualTo(group);
    assertThat(pair.server.negotiated().cipherSuite()).isEqualTo(suite);
    assertThat(pair.client.send(HELLO)).isTrue();
    assertThat(pair.server.send(HELLO)).isTrue();
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.server.received).containsExactly(HELLO);
    assertThat(pair.client.received).containsExactly(HELLO);
    assertThat(pair.client.connection.statistics().droppedInAll()).isZero();
    assertThat(pair.server.connection.statistics().droppedInAll()).isZero();
  }
}
