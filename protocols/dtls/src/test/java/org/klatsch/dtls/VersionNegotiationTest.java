package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class VersionNegotiationTest {
  private static final List<ProtocolVersion> BOTH =
      List.of(ProtocolVersion.DTLS_1_3, ProtocolVersion.DTLS_1_2);
  private static final List<ProtocolVersion> ONLY_1_2 = List.of(ProtocolVersion.DTLS_1_2);

  private static ClientHello hello(int legacyVersion, byte[] supportedVersions) {
    Extensions extensions = new Extensions();
    if (supportedVersions != null) {
      extensions.put(Extensions.SUPPORTED_VERSIONS, supportedVersions);
    }
    return new ClientHello(
        legacyVersion, new byte[32], new byte[0], new byte[0], List.of(1), new byte[1], extensions);
  }

  private static byte[] versions(int... codes) {
    byte[] content = new byte[1 + 2 * codes.length];
    content[0] = (byte) (2 * codes.length);
    for (int i = 0; i < codes.length; i++) {
      RecordHeader.put16(content, 1 + 2 * i, codes[i]);
    }
    return content;
  }

  @Test
  void takesTheNewestVersionThatBothHave() throws Exception {
    ClientHello chromium = hello(0xfefd, versions(0xfefc, 0xfefd));
    assertThat(VersionNegotiation.choose(BOTH, chromium)).isEqualTo(ProtocolVersion.DTLS_1_3);
    assertThat(VersionNegotiation.choose(ONLY_1_2, chromium)).isEqualTo(ProtocolVersion.DTLS_1_2);
    assertThat(VersionNegotiation.choose(BOTH, hello(0xfefd, null)))
        .isEqualTo(ProtocolVersion.DTLS_1_2);
  }

  @Test
  void theExtensionCountsAloneWhenItIsThere() {
    assertThatThrownBy(
            () -> VersionNegotiation.choose(ONLY_1_2, hello(0xfefd, versions(0xfefc, 0x0304))))
        .isInstanceOf(DtlsException.class);
    assertThatThrownBy(() -> VersionNegotiation.choose(BOTH, hello(0xfeff, null)))
        .isInstanceOf(DtlsException.class);
  }

  @Test
  void marksADowngradeOnlyIfVersion13IsEnabled() {
    byte[] sign = {0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 1};
    TestRandom random = new TestRandom(1);
    assertThat(VersionNegotiation.serverRandom(BOTH, ProtocolVersion.DTLS_1_2, random))
        .hasSize(32)
        .endsWith(sign);
    byte[] unmarked = VersionNegotiation.serverRandom(ONLY_1_2, ProtocolVersion.DTLS_1_2, random);
    assertThat(java.util.Arrays.copyOfRange(unmarked, 24, 32)).isNotEqualTo(sign);
  }

  @Test
  void aClientOfVersion13NoticesADowngrade() throws Exception {
    byte[] marked =
        VersionNegotiation.serverRandom(BOTH, ProtocolVersion.DTLS_1_2, new TestRandom(1));
    ServerHello answer = new ServerHello(0xfefd, marked, new byte[0], 0xc02b, 0, new Extensions());
    assertThat(VersionNegotiation.chosen(ONLY_1_2, answer)).isEqualTo(ProtocolVersion.DTLS_1_2);
    assertThatThrownBy(() -> VersionNegotiation.chosen(BOTH, answer))
        .isInstanceOfSatisfying(
            DtlsException.class,
            e -> assertThat(e.alert()).isEqualTo(AlertDescription.ILLEGAL_PARAMETER));
  }
}
