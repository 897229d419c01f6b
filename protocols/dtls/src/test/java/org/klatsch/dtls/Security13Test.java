package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;

/// Attacks on version 1.3 by name, and the alert or counter that each one ends in.
class Security13Test {
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

  /// Hellos in one packet each, so that they can be rewritten.
  private static TestPair pair(DtlsOptions.Builder client, DtlsOptions.Builder server) {
    return new TestPair(client.mtu(4_000), server.mtu(4_000));
  }

  private static TestPair connectChanging(
      TestPair pair, UnaryOperator<byte[]> fromClient, UnaryOperator<byte[]> fromServer) {
    pair.server.start(0);
    pair.client.start(0);
    TestEnd.exchange(0, pair.client, pair.server, fromClient, fromServer);
    return pair;
  }

  private interface HelloChange {
    void apply(Extensions extensions) throws MalformedPacketException;
  }

  private static UnaryOperator<byte[]> changingClientHello(HelloChange change) {
    return TestPackets.changing(
        HandshakeType.CLIENT_HELLO,
        body -> {
          try {
            ClientHello hello = ClientHello.parse(new PacketReader(body));
            Extensions extensions = hello.extensions().copy();
            change.apply(extensions);
            return hello.withExtensions(extensions).encode();
          } catch (MalformedPacketException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static UnaryOperator<byte[]> changingServerHello(UnaryOperator<ServerHello> change) {
    return TestPackets.changing(
        HandshakeType.SERVER_HELLO,
        body -> {
          try {
            return change.apply(ServerHello.parse(new PacketReader(body))).encode();
          } catch (MalformedPacketException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void assertServerHelloRefused(
      AlertDescription alert, UnaryOperator<ServerHello> change) {
    TestPair pair = pair(TestPair.newClient(), TestPair.newServer());
    connectChanging(pair, p -> p, changingServerHello(change));
    assertRefused(pair.client, alert);
  }

  private static void assertClientHelloRefused(AlertDescription alert, HelloChange change) {
    TestPair pair = pair(TestPair.newClient(), TestPair.newServer());
    connectChanging(pair, changingClientHello(change), p -> p);
    assertRefused(pair.server, alert);
    assertTold(pair.client, alert);
  }

  @Test
  void noticesThatTheNewVersionWasTakenOutOfTheOffer() {
    TestPair pair = pair(TestPair.newClient(), TestPair.newServer());
    connectChanging(
        pair,
        changingClientHello(e -> e.putSupportedVersions(List.of(ProtocolVersion.DTLS_1_2))),
        p -> p);
    assertRefused(pair.client, AlertDescription.ILLEGAL_PARAMETER);
    assertTold(pair.server, AlertDescription.ILLEGAL_PARAMETER);
  }

  @Test
  void aChangedHelloMakesOtherKeys() {
    TestPair pair = pair(TestPair.newClient(), TestPair.newServer());
    connectChanging(
        pair,
        changingClientHello(e -> e.put(Extensions.USE_SRTP, new byte[] {0, 2, 0, 1, 0})),
        p -> p);
    assertThat(pair.client.connection.isConnected()).isFalse();
    assertThat(pair.server.connection.isConnected()).isFalse();
    assertThat(pair.client.connection.statistics().dropped(DropReason.BAD_RECORD_MAC)).isPositive();
  }

  @ParameterizedTest
  @EnumSource(DtlsRole.class)
  void refusesACertificateThatMatchesNoFingerprint(DtlsRole deceived) {
    TestPair pair = pair(TestPair.newClient(), TestPair.newServer());
    TestEnd end = deceived == DtlsRole.CLIENT ? pair.client : pair.server;
    TestEnd other = deceived == DtlsRole.CLIENT ? pair.server : pair.client;
    end.connection.remoteFingerprints(0, List.of(new Fingerprint("sha-256", new byte[32])));
    pair.connect();
    assertRefused(end, AlertDescription.BAD_CERTIFICATE);
    assertTold(other, AlertDescription.BAD_CERTIFICATE);
  }

  @ParameterizedTest
  @EnumSource(DtlsRole.class)
  void refusesAStolenCertificate(DtlsRole thief) {
    DtlsCertificate true1 = TestCertificates.server(KeyType.ECDSA_P256);
    DtlsCertificate stolen =
        new DtlsCertificate(
            TestCertificates.client(KeyType.ECDSA_P256).privateKey(), true1.chain());
    DtlsCertificate stolenOfClient =
        new DtlsCertificate(
            true1.privateKey(), TestCertificates.client(KeyType.ECDSA_P256).chain());
    DtlsOptions.Builder client = TestPair.newClient();
    DtlsOptions.Builder server = TestPair.newServer();
    if (thief == DtlsRole.SERVER) {
      server.certificates(stolen);
    } else {
      client.certificates(stolenOfClient);
    }
    TestPair pair = pair(client, server).connect();
    TestEnd deceived = thief == DtlsRole.SERVER ? pair.client : pair.server;
    assertRefused(deceived, AlertDescription.DECRYPT_ERROR);
    assertTold(
        thief == DtlsRole.SERVER ? pair.server : pair.client, AlertDescription.DECRYPT_ERROR);
  }

  @Test
  void refusesACertificateOfAbsurdSize() {
    DtlsCertificate own = TestCertificates.server(KeyType.RSA_3072);
    DtlsCertificate huge =
        new DtlsCertificate(own.privateKey(), Collections.nCopies(9, own.chain().getFirst()));
    TestPair pair =
        pair(
                TestPair.newClient().maxCertificateChain(2_000),
                TestPair.newServer().certificates(huge))
            .connect();
    assertRefused(pair.client, AlertDescription.BAD_CERTIFICATE);
    // And one that is longer than any message may be is not even put together.
    TestPair longer =
        pair(
                TestPair.newClient().maxHandshakeMessage(2048),
                TestPair.newServer().certificates(huge))
            .connect();
    assertThat(longer.client.connection.isConnected()).isFalse();
    assertThat(longer.client.connection.statistics().dropped(DropReason.HANDSHAKE_BUFFER_FULL))
        .isPositive();
  }

  @Test
  void refusesAClientWithoutCertificate() {
    TestPair pair =
        pair(
                DtlsOptions.builder(DtlsRole.CLIENT)
                    .versions(ProtocolVersion.DTLS_1_3, ProtocolVersion.DTLS_1_2),
                TestPair.newServer())
            .connect();
    assertThat(pair.server.closeCause().alert()).isEqualTo(AlertDescription.CERTIFICATE_REQUIRED);
    assertTold(pair.client, AlertDescription.CERTIFICATE_REQUIRED);
  }

  @Test
  void refusesServerHellosThatBreakTheRules() {
    AlertDescription illegal = AlertDescription.ILLEGAL_PARAMETER;
    assertServerHelloRefused(
        illegal,
        h ->
            new ServerHello(
                h.legacyVersion(), h.random(), new byte[32], h.cipherSuite(), 0, h.extensions()));
    assertServerHelloRefused(
        illegal,
        h ->
            new ServerHello(
                h.legacyVersion(), h.random(), h.sessionId(), 0xc02b, 0, h.extensions()));
    assertServerHelloRefused(
        illegal,
        h ->
            new ServerHello(
                h.legacyVersion(), h.random(), h.sessionId(), h.cipherSuite(), 1, h.extensions()));
    assertServerHelloRefused(
        illegal,
        h -> {
          h.extensions()
              .put(Extensions.KEY_SHARE, new KeyShareEntry(0x17, new byte[65]).encodeServer());
          return h;
        });
    assertServerHelloRefused(
        illegal,
        h -> {
          h.extensions()
              .put(Extensions.KEY_SHARE, new KeyShareEntry(0x1d, new byte[32]).encodeServer());
          return h;
        });
    assertServerHelloRefused(
        AlertDescription.UNSUPPORTED_EXTENSION,
        h -> {
          h.extensions().put(Extensions.USE_SRTP, new byte[] {0, 2, 0, 7, 0});
          return h;
        });
  }

  @Test
  void refusesClientHellosThatBreakTheRules() {
    assertClientHelloRefused(
        AlertDescription.ILLEGAL_PARAMETER,
        e -> {
          List<KeyShareEntry> twice = new ArrayList<>(KeyShareEntry.ofClient(e));
          twice.add(twice.getFirst());
          e.put(Extensions.KEY_SHARE, KeyShareEntry.encodeClient(twice));
        });
    assertClientHelloRefused(
        AlertDescription.ILLEGAL_PARAMETER,
        e ->
            e.put(
                Extensions.KEY_SHARE,
                KeyShareEntry.encodeClient(List.of(new KeyShareEntry(0x1d, new byte[32])))));
    assertClientHelloRefused(
        AlertDescription.ILLEGAL_PARAMETER,
        e ->
            e.put(
                Extensions.KEY_SHARE,
                KeyShareEntry.encodeClient(List.of(new KeyShareEntry(0x11ec, new byte[7])))));
    assertClientHelloRefused(
        AlertDescription.HANDSHAKE_FAILURE,
        e -> e.putCodes(Extensions.SUPPORTED_GROUPS, List.of(0x1a1a)));
    assertClientHelloRefused(
        AlertDescription.HANDSHAKE_FAILURE,
        e -> e.putCodes(Extensions.SIGNATURE_ALGORITHMS, List.of(0x0804)));
    assertClientHelloRefused(
        AlertDescription.DECODE_ERROR, e -> e.put(Extensions.KEY_SHARE, new byte[] {0, 9, 1}));
  }

  @Test
  void refusesARetryThatChangesNothing() {
    TestPair pair = pair(TestPair.newClient(), TestPair.newServer().groups(NamedGroup.SECP384R1));
    connectChanging(
        pair,
        p -> p,
        changingServerHello(h -> {
          h.extensions().put(Extensions.KEY_SHARE, KeyShareEntry.encodeRetry(0x1d));
          return h;
        }));
    assertRefused(pair.client, AlertDescription.ILLEGAL_PARAMETER);
  }

  @Test
  void believesNothingUnprotectedOnceTheKeysAreThere() {
    TestPair pair = pair(TestPair.newClient(), TestPair.newServer());
    pair.client.holdsWork = false;
    pair.server.start(0);
    pair.client.start(0);
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    List<byte[]> answer = pair.server.takeSent();
    byte[] serverHello = TestPackets.records(answer.getFirst()).getFirst();
    pair.client.receive(0, serverHello);
    // Ahead of the true messages: refused at once, so the true ones find their place free.
    pair.client.receive(
        0, TestPackets.handshake(HandshakeType.ENCRYPTED_EXTENSIONS, 1, new byte[2]));
    assertThat(pair.client.connection.isClosed()).isFalse();
    answer.forEach(p -> pair.client.receive(0, p));
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.client.connection.isConnected()).isTrue();
    assertThat(pair.server.connection.isConnected()).isTrue();
    byte[] alert = {2, (byte) AlertDescription.INTERNAL_ERROR.code()};
    for (TestEnd end : List.of(pair.client, pair.server)) {
      end.receive(0, TestPackets.record(ContentType.ALERT, 0xfefd, 0, 99, alert));
      end.receive(0, TestPackets.record(ContentType.APPLICATION_DATA, 0xfefd, 0, 99, HELLO));
      assertThat(end.connection.isConnected()).isTrue();
      assertThat(end.received).isEmpty();
    }
  }

  @Test
  void dropsReplayedAndForgedRecordsAndTakesTheTrueOne() {
    TestPair pair = pair(TestPair.newClient(), TestPair.newServer()).connect();
    pair.client.send(HELLO);
    byte[] packet = pair.client.takeSent().getFirst();
    for (int at = 0; at < packet.length; at++) {
      byte[] forged = packet.clone();
      forged[at] ^= 1;
      pair.server.receive(0, forged);
    }
    assertThat(pair.server.received).isEmpty();
    pair.server.receive(0, packet);
    pair.server.receive(0, packet);
    assertThat(pair.server.received).containsExactly(HELLO);
    assertThat(pair.server.connection.statistics().dropped(DropReason.REPLAYED)).isEqualTo(1);
    assertThat(pair.server.connection.isConnected()).isTrue();
  }

  @Test
  void aReplayedFirstFlightGetsNoDataThrough() {
    TestPair first = pair(TestPair.newClient(), TestPair.newServer());
    List<byte[]> recorded = new ArrayList<>();
    connectChanging(
        first,
        p -> {
          recorded.add(p);
          return p;
        },
        p -> p);
    first.client.send(HELLO);
    recorded.addAll(first.client.takeSent());
    TestEnd again = new TestEnd(TestPair.newServer().build(), 99);
    again.connection.remoteFingerprints(
        0, List.of(TestCertificates.client(KeyType.ECDSA_P256).fingerprint("sha-256")));
    again.start(0);
    recorded.forEach(p -> again.receive(0, p));
    assertThat(again.connection.isConnected()).isFalse();
    assertThat(again.received).isEmpty();
  }

  @Test
  void aFloodOfHellosWithoutCookieTakesNoStateAndIsNotAmplified() {
    TestEnd server =
        new TestEnd(
            TestPair.newServer()
                .helloVerification(new HelloVerification(new byte[32], new byte[] {1}))
                .build(),
            1);
    server.start(0);
    long in = 0;
    long out = 0;
    for (int i = 0; i < 200; i++) {
      TestEnd client = new TestEnd(TestPair.newClient().build(), i);
      client.start(0);
      for (byte[] packet : client.takeSent()) {
        in += packet.length;
        server.receive(i * 50_000_000L, packet);
      }
      for (byte[] packet : server.takeSent()) {
        out += packet.length;
      }
    }
    assertThat(out).isPositive().isLessThan(in / 5);
    assertThat(server.events).isEmpty();
    // The one timer is that of the whole handshake.
    assertThat(server.nextTimeout).isEqualTo(30_000_000_000L);
  }

  @Test
  void aCookieOfAnotherAddressOrSecretIsNoCookie() throws Exception {
    HelloRetry retry = new HelloRetry(0x1301, 0x17, new byte[32], null);
    HelloVerification here = new HelloVerification(new byte[32], new byte[] {1});
    ClientHello hello =
        new ClientHello(
            0xfefd,
            new byte[32],
            new byte[0],
            new byte[0],
            List.of(0x1301),
            new byte[1],
            new Extensions().putCookie(here.seal(retry).cookie()));
    assertThat(here.open(hello).group()).isEqualTo(0x17);
    assertThat(new HelloVerification(new byte[32], new byte[] {2}).open(hello)).isNull();
    byte[] other = new byte[32];
    other[0] = 1;
    assertThat(new HelloVerification(other, new byte[] {1}).open(hello)).isNull();
  }

  @Test
  void anUnprotectedAckCountsForNothing() {
    TestPair pair = pair(TestPair.newClient(), TestPair.newServer());
    pair.server.start(0);
    pair.client.start(0);
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    List<byte[]> flight = pair.server.takeSent();
    List<Ack.RecordNumber> numbers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      numbers.add(new Ack.RecordNumber(0, i));
      numbers.add(new Ack.RecordNumber(2, i));
    }
    byte[] forged = TestPackets.record(ContentType.ACK, 0xfefd, 0, 9, new Ack(numbers).encode());
    pair.server.receive(0, forged);
    assertThat(pair.server.connection.statistics().dropped(DropReason.IGNORED_ACK)).isEqualTo(1);
    pair.server.pump(pair.server.nextTimeout);
    assertThat(pair.server.takeSent()).hasSameSizeAs(flight);
  }

  @Test
  void theOtherFormOfHeaderMeansNothingToEachVersion() {
    TestPair old = new TestPair().connect();
    byte[] unified = new byte[60];
    unified[0] = 0x2f;
    old.server.receive(0, unified);
    assertThat(old.server.connection.statistics().dropped(DropReason.UNKNOWN_CONTENT_TYPE))
        .isEqualTo(1);
    TestPair pair = pair(TestPair.newClient(), TestPair.newServer()).connect();
    pair.server.receive(0, TestPackets.record(23, 0xfefd, 3, 0, new byte[50]));
    pair.server.receive(0, TestPackets.record(23, 0xfefd, 1, 0, new byte[50]));
    assertThat(pair.server.connection.statistics().dropped(DropReason.UNKNOWN_EPOCH)).isEqualTo(2);
    assertThat(pair.server.received).isEmpty();
  }
}
