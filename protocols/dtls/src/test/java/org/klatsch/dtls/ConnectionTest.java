package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.sansio.TransmitBuffer;

/// The life of a connection apart from attacks and loss.
class ConnectionTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  @Test
  void putsFragmentsTogetherInAnyOrder() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      TestPair pair =
          new TestPair(TestPair.clientOptions().mtu(256), TestPair.serverOptions().mtu(256), seed);
      pair.server.start(0);
      pair.client.start(0);
      for (int round = 0; round < 6; round++) {
        shuffled(pair.client, random).forEach(p -> pair.server.receive(0, p));
        shuffled(pair.server, random).forEach(p -> pair.client.receive(0, p));
      }
      assertThat(pair.client.connection.isConnected()).as("seed %d", seed).isTrue();
      assertThat(pair.server.connection.isConnected()).as("seed %d", seed).isTrue();
    }
  }

  private static List<byte[]> shuffled(TestEnd end, Random random) {
    List<byte[]> packets = end.takeSent();
    List<byte[]> twice = new ArrayList<>(packets);
    twice.addAll(packets);
    Collections.shuffle(twice, random);
    return twice;
  }

  @Test
  void keepsPacketsThatComeBeforeStart() {
    TestPair pair = new TestPair();
    pair.client.start(0);
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    assertThat(pair.server.sent).isEmpty();
    assertThat(pair.server.connection.statistics().earlyRecordsKept()).isEqualTo(1);
    pair.server.start(0);
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.client.connection.isConnected()).isTrue();
  }

  @Test
  void keepsNoMorePacketsBeforeStartThanAllowed() {
    TestEnd server = new TestEnd(TestPair.serverOptions().maxEarlyRecords(3).build(), 1);
    for (int i = 0; i < 5; i++) {
      server.receive(0, HELLO);
    }
    assertThat(server.connection.statistics().dropped(DropReason.EARLY_BUFFER_FULL)).isEqualTo(2);
  }

  @Test
  void keepsApplicationDataThatOvertakesFinished() {
    TestPair pair = new TestPair();
    pair.server.start(0);
    pair.client.start(0);
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    pair.server.takeSent().forEach(p -> pair.client.receive(0, p));
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    List<byte[]> finished = pair.server.takeSent();
    pair.server.send(HELLO);
    pair.server.takeSent().forEach(p -> pair.client.receive(0, p));
    assertThat(pair.client.received).isEmpty();
    finished.forEach(p -> pair.client.receive(0, p));
    assertThat(pair.client.connection.isConnected()).isTrue();
    assertThat(pair.client.received).containsExactly(HELLO);
  }

  @Test
  void deliversNothingBeforeHandshakeCompletedIsPolled() {
    TestPair pair = new TestPair();
    pair.server.start(0);
    pair.client.start(0);
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    pair.server.takeSent().forEach(p -> pair.client.receive(0, p));
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    pair.server.send(HELLO);
    List<byte[]> received = new ArrayList<>();
    ApplicationDataSink sink = (now, data, offset, length) -> received.add(HELLO);
    for (byte[] packet : pair.server.takeSent()) {
      pair.client.connection.handlePacket(0, packet, 0, packet.length, sink);
    }
    assertThat(pair.client.connection.isConnected()).isTrue();
    assertThat(received).isEmpty();
    assertThat(pair.client.connection.pollEvent()).isInstanceOf(DtlsEvent.HandshakeCompleted.class);
    pair.client.connection.deliverEarlyData(0, sink);
    assertThat(received).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(DtlsRole.class)
  void waitsForTheFingerprint(DtlsRole waiting) {
    DtlsOptions clientOptions = TestPair.clientOptions().build();
    DtlsOptions serverOptions = TestPair.serverOptions().build();
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
    assertThat(late.connection.isClosed()).isFalse();
    late.connection.remoteFingerprints(
        0, TestPair.fingerprints(waiting == DtlsRole.CLIENT ? serverOptions : clientOptions));
    late.pump(0);
    TestEnd.exchange(0, client, server);
    assertThat(client.connection.isConnected()).isTrue();
    assertThat(server.connection.isConnected()).isTrue();
  }

  @Test
  void goesOnWhenWorkIsDone() {
    TestPair pair = new TestPair();
    pair.client.holdsWork = true;
    pair.server.holdsWork = true;
    pair.server.start(0);
    pair.client.start(0);
    long now = 0;
    int steps = 0;
    while (!pair.client.connection.isConnected() && steps++ < 50) {
      now += 1_000_000;
      TestEnd.exchange(now, pair.client, pair.server);
      if (!pair.server.heldWork.isEmpty()) {
        pair.server.finishWork(now);
      }
      if (!pair.client.heldWork.isEmpty()) {
        pair.client.finishWork(now);
      }
    }
    assertThat(pair.client.connection.isConnected()).isTrue();
    assertThat(pair.server.connection.isConnected()).isTrue();
    assertThat(steps).isGreaterThan(4);
  }

  @Test
  void ignoresWorkThatIsDoneAfterTheEnd() {
    TestEnd server = new TestEnd(TestPair.serverOptions().build(), 1);
    TestEnd client = new TestEnd(TestPair.clientOptions().build(), 1);
    server.holdsWork = true;
    server.start(0);
    client.start(0);
    client.takeSent().forEach(p -> server.receive(0, p));
    server.connection.close(0);
    server.finishWork(0);
    assertThat(server.closeCause().kind()).isEqualTo(CloseCause.Kind.CLOSED_LOCALLY);
  }

  @Test
  void asksForACookieAndThenConnects() {
    byte[] secret = new byte[32];
    TestPair pair =
        new TestPair(
                TestPair.clientOptions(),
                TestPair.serverOptions()
                    .helloVerification(new HelloVerification(secret, new byte[] {1, 2, 3})))
            .connect();
    assertThat(pair.client.connection.isConnected()).isTrue();
    assertThat(pair.server.connection.statistics().dropped(DropReason.COOKIE_REQUIRED))
        .isEqualTo(1);
  }

  /// The server that answers the second ClientHello has never seen the first one.
  @ParameterizedTest
  @EnumSource(names = {"DTLS_1_2", "DTLS_1_3"})
  void theCookieIsAllThatAServerRemembers(ProtocolVersion version) {
    DtlsOptions clientOptions = TestPair.clientOptions(KeyType.ECDSA_P256, version).build();
    DtlsOptions serverOptions =
        TestPair.serverOptions(KeyType.ECDSA_P256, version)
            .helloVerification(new HelloVerification(new byte[32], new byte[] {1, 2, 3}))
            .build();
    TestEnd client = new TestEnd(clientOptions, 1);
    client.connection.remoteFingerprints(0, TestPair.fingerprints(serverOptions));
    client.start(0);
    TestEnd first = new TestEnd(serverOptions, 2);
    first.start(0);
    client.takeSent().forEach(packet -> first.receive(0, packet));
    assertThat(first.connection.statistics().dropped(DropReason.COOKIE_REQUIRED)).isEqualTo(1);
    first.takeSent().forEach(packet -> client.receive(0, packet));
    TestEnd second = new TestEnd(serverOptions, 3);
    second.connection.remoteFingerprints(0, TestPair.fingerprints(clientOptions));
    second.start(0);
    TestEnd.exchange(0, client, second);
    assertThat(client.connection.isConnected()).isTrue();
    assertThat(second.connection.isConnected()).isTrue();
    assertThat(second.connection.statistics().dropped(DropReason.COOKIE_REQUIRED)).isZero();
  }

  @Test
  void aCookieOfAnotherAddressIsNotValid() throws Exception {
    TestEnd client = new TestEnd(TestPair.clientOptions().build(), 1);
    client.start(0);
    byte[] packet = client.takeSent().getFirst();
    int header = RecordHeader.LENGTH + HandshakeHeader.LENGTH;
    ClientHello hello =
        ClientHello.parse(
            new org.klatsch.sansio.PacketReader(packet, header, packet.length - header));
    HelloVerification here = new HelloVerification(new byte[32], new byte[] {1});
    HelloVerification there = new HelloVerification(new byte[32], new byte[] {2});
    ClientHello answered = hello.withCookie(here.cookie(hello));
    assertThat(here.isValid(answered)).isTrue();
    assertThat(there.isValid(answered)).isFalse();
    assertThat(here.isValid(hello)).isFalse();
  }

  @Test
  void asksStatelesslyForACookieWithTheNumberOfTheClientHello() {
    TestEnd server =
        new TestEnd(
            TestPair.serverOptions()
                .helloVerification(new HelloVerification(new byte[32], new byte[0]))
                .build(),
            1);
    server.start(0);
    TestEnd client = new TestEnd(TestPair.clientOptions().build(), 1);
    client.start(0);
    byte[] hello = client.takeSent().getFirst();
    hello[10] = 77;
    server.receive(0, hello);
    byte[] answer = server.takeSent().getFirst();
    assertThat(RecordHeader.sequence(answer, 0)).isEqualTo(77);
    assertThat(TestPackets.handshakeType(answer))
        .isEqualTo(HandshakeType.HELLO_VERIFY_REQUEST.code());
    assertThat(server.nextTimeout).isEqualTo(30_000_000_000L);
  }

  @Test
  void closesBothWays() {
    TestPair pair = new TestPair().connect();
    pair.client.connection.close(0);
    pair.client.pump(0);
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.client.closeCause().kind()).isEqualTo(CloseCause.Kind.CLOSED_LOCALLY);
    assertThat(pair.server.closeCause().kind()).isEqualTo(CloseCause.Kind.CLOSED_BY_PEER);
    assertThat(pair.client.send(HELLO)).isFalse();
    assertThat(pair.server.send(HELLO)).isFalse();
    assertThat(pair.client.nextTimeout).isEqualTo(DtlsConnection.NEVER);
  }

  @Test
  void repeatsALostCloseNotifyToAPeerThatGoesOn() {
    TestPair pair = new TestPair().connect();
    pair.client.connection.close(0);
    pair.client.pump(0);
    pair.client.takeSent();
    pair.server.send(HELLO);
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.server.closeCause().kind()).isEqualTo(CloseCause.Kind.CLOSED_BY_PEER);
    assertThat(pair.client.received).isEmpty();
  }

  @Test
  void reportsAFatalAlertDuringTheHandshake() {
    TestPair pair =
        new TestPair(
                TestPair.clientOptions()
                    .cipherSuites(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
                TestPair.serverOptions())
            .connect();
    assertThat(pair.server.closeCause().alert()).isEqualTo(AlertDescription.HANDSHAKE_FAILURE);
    assertThat(pair.client.closeCause().alert()).isEqualTo(AlertDescription.HANDSHAKE_FAILURE);
    assertThat(pair.client.event(DtlsEvent.AlertReceived.class))
        .isEqualTo(new DtlsEvent.AlertReceived(true, AlertDescription.HANDSHAKE_FAILURE));
  }

  @Test
  void theServersOrderOfSrtpProfilesDecides() {
    for (SrtpProfile profile : SrtpProfile.values()) {
      List<SrtpProfile> order = new ArrayList<>(List.of(SrtpProfile.values()));
      order.remove(profile);
      order.addFirst(profile);
      TestPair pair =
          new TestPair(
                  TestPair.clientOptions().srtpProfiles(List.of(SrtpProfile.values())),
                  TestPair.serverOptions().srtpProfiles(order))
              .connect();
      assertThat(pair.client.negotiated().srtpProfile()).isEqualTo(profile);
      SrtpKeyingMaterial client = pair.client.connection.exportSrtpKeyingMaterial();
      SrtpKeyingMaterial server = pair.server.connection.exportSrtpKeyingMaterial();
      assertThat(client.clientKey())
          .isEqualTo(server.clientKey())
          .hasSize(profile.masterKeyLength());
      assertThat(client.serverSalt())
          .isEqualTo(server.serverSalt())
          .hasSize(profile.masterSaltLength());
      assertThat(client.clientKey()).isNotEqualTo(client.serverKey());
    }
  }

  @Test
  void agreesOnNoSrtpProfileWithoutACommonOne() {
    TestPair pair =
        new TestPair(TestPair.clientOptions().srtpProfiles(List.of()), TestPair.serverOptions())
            .connect();
    assertThat(pair.server.negotiated().srtpProfile()).isNull();
    assertThat(pair.server.connection.exportSrtpKeyingMaterial()).isNull();
  }

  @Test
  void agreesOnAnApplicationProtocolOrDoesWithout() {
    TestPair same =
        new TestPair(
                TestPair.clientOptions().applicationProtocols("webrtc", "c-webrtc"),
                TestPair.serverOptions().applicationProtocols("webrtc"))
            .connect();
    assertThat(same.client.negotiated().applicationProtocol()).isEqualTo("webrtc");
    TestPair none =
        new TestPair(
                TestPair.clientOptions().applicationProtocols("webrtc"),
                TestPair.serverOptions().applicationProtocols("h2"))
            .connect();
    assertThat(none.client.negotiated().applicationProtocol()).isNull();
  }

  @Test
  void keepsToThePeersRecordSizeLimit() {
    TestPair pair =
        new TestPair(TestPair.clientOptions().recordSizeLimit(100), TestPair.serverOptions())
            .connect();
    assertThat(pair.server.connection.maxApplicationData(1200)).isEqualTo(100);
    assertThatThrownBy(() -> pair.server.send(new byte[101]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("101")
        .hasMessageContaining("100");
    pair.server.send(new byte[100]);
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.client.received).hasSize(1);
  }

  @Test
  void carriesRecordsOfEverySize() {
    for (CipherSuite suite : CipherSuite.values()) {
      if (suite.isRsa() || suite.version() == ProtocolVersion.DTLS_1_3) {
        continue;
      }
      TestPair pair =
          new TestPair(TestPair.clientOptions().cipherSuites(suite), TestPair.serverOptions())
              .connect();
      for (int size : new int[] {0, 1, 15, 16, 17, 1163, 1200, 9000, 16_383, 16_384}) {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        assertThat(pair.client.send(data)).isTrue();
        byte[] packet = pair.client.sent.getFirst();
        assertThat(packet).hasSize(size + pair.client.connection.recordOverhead());
        TestEnd.exchange(0, pair.client, pair.server);
        assertThat(pair.server.received).containsExactly(data);
        pair.server.received.clear();
      }
    }
  }

  @Test
  void sendsNothingIntoAFullBuffer() {
    TestPair pair = new TestPair().connect();
    TransmitBuffer small = new TransmitBuffer(1, 50);
    DtlsConnection connection = pair.client.connection;
    assertThat(connection.protect(HELLO, 0, 5, small)).isTrue();
    assertThat(connection.protect(HELLO, 0, 5, small)).isFalse();
    assertThat(connection.protect(new byte[14], 0, 14, new TransmitBuffer(1, 50))).isFalse();
    assertThat(connection.statistics().dropped(DropReason.UNSENDABLE_DATA)).isZero();
  }

  @Test
  void showsItsPendingFlightAsDatagrams() {
    TestPair pair = new TestPair();
    pair.server.start(0);
    pair.client.start(0);
    pair.client.takeSent();
    // The whole handshake, except for the last flight, through another carrier.
    pair.client.connection.pendingFlight(300).forEach(p -> pair.server.receive(0, p));
    pair.server.takeSent();
    List<byte[]> flight = pair.server.connection.pendingFlight(300);
    assertThat(flight).hasSizeGreaterThan(2).allMatch(p -> p.length <= 300);
    flight.forEach(p -> pair.client.receive(0, p));
    pair.client.takeSent();
    pair.client.connection.pendingFlight(300).forEach(p -> pair.server.receive(0, p));
    assertThat(pair.server.connection.isConnected()).isTrue();
    pair.server.takeSent().forEach(p -> pair.client.receive(0, p));
    assertThat(pair.client.connection.isConnected()).isTrue();
    assertThat(pair.client.connection.pendingFlight(300)).isEmpty();
  }

  @Test
  void writesTheKeyLogOnRequest() {
    List<String> lines = new ArrayList<>();
    new TestPair(TestPair.clientOptions().keyLog(lines::add), TestPair.serverOptions()).connect();
    assertThat(lines).hasSize(1);
    String[] parts = lines.getFirst().split(" ", -1);
    assertThat(parts[0]).isEqualTo("CLIENT_RANDOM");
    assertThat(HexFormat.of().parseHex(parts[1])).hasSize(32);
    assertThat(HexFormat.of().parseHex(parts[2])).hasSize(48);
  }

  @Test
  void aConsumerMistakeIsAnExceptionNotAnEvent() {
    TestEnd client = new TestEnd(TestPair.clientOptions().build(), 1);
    assertThatThrownBy(() -> client.connection.exportKeyingMaterial("EXPERIMENTAL", 1))
        .isInstanceOf(IllegalStateException.class);
    client.start(0);
    assertThatThrownBy(() -> client.start(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.connection.handleWorkDone(0, () -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// Inputs may pile up before the outputs are drained.
  @Test
  void staysCorrectWhenDrainedLate() {
    TestPair pair = new TestPair();
    pair.server.start(0);
    pair.client.start(0);
    while (!pair.client.sent.isEmpty() || !pair.server.sent.isEmpty()) {
      feed(pair.server, pair.client.takeSent());
      feed(pair.client, pair.server.takeSent());
    }
    assertThat(pair.client.connection.isConnected()).isTrue();
    assertThat(pair.server.connection.isConnected()).isTrue();
  }

  private static void feed(TestEnd end, List<byte[]> packets) {
    for (byte[] packet : packets) {
      end.connection.handlePacket(0, packet, 0, packet.length, (n, d, o, l) -> {});
      end.connection.handleTimeout(0);
    }
    end.pump(0);
  }
}
