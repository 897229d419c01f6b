package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;

/// Attacks by name, and the alert or counter that each one ends in.
class SecurityTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  private static void assertRefused(TestEnd end, AlertDescription alert) {
    assertThat(end.closeCause().kind()).isEqualTo(CloseCause.Kind.FAILED_LOCALLY);
    assertThat(end.closeCause().alert()).isEqualTo(alert);
    assertThat(end.event(DtlsEvent.HandshakeCompleted.class)).isNull();
  }

  private static void assertTold(TestEnd end, AlertDescription alert) {
    assertThat(end.closeCause().kind()).isEqualTo(CloseCause.Kind.ALERT_RECEIVED);
    assertThat(end.closeCause().alert()).isEqualTo(alert);
  }

  private static TestPair connectChanging(
      TestPair pair, UnaryOperator<byte[]> fromClient, UnaryOperator<byte[]> fromServer) {
    pair.server.start(0);
    pair.client.start(0);
    TestEnd.exchange(0, pair.client, pair.server, fromClient, fromServer);
    return pair;
  }

  @ParameterizedTest
  @EnumSource(DtlsRole.class)
  void refusesACertificateThatMatchesNoFingerprint(DtlsRole deceived) {
    TestPair pair = new TestPair();
    TestEnd end = deceived == DtlsRole.CLIENT ? pair.client : pair.server;
    TestEnd other = deceived == DtlsRole.CLIENT ? pair.server : pair.client;
    DtlsCertificate foreign =
        DtlsCertificate.generate(
            KeyType.ECDSA_P256,
            TestCertificates.NOT_BEFORE,
            TestCertificates.NOT_AFTER,
            new TestRandom(9));
    end.connection.remoteFingerprints(0, List.of(foreign.fingerprint("sha-256")));
    pair.connect();
    assertRefused(end, AlertDescription.BAD_CERTIFICATE);
    assertTold(other, AlertDescription.BAD_CERTIFICATE);
  }

  @Test
  void refusesSha1FingerprintsEvenIfTheyMatch() throws Exception {
    TestPair pair = new TestPair();
    byte[] sha1 =
        java.security.MessageDigest.getInstance("SHA-1")
            .digest(TestCertificates.server(KeyType.ECDSA_P256).certificate().getEncoded());
    pair.client.connection.remoteFingerprints(0, List.of(new Fingerprint("sha-1", sha1)));
    pair.connect();
    assertRefused(pair.client, AlertDescription.BAD_CERTIFICATE);
  }

  @Test
  void believesTheStrongestFingerprintOnly() {
    TestPair pair = new TestPair();
    DtlsCertificate server = TestCertificates.server(KeyType.ECDSA_P256);
    Fingerprint wrong = TestCertificates.client(KeyType.ECDSA_P256).fingerprint("sha-512");
    pair.client.connection.remoteFingerprints(0, List.of(server.fingerprint("sha-256"), wrong));
    pair.connect();
    assertRefused(pair.client, AlertDescription.BAD_CERTIFICATE);
  }

  @Test
  void refusesAServerKeyWithAWrongSignature() {
    TestPair pair =
        connectChanging(
            new TestPair(),
            p -> p,
            TestPackets.changing(
                HandshakeType.SERVER_KEY_EXCHANGE,
                body -> {
                  body[10] ^= 1;
                  return body;
                }));
    assertRefused(pair.client, AlertDescription.DECRYPT_ERROR);
    assertTold(pair.server, AlertDescription.DECRYPT_ERROR);
  }

  @Test
  void refusesAPointThatIsNotOnTheCurve() {
    for (NamedGroup group : List.of(NamedGroup.SECP256R1, NamedGroup.SECP384R1)) {
      TestPair pair =
          connectChanging(
              new TestPair(TestPair.clientOptions().groups(group), TestPair.serverOptions()),
              TestPackets.changing(
                  HandshakeType.CLIENT_KEY_EXCHANGE,
                  body -> {
                    body[body.length - 1] ^= 1;
                    return body;
                  }),
              p -> p);
      assertRefused(pair.server, AlertDescription.ILLEGAL_PARAMETER);
      assertTold(pair.client, AlertDescription.ILLEGAL_PARAMETER);
    }
  }

  @Test
  void refusesX25519PointsOfSmallOrder() {
    byte[] zero = new byte[32];
    byte[] one = new byte[32];
    one[0] = 1;
    // The zero and the one again, written as p and p + 1.
    byte[] prime = new byte[32];
    Arrays.fill(prime, (byte) 0xff);
    prime[0] = (byte) 0xed;
    prime[31] = 0x7f;
    byte[] primeAndOne = prime.clone();
    primeAndOne[0]++;
    for (byte[] point : List.of(zero, one, prime, primeAndOne)) {
      TestPair pair =
          connectChanging(
              new TestPair(),
              TestPackets.changing(
                  HandshakeType.CLIENT_KEY_EXCHANGE, b -> new ClientKeyExchange(point).encode()),
              p -> p);
      assertRefused(pair.server, AlertDescription.ILLEGAL_PARAMETER);
    }
  }

  @Test
  void refusesAPublicKeyOfAWrongLength() {
    TestPair pair =
        connectChanging(
            new TestPair(),
            TestPackets.changing(
                HandshakeType.CLIENT_KEY_EXCHANGE,
                b -> new ClientKeyExchange(new byte[31]).encode()),
            p -> p);
    assertRefused(pair.server, AlertDescription.ILLEGAL_PARAMETER);
  }

  /// Takes an extension or a suite out of a ClientHello.
  private static UnaryOperator<byte[]> rewritingHello(List<Integer> suites, int... removed) {
    return TestPackets.changing(
        HandshakeType.CLIENT_HELLO,
        body -> {
          try {
            ClientHello hello = ClientHello.parse(new PacketReader(body));
            Extensions extensions = new Extensions();
            for (int type : hello.extensions().types()) {
              if (Arrays.stream(removed).noneMatch(r -> r == type)) {
                PacketReader content = hello.extensions().reader(type);
                extensions.put(type, content.bytes(content.remaining()));
              }
            }
            return new ClientHello(
                    hello.legacyVersion(),
                    hello.random(),
                    hello.sessionId(),
                    hello.cookie(),
                    suites,
                    hello.compressionMethods(),
                    extensions)
                .encode();
          } catch (MalformedPacketException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void noticesARemovedSuiteByCertificateVerify() {
    TestPair pair = connectChanging(new TestPair(), rewritingHello(List.of(0xc02c)), p -> p);
    assertRefused(pair.server, AlertDescription.DECRYPT_ERROR);
    assertTold(pair.client, AlertDescription.DECRYPT_ERROR);
  }

  @Test
  void noticesARemovedExtensionByFinished() {
    TestPair pair =
        new TestPair(
            TestPair.clientOptions(),
            TestPair.serverOptions().peerAuthentication(DtlsOptions.PeerAuthentication.NONE));
    connectChanging(
        pair,
        rewritingHello(List.of(0xc02b), Extensions.EXTENDED_MASTER_SECRET, Extensions.USE_SRTP),
        p -> p);
    assertRefused(pair.server, AlertDescription.DECRYPT_ERROR);
  }

  @Test
  void canInsistOnTheExtendedMasterSecret() {
    TestPair pair =
        connectChanging(
            new TestPair(
                TestPair.clientOptions(),
                TestPair.serverOptions().requireExtendedMasterSecret(true)),
            rewritingHello(List.of(0xc02b), Extensions.EXTENDED_MASTER_SECRET),
            p -> p);
    assertRefused(pair.server, AlertDescription.HANDSHAKE_FAILURE);
  }

  @Test
  void refusesAClientWithoutCertificate() {
    TestPair pair = new TestPair(DtlsOptions.builder(DtlsRole.CLIENT), TestPair.serverOptions());
    pair.connect();
    assertRefused(pair.server, AlertDescription.HANDSHAKE_FAILURE);
  }

  @Test
  void refusesASuiteThatWasNotOffered() {
    TestPair pair =
        connectChanging(
            new TestPair(
                TestPair.clientOptions()
                    .cipherSuites(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
                TestPair.serverOptions()),
            p -> p,
            TestPackets.changing(
                HandshakeType.SERVER_HELLO,
                body -> {
                  body[36] = 0x2b;
                  return body;
                }));
    assertRefused(pair.client, AlertDescription.ILLEGAL_PARAMETER);
  }

  @Test
  void refusesOnlyOldVersions() {
    TestEnd server = new TestEnd(TestPair.serverOptions().build(), 1);
    TestEnd client = new TestEnd(TestPair.clientOptions().build(), 1);
    server.start(0);
    client.start(0);
    TestEnd.exchange(
        0,
        client,
        server,
        TestPackets.changing(
            HandshakeType.CLIENT_HELLO,
            body -> {
              body[1] = (byte) 0xff;
              return body;
            }),
        p -> p);
    assertRefused(server, AlertDescription.PROTOCOL_VERSION);
  }

  @Test
  void dropsAReplayedRecord() {
    TestPair pair = new TestPair().connect();
    pair.client.send(HELLO);
    byte[] packet = pair.client.takeSent().getFirst();
    pair.server.receive(0, packet);
    pair.server.receive(0, packet);
    assertThat(pair.server.received).containsExactly(HELLO);
    assertThat(pair.server.connection.statistics().dropped(DropReason.REPLAYED)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = CipherSuite.class,
      names = {".*ECDSA.*"},
      mode = EnumSource.Mode.MATCH_ANY)
  void dropsAForgedRecordAndTakesTheTrueOne(CipherSuite suite) {
    TestPair pair =
        new TestPair(TestPair.clientOptions().cipherSuites(suite), TestPair.serverOptions())
            .connect();
    pair.client.send(HELLO);
    byte[] packet = pair.client.takeSent().getFirst();
    byte[] forged = packet.clone();
    forged[forged.length - 1] ^= 1;
    pair.server.receive(0, forged);
    assertThat(pair.server.received).isEmpty();
    assertThat(pair.server.connection.statistics().dropped(DropReason.BAD_RECORD_MAC)).isEqualTo(1);
    pair.server.receive(0, packet);
    assertThat(pair.server.received).containsExactly(HELLO);
    assertThat(pair.server.connection.isConnected()).isTrue();
  }

  @Test
  void believesNothingUnprotectedOnceConnected() {
    TestPair pair = new TestPair().connect();
    byte[] alert = {2, (byte) AlertDescription.INTERNAL_ERROR.code()};
    pair.server.receive(0, TestPackets.record(ContentType.ALERT, 0xfefd, 0, 99, alert));
    pair.server.receive(0, TestPackets.record(ContentType.APPLICATION_DATA, 0xfefd, 0, 99, HELLO));
    pair.server.receive(0, TestPackets.handshake(HandshakeType.CLIENT_HELLO, 0, new byte[50]));
    assertThat(pair.server.connection.isConnected()).isTrue();
    assertThat(pair.server.received).isEmpty();
    assertThat(pair.server.connection.statistics().dropped(DropReason.OLD_EPOCH)).isEqualTo(3);
  }

  @Test
  void takesNoUnprotectedApplicationDataDuringTheHandshake() {
    TestEnd server = new TestEnd(TestPair.serverOptions().build(), 1);
    server.start(0);
    server.receive(0, TestPackets.record(ContentType.APPLICATION_DATA, 0xfefd, 0, 0, HELLO));
    assertThat(server.received).isEmpty();
    assertThat(server.connection.statistics().dropped(DropReason.UNEXPECTED_CONTENT)).isEqualTo(1);
  }

  @Test
  void aForgedHighRecordNumberDoesNotShutOutTheHandshake() {
    TestPair pair = new TestPair();
    pair.server.start(0);
    pair.server.receive(
        0,
        TestPackets.record(
            ContentType.ALERT, 0xfefd, 0, RecordHeader.MAX_SEQUENCE, new byte[] {1, 100}));
    pair.client.start(0);
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.server.connection.isConnected()).isTrue();
  }

  @Test
  void aHugeClaimedMessageTakesNoMemory() {
    TestEnd server = new TestEnd(TestPair.serverOptions().build(), 1);
    server.start(0);
    server.receive(0, TestPackets.fragment(1, 0xffffff, 0, 0, new byte[10]));
    for (int i = 0; i < 8; i++) {
      server.receive(0, TestPackets.fragment(1, 16_000, i, 0, new byte[10]));
    }
    server.receive(0, TestPackets.fragment(1, 100, 9, 0, new byte[10]));
    DtlsStatistics statistics = server.connection.statistics();
    assertThat(statistics.dropped(DropReason.HANDSHAKE_BUFFER_FULL)).isEqualTo(1 + 6);
    assertThat(statistics.dropped(DropReason.HANDSHAKE_TOO_FAR_AHEAD)).isEqualTo(1);
  }

  @Test
  void aDuplicatedPacketIsNotAmplified() {
    TestPair pair = new TestPair();
    pair.server.start(0);
    pair.client.start(0);
    byte[] hello = pair.client.takeSent().getFirst();
    pair.server.receive(0, hello);
    int answers = pair.server.takeSent().size();
    for (int i = 0; i < 100; i++) {
      pair.server.receive(1_000_000, hello);
    }
    assertThat(answers).isPositive();
    assertThat(pair.server.sent).isEmpty();
  }
}
