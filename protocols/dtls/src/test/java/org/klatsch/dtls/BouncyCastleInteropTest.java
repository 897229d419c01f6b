package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.bouncycastle.tls.DTLSTransport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.testkit.Seeds;

/// Against Bouncy Castle.
class BouncyCastleInteropTest {
  @ParameterizedTest
  @CsvSource({
    "CLIENT, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, X25519",
    "SERVER, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, X25519",
    "CLIENT, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, SECP384R1",
    "SERVER, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, SECP384R1",
    "CLIENT, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, SECP256R1",
    "SERVER, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, SECP256R1",
    "CLIENT, RSA_2048, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, SECP256R1",
    "SERVER, RSA_2048, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, SECP256R1",
  })
  void agreesOnDataAndExportedKeys(DtlsRole role, KeyType type, CipherSuite suite, NamedGroup group)
      throws Exception {
    DtlsOptions.Builder options =
        role == DtlsRole.CLIENT ? TestPair.clientOptions(type) : TestPair.serverOptions(type);
    TestEnd ours = new TestEnd(options.cipherSuites(suite).groups(group).build(), 3);
    Castle castle =
        new Castle(
            role.opposite(),
            TestCertificates.client(type),
            new Castle.Settings(
                List.of(suite),
                List.of(NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1),
                List.of(SrtpProfile.SRTP_AEAD_AES_256_GCM),
                1200));
    ours.connection.remoteFingerprints(
        0, List.of(TestCertificates.client(type).fingerprint("sha-256")));
    CompletableFuture<DTLSTransport> connecting = castle.connect();
    ours.start(0);
    DTLSTransport transport = castle.drive(ours, connecting);
    // The castle may be done while its last flight is still under way.
    CompletableFuture<byte[]> received =
        CompletableFuture.supplyAsync(() -> castle.exchange(transport));
    while (!ours.connection.isConnected()) {
      ours.receive(0, castle.take());
    }
    ours.send(Castle.HELLO);
    assertThat(castle.drive(ours, received)).isEqualTo(Castle.HELLO);
    while (ours.received.isEmpty()) {
      ours.receive(0, castle.take());
    }
    assertThat(ours.received).containsExactly(Castle.HELLO);
    assertThat(ours.negotiated().cipherSuite()).isEqualTo(suite);
    assertThat(ours.negotiated().group()).isEqualTo(group);
    assertThat(ours.negotiated().srtpProfile()).isEqualTo(SrtpProfile.SRTP_AEAD_AES_256_GCM);
    assertThat(ours.connection.exportKeyingMaterial(Castle.EXPORT_LABEL, 60))
        .isEqualTo(castle.exported);
    assertThat(ours.connection.exportKeyingMaterial(Castle.EXPORT_LABEL, Castle.EXPORT_CONTEXT, 60))
        .isEqualTo(castle.exportedWithContext);
  }

  private static <T> List<T> someOf(Random random, List<T> all, int least) {
    List<T> some = new ArrayList<>(all);
    Collections.shuffle(some, random);
    return List.copyOf(some.subList(0, least + random.nextInt(all.size() - least + 1)));
  }

  private static final List<NamedGroup> GROUPS =
      List.of(NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1);

  private static final List<SrtpProfile> PROFILES =
      List.of(
          SrtpProfile.SRTP_AEAD_AES_128_GCM,
          SrtpProfile.SRTP_AEAD_AES_256_GCM,
          SrtpProfile.SRTP_AES128_CM_HMAC_SHA1_80);

  private static List<CipherSuite> suites(boolean rsa) {
    return Arrays.stream(CipherSuite.values())
        .filter(each -> each.version() == ProtocolVersion.DTLS_1_2 && each.isRsa() == rsa)
        .toList();
  }

  /// Random offers of both ends: they agree on the same, or both fail when nothing is common.
  @ParameterizedTest
  @EnumSource(DtlsRole.class)
  void agreesWithItOnWhateverIsCommon(DtlsRole role) {
    int[] outcomes = new int[2];
    Seeds.forEach(
        30,
        seed -> {
          Random random = new Random(seed);
          KeyType type = random.nextInt(4) == 0 ? KeyType.RSA_2048 : KeyType.ECDSA_P256;
          List<CipherSuite> all = suites(type == KeyType.RSA_2048);
          Castle.Settings theirs =
              new Castle.Settings(
                  someOf(random, all, 1),
                  // As a server it takes any group of the client.
                  role == DtlsRole.CLIENT ? GROUPS : someOf(random, GROUPS, 1),
                  someOf(random, PROFILES, 0),
                  300 + random.nextInt(1100));
          List<CipherSuite> suites = someOf(random, all, 1);
          List<NamedGroup> groups = someOf(random, GROUPS, 1);
          List<SrtpProfile> profiles = someOf(random, PROFILES, 0);
          boolean common =
              !Collections.disjoint(suites, theirs.suites())
                  && !Collections.disjoint(groups, theirs.groups());
          outcomes[common ? 1 : 0]++;
          DtlsOptions.Builder options =
              role == DtlsRole.CLIENT ? TestPair.clientOptions(type) : TestPair.serverOptions(type);
          TestEnd ours =
              new TestEnd(
                  options
                      .cipherSuites(suites.toArray(CipherSuite[]::new))
                      .groups(groups.toArray(NamedGroup[]::new))
                      .srtpProfiles(profiles)
                      .mtu(300 + random.nextInt(1100))
                      .build(),
                  seed);
          Castle castle = new Castle(role.opposite(), TestCertificates.client(type), theirs);
          ours.connection.remoteFingerprints(
              0, List.of(TestCertificates.client(type).fingerprint("sha-256")));
          CompletableFuture<DTLSTransport> connecting = castle.connect();
          ours.start(0);
          if (!common) {
            assertThatThrownBy(() -> castle.drive(ours, connecting)).isNotNull();
            castle.sent.forEach(packet -> ours.receive(0, packet));
            assertThat(ours.connection.isClosed()).isTrue();
            return;
          }
          castle.drive(ours, connecting);
          while (!ours.connection.isConnected()) {
            ours.receive(0, castle.take());
          }
          NegotiatedParameters agreed = ours.negotiated();
          assertThat(agreed.cipherSuite().code()).isEqualTo(castle.suite);
          assertThat(agreed.srtpProfile()).isEqualTo(castle.profile);
          assertThat(profiles.stream().anyMatch(theirs.profiles()::contains))
              .isEqualTo(castle.profile != null);
          assertThat(groups).contains(agreed.group());
          assertThat(theirs.groups()).contains(agreed.group());
          assertThat(ours.connection.exportKeyingMaterial(Castle.EXPORT_LABEL, 60))
              .isEqualTo(castle.exported);
        });
    assertThat(outcomes).doesNotContain(0);
  }
}
