package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.sansio.PacketReader;

/// Handshakes of version 1.3 apart from attacks and loss.
class Handshake13Test {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  private static TestPair pair() {
    return new TestPair(TestPair.newClient(), TestPair.newServer());
  }

  private static void assertTalks(TestPair pair) {
    assertThat(pair.client.send(HELLO)).isTrue();
    assertThat(pair.server.send(HELLO)).isTrue();
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.server.received).containsExactly(HELLO);
    assertThat(pair.client.received).containsExactly(HELLO);
  }

  @Test
  void connectsWithTheDefaults() {
    TestPair pair = pair().connect();
    NegotiatedParameters negotiated = pair.client.negotiated();
    assertThat(negotiated.version()).isEqualTo(ProtocolVersion.DTLS_1_3);
    assertThat(negotiated.cipherSuite()).isEqualTo(CipherSuite.TLS_AES_128_GCM_SHA256);
    assertThat(negotiated.group()).isEqualTo(NamedGroup.X25519MLKEM768);
    assertThat(negotiated.srtpProfile()).isEqualTo(SrtpProfile.SRTP_AEAD_AES_128_GCM);
    assertThat(negotiated.peerCertificates())
        .containsExactly(TestCertificates.server(KeyType.ECDSA_P256).certificate());
    assertThat(pair.server.negotiated().peerCertificates())
        .containsExactly(TestCertificates.client(KeyType.ECDSA_P256).certificate());
    assertThat(pair.client.connection.exportKeyingMaterial("EXPERIMENTAL", 40))
        .isEqualTo(pair.server.connection.exportKeyingMaterial("EXPERIMENTAL", 40));
    assertThat(pair.client.connection.exportSrtpKeyingMaterial().clientKey())
        .isEqualTo(pair.server.connection.exportSrtpKeyingMaterial().clientKey());
    assertTalks(pair);
    assertThat(pair.client.connection.statistics().droppedInAll()).isZero();
    assertThat(pair.server.connection.statistics().droppedInAll()).isZero();
    // All is acknowledged: the keys of the handshake go, then there is nothing left to do.
    pair.client.pump(30_000_000_000L);
    pair.server.pump(30_000_000_000L);
    assertThat(pair.client.nextTimeout).isEqualTo(DtlsConnection.NEVER);
    assertThat(pair.server.nextTimeout).isEqualTo(DtlsConnection.NEVER);
    assertThat(pair.client.connection.statistics().flightsRetransmitted()).isZero();
  }

  static Stream<Arguments> everyCombination() {
    List<Arguments> combinations = new ArrayList<>();
    for (CipherSuite suite : CipherSuite.values()) {
      for (NamedGroup group : NamedGroup.values()) {
        if (suite.version() == ProtocolVersion.DTLS_1_3) {
          combinations.add(Arguments.of(suite, group, KeyType.ECDSA_P256, KeyType.ECDSA_P256));
        }
      }
    }
    CipherSuite suite = CipherSuite.TLS_AES_256_GCM_SHA384;
    for (KeyType type : KeyType.values()) {
      combinations.add(Arguments.of(suite, NamedGroup.X25519, type, KeyType.ECDSA_P384));
      combinations.add(Arguments.of(suite, NamedGroup.X25519, KeyType.RSA_2048, type));
    }
    return combinations.stream();
  }

  @ParameterizedTest
  @MethodSource("everyCombination")
  void connectsWithEverySuiteGroupAndKindOfKey(
      CipherSuite suite, NamedGroup group, KeyType serverKey, KeyType clientKey) {
    ProtocolVersion version = ProtocolVersion.DTLS_1_3;
    TestPair pair =
        new TestPair(
                TestPair.clientOptions(clientKey, version).cipherSuites(suite).groups(group),
                TestPair.serverOptions(serverKey, version))
            .connect();
    assertThat(pair.client.negotiated().cipherSuite()).isEqualTo(suite);
    assertThat(pair.client.negotiated().group()).isEqualTo(group);
    assertThat(pair.server.negotiated().group()).isEqualTo(group);
    assertTalks(pair);
    assertThat(pair.server.connection.statistics().droppedInAll()).isZero();
  }

  @Test
  void aPeerWithoutMlKemCostsNoRoundTrip() {
    TestPair pair =
        new TestPair(
                TestPair.newClient(),
                TestPair.newServer().groups(NamedGroup.SECP256R1, NamedGroup.X25519))
            .connect();
    assertThat(pair.client.negotiated().group()).isEqualTo(NamedGroup.X25519);
    TestPair other =
        new TestPair(TestPair.newClient().groups(NamedGroup.X25519), TestPair.newServer())
            .connect();
    assertThat(other.client.negotiated().group()).isEqualTo(NamedGroup.X25519);
  }

  @Test
  void asksForAKeyShareThatIsMissing() {
    TestPair pair =
        new TestPair(TestPair.newClient(), TestPair.newServer().groups(NamedGroup.SECP384R1))
            .connect();
    assertThat(pair.client.negotiated().version()).isEqualTo(ProtocolVersion.DTLS_1_3);
    assertThat(pair.client.negotiated().group()).isEqualTo(NamedGroup.SECP384R1);
    assertTalks(pair);
  }

  @Test
  void asksForACookieIfSoConfigured() {
    for (NamedGroup group : List.of(NamedGroup.X25519, NamedGroup.SECP256R1)) {
      TestPair pair =
          new TestPair(
                  TestPair.newClient(),
                  TestPair.newServer()
                      .groups(group)
                      .helloVerification(new HelloVerification(new byte[32], new byte[] {1, 2})))
              .connect();
      assertThat(pair.client.negotiated().group()).isEqualTo(group);
      assertThat(pair.server.connection.statistics().dropped(DropReason.COOKIE_REQUIRED))
          .isEqualTo(1);
      assertTalks(pair);
    }
  }

  @Test
  void fallsBackToTheOlderVersionOfEitherEnd() {
    TestPair oldServer = new TestPair(TestPair.newClient(), TestPair.serverOptions()).connect();
    assertThat(oldServer.client.negotiated().version()).isEqualTo(ProtocolVersion.DTLS_1_2);
    assertThat(oldServer.client.negotiated().group()).isEqualTo(NamedGroup.X25519);
    assertTalks(oldServer);
    TestPair oldClient = new TestPair(TestPair.clientOptions(), TestPair.newServer()).connect();
    assertThat(oldClient.client.negotiated().version()).isEqualTo(ProtocolVersion.DTLS_1_2);
    assertTalks(oldClient);
    TestPair cookies =
        new TestPair(
                TestPair.newClient(),
                TestPair.serverOptions()
                    .helloVerification(new HelloVerification(new byte[32], new byte[] {1})))
            .connect();
    assertThat(cookies.client.negotiated().version()).isEqualTo(ProtocolVersion.DTLS_1_2);
  }

  @Test
  void versionsWithoutACommonOneEndInAnAlert() {
    TestPair pair =
        new TestPair(
                TestPair.clientOptions(KeyType.ECDSA_P256, ProtocolVersion.DTLS_1_3),
                TestPair.serverOptions())
            .connect();
    assertThat(pair.server.closeCause().alert()).isEqualTo(AlertDescription.PROTOCOL_VERSION);
    assertThat(pair.client.closeCause().alert()).isEqualTo(AlertDescription.PROTOCOL_VERSION);
  }

  @ParameterizedTest
  @EnumSource(DtlsRole.class)
  void waitsForTheFingerprint(DtlsRole waiting) {
    DtlsOptions clientOptions = TestPair.newClient().build();
    DtlsOptions serverOptions = TestPair.newServer().build();
    TestEnd client = new TestEnd(clientOptions, 1);
    TestEnd server = new TestEnd(serverOptions, 2);
    TestEnd late = waiting == DtlsRole.CLIENT ? client : server;
    if (waiting == DtlsRole.SERVER) {
      client.connection.remoteFingerprints(0, TestPair.fingerprints(serverOptions));
    } else {
      server.connection.remoteFingerprints(0, TestPair.fingerprints(clientOptions));
    }
    server.start(0);
    client.start(0);
    TestEnd.exchange(0, client, server);
    assertThat(late.connection.isConnected()).isFalse();
    // The waiting end acknowledges what it has, so the other one does not repeat it for ever.
    for (int i = 1; i < 40; i++) {
      client.pump(i * 25_000_000L);
      server.pump(i * 25_000_000L);
      TestEnd.exchange(i * 25_000_000L, client, server);
    }
    assertThat(client.connection.statistics().flightsRetransmitted()).isLessThan(2);
    assertThat(server.connection.statistics().flightsRetransmitted()).isLessThan(2);
    long now = 1_000_000_000L;
    late.connection.remoteFingerprints(
        now, TestPair.fingerprints(waiting == DtlsRole.CLIENT ? serverOptions : clientOptions));
    late.pump(now);
    TestEnd.exchange(now, client, server);
    assertThat(client.connection.isConnected()).isTrue();
    assertThat(server.connection.isConnected()).isTrue();
  }

  @Test
  void putsFragmentsTogetherInAnyOrder() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      TestPair pair =
          new TestPair(TestPair.newClient().mtu(256), TestPair.newServer().mtu(256), seed);
      pair.server.start(0);
      pair.client.start(0);
      for (int round = 0; round < 8; round++) {
        shuffled(pair.client, random).forEach(p -> pair.server.receive(0, p));
        shuffled(pair.server, random).forEach(p -> pair.client.receive(0, p));
      }
      assertThat(pair.client.connection.isConnected()).as("seed %d", seed).isTrue();
      assertThat(pair.server.connection.isConnected()).as("seed %d", seed).isTrue();
    }
  }

  private static List<byte[]> shuffled(TestEnd end, Random random) {
    List<byte[]> packets = end.takeSent();
    packets.forEach(p -> assertThat(p.length).isLessThanOrEqualTo(256));
    List<byte[]> twice = new ArrayList<>(packets);
    twice.addAll(packets);
    Collections.shuffle(twice, random);
    return twice;
  }

  @Test
  void dataMayOvertakeTheClientsLastFlight() {
    TestPair pair = pair();
    pair.server.start(0);
    pair.client.start(0);
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    pair.server.takeSent().forEach(p -> pair.client.receive(0, p));
    assertThat(pair.client.connection.isConnected()).isTrue();
    List<byte[]> flight = pair.client.takeSent();
    pair.client.send(HELLO);
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    assertThat(pair.server.received).isEmpty();
    flight.forEach(p -> pair.server.receive(0, p));
    assertThat(pair.server.received).containsExactly(HELLO);
  }

  @Test
  void answersTheHellosOfBrowsersWithTheNewVersion() throws Exception {
    for (String name : List.of("chromium-156", "firefox-esr-153")) {
      TestEnd server = new TestEnd(TestPair.newServer().build(), 1);
      server.start(0);
      List<byte[]> packets = new ArrayList<>(BrowserHelloTest.packets(name));
      Collections.reverse(packets);
      packets.forEach(p -> server.receive(0, p));
      List<byte[]> answer = server.takeSent();
      byte[] first = TestPackets.records(answer.getFirst()).getFirst();
      byte[] body = Arrays.copyOfRange(first, 25, first.length);
      ServerHello hello = ServerHello.parse(new PacketReader(body));
      assertThat(hello.extensions().selectedVersion()).isEqualTo(0xfefc);
      assertThat(KeyShareEntry.ofServer(hello.extensions()).group()).isEqualTo(0x11ec);
      assertThat(hello.sessionId()).isEmpty();
      // The rest is under the header of RFC 9147 §4 in epoch 2.
      byte[] last = TestPackets.records(answer.getLast()).getLast();
      assertThat(last[0] & 0xe3).isEqualTo(0x22);
    }
  }

  @Test
  void changesKeysByItselfAndOnRequest() {
    TestPair pair =
        new TestPair(
                TestPair.newClient().maxRecordsPerKey(16),
                TestPair.newServer().maxRecordsPerKey(40))
            .connect();
    List<byte[]> expected = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] data = {(byte) i, (byte) (i >>> 8)};
      expected.add(data);
      assertThat(pair.client.send(data)).isTrue();
      assertThat(pair.server.send(data)).isTrue();
      if (i % 70 == 69) {
        pair.server.connection.updateKeys(true);
        pair.client.connection.updateKeys(true);
      }
      pair.client.pump(0);
      pair.server.pump(0);
      TestEnd.exchange(0, pair.client, pair.server);
    }
    assertThat(pair.server.received).containsExactlyElementsOf(expected);
    assertThat(pair.client.received).containsExactlyElementsOf(expected);
    assertThat(pair.client.connection.statistics().droppedInAll()).isZero();
    assertThat(pair.server.connection.statistics().droppedInAll()).isZero();
  }

  @Test
  void goesOnWithTheOldKeysUntilTheKeyUpdateIsAcknowledged() {
    TestPair pair = pair().connect();
    pair.client.connection.updateKeys(false);
    pair.client.pump(0);
    List<byte[]> lost = pair.client.takeSent();
    assertThat(lost).hasSize(1);
    pair.client.send(HELLO);
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.server.received).containsExactly(HELLO);
    // Again after the timer, then with the new keys; an old record that was under way still counts.
    pair.client.send(HELLO);
    List<byte[]> late = pair.client.takeSent();
    pair.client.pump(100_000_000);
    TestEnd.exchange(100_000_000, pair.client, pair.server);
    pair.client.send(HELLO);
    byte[] fresh = pair.client.sent.getFirst();
    assertThat(fresh[0] & 3).isEqualTo(4 & 3);
    TestEnd.exchange(100_000_000, pair.client, pair.server);
    late.forEach(p -> pair.server.receive(100_000_000, p));
    assertThat(pair.server.received).hasSize(3);
  }

  @Test
  void closesBothWays() {
    TestPair pair = pair().connect();
    pair.client.connection.close(0);
    pair.client.pump(0);
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.client.closeCause().kind()).isEqualTo(CloseCause.Kind.CLOSED_LOCALLY);
    assertThat(pair.server.closeCause().kind()).isEqualTo(CloseCause.Kind.CLOSED_BY_PEER);
    assertThat(pair.client.nextTimeout).isEqualTo(DtlsConnection.NEVER);
  }

  @Test
  void agreesOnAnApplicationProtocolAndOnRecordSizes() {
    TestPair pair =
        new TestPair(
                TestPair.newClient()
                    .applicationProtocols("webrtc", "c-webrtc")
                    .recordSizeLimit(100),
                TestPair.newServer().applicationProtocols("webrtc").recordSizeLimit(200))
            .connect();
    assertThat(pair.client.negotiated().applicationProtocol()).isEqualTo("webrtc");
    assertThat(pair.server.connection.maxApplicationData(1200)).isEqualTo(99);
    assertThat(pair.client.connection.maxApplicationData(1200)).isEqualTo(200);
    pair.server.send(new byte[99]);
    pair.client.send(new byte[200]);
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.client.received).hasSize(1);
    assertThat(pair.server.received).hasSize(1);
  }

  @Test
  void writesTheSecretsOfRfc9850OnRequest() {
    List<String> lines = new ArrayList<>();
    new TestPair(TestPair.newClient().keyLog(lines::add), TestPair.newServer()).connect();
    assertThat(lines.stream().map(line -> line.split(" ", -1)[0]))
        .containsExactlyInAnyOrder(
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0",
            "SERVER_TRAFFIC_SECRET_0",
            "EXPORTER_SECRET");
  }

  @Test
  void carriesRecordsOfEverySize() {
    TestPair pair = pair().connect();
    for (int size : new int[] {0, 1, 15, 16, 17, 1178, 1200, 9000, 16_384}) {
      byte[] data = new byte[size];
      new Random(size).nextBytes(data);
      assertThat(pair.client.send(data)).isTrue();
      assertThat(pair.client.sent.getFirst())
          .hasSize(size + pair.client.connection.recordOverhead());
      TestEnd.exchange(0, pair.client, pair.server);
      assertThat(pair.server.received).containsExactly(data);
      pair.server.received.clear();
    }
  }
}
