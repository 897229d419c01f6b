package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The simple 1-RTT handshake of RFC 8448 §3, which differs from DTLS in the labels' first bytes
/// only; and the masks of QUIC's header protection, RFC 9001 §A, which are made as those of record
/// numbers (RFC 9147 §4.2.3). RFC 9147 has no vectors of its own.
class KeySchedule13Test {
  private static final String TLS_PREFIX = "tls13 ";

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static KeySchedule13 schedule() {
    return new KeySchedule13(
        CipherSuite.TLS_AES_128_GCM_SHA256,
        new Hkdf("SHA-256", TLS_PREFIX),
        hex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d"),
        hex("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8"));
  }

  @Test
  void derivesTheSecretsOfTheRfcsHandshake() {
    KeySchedule13 schedule = schedule();
    assertThat(schedule.handshakeSecret(DtlsRole.CLIENT))
        .isEqualTo(hex("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"));
    assertThat(schedule.handshakeSecret(DtlsRole.SERVER))
        .isEqualTo(hex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"));
    schedule.deriveApplicationSecrets(
        hex("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13"));
    assertThat(schedule.applicationSecret(DtlsRole.CLIENT))
        .isEqualTo(hex("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"));
    assertThat(schedule.applicationSecret(DtlsRole.SERVER))
        .isEqualTo(hex("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"));
    assertThat(schedule.exporterMasterSecret())
        .isEqualTo(hex("fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50"));
  }

  @Test
  void derivesTheKeysOfTheRfcsHandshake() {
    Hkdf hkdf = new Hkdf("SHA-256", TLS_PREFIX);
    byte[] secret = schedule().handshakeSecret(DtlsRole.SERVER);
    assertThat(hkdf.expandLabel(secret, "key", new byte[0], 16))
        .isEqualTo(hex("3fce516009c21727d0f2e4e86ee403bc"));
    assertThat(hkdf.expandLabel(secret, "iv", new byte[0], 12))
        .isEqualTo(hex("5d313eb2671276ee13000b30"));
  }

  @Test
  void computesTheFinishedMessageOfTheRfc() {
    assertThat(
            schedule()
                .verifyData(
                    DtlsRole.CLIENT,
                    hex("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13")))
        .isEqualTo(hex("a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61"));
  }

  @Test
  void beginsLabelsAsDtlsDoes() {
    byte[] secret = new byte[32];
    byte[] ours = new Hkdf("SHA-256").expandLabel(secret, "key", new byte[0], 16);
    // Without the space of TLS, RFC 9147 §5.9: HkdfLabel and HKDF-Expand by hand.
    byte[] label = "dtls13key".getBytes(StandardCharsets.US_ASCII);
    byte[] info = KeySchedule12.concat(new byte[] {0, 16, 9}, label);
    info = KeySchedule12.concat(info, new byte[] {0, 1});
    byte[] block = new Hkdf("SHA-256").hmac(secret, info);
    assertThat(ours).isEqualTo(java.util.Arrays.copyOf(block, 16));
  }

  @Test
  void masksAsAesDoesInRfc9001() throws Exception {
    RecordNumberMask mask =
        new RecordNumberMask(Aead.AES_128_GCM, hex("9f50449e04a0e810283a1e9933adedd2"));
    assertThat(mask.of(hex("d1b1c98dd7689fb8ec11d242b123dc9b"), 0)).startsWith(hex("437b9aec36"));
  }

  @Test
  void masksAsChaCha20DoesInRfc9001() throws Exception {
    RecordNumberMask mask =
        new RecordNumberMask(
            Aead.CHACHA20_POLY1305,
            hex("25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4"));
    byte[] sample = hex("5e5cd55c41f69080575d7999c25a5bfb");
    assertThat(mask.of(sample, 0)).startsWith(hex("aefefe7d03"));
    // A repeated record has the same sample.
    assertThat(mask.of(sample, 0)).startsWith(hex("aefefe7d03"));
  }

  @Test
  void updatesChangeOneDirectionOnly() {
    KeySchedule13 schedule = schedule();
    schedule.deriveApplicationSecrets(new byte[32]);
    byte[] client = schedule.applicationSecret(DtlsRole.CLIENT);
    byte[] server = schedule.applicationSecret(DtlsRole.SERVER);
    schedule.update(DtlsRole.CLIENT);
    assertThat(schedule.applicationSecret(DtlsRole.CLIENT)).isNotEqualTo(client);
    assertThat(schedule.applicationSecret(DtlsRole.SERVER)).isEqualTo(server);
  }

  @Test
  void exportsTheSameWithoutContextAndWithAnEmptyOne() {
    KeySchedule13 schedule = schedule();
    schedule.deriveApplicationSecrets(new byte[32]);
    assertThat(schedule.export("EXPERIMENTAL", new byte[0], true, 48))
        .isEqualTo(schedule.export("EXPERIMENTAL", new byte[0], false, 48))
        .isNotEqualTo(schedule.export("EXPERIMENTAL", new byte[1], true, 48));
  }
}
