package org.klatsch.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.dtls.DtlsConnection;
import org.klatsch.dtls.DtlsEvent;
import org.klatsch.dtls.DtlsOptions;
import org.klatsch.dtls.DtlsRole;
import org.klatsch.dtls.KeyType;
import org.klatsch.dtls.NamedGroup;
import org.klatsch.dtls.ProtocolVersion;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunCredential;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;
import org.klatsch.stun.TransactionId;
import org.klatsch.turn.TurnClient;
import org.klatsch.turn.TurnClientEvent;
import org.klatsch.turn.TurnClientOptions;
import org.klatsch.turn.server.PeerPolicy;
import org.klatsch.turn.server.RelayPorts;
import org.klatsch.turn.server.TurnServer;
import org.klatsch.turn.server.TurnServerOptions;
import org.klatsch.turn.server.TurnUsers;

/// TURN over DTLS, packet by packet and in virtual time.
class DtlsTurnServerTest {
  private static final TransportAddress SERVER = TransportAddress.parse("198.51.100.1", 3478);
  private static final StunCredential.LongTerm ME = new StunCredential.LongTerm("me", "secret");
  private static final DtlsCertificate CERTIFICATE =
      DtlsCertificate.generate(
          KeyType.ECDSA_P256,
          Instant.EPOCH,
          Instant.parse("2100-01-01T00:00:00Z"),
          new SecureRandom());
  private static final long SECOND = 1_000_000_000L;

  private record Packet(TransportAddress from, TransportAddress to, byte[] bytes) {}

  /// A TURN client beneath which DTLS runs.
  private final class Client {
    final TransportAddress address;
    final DtlsConnection dtls;
    final TurnClient turn;
    final List<TurnClientEvent> events = new ArrayList<>();
    final List<String> heard = new ArrayList<>();
    boolean connected;
    private final TransmitBuffer plain = new TransmitBuffer(16, 2_048);
    private final TransmitBuffer sealed = new TransmitBuffer(16, 2_048);

    Client(TransportAddress address, ProtocolVersion version) {
      this.address = address;
      this.dtls =
          new DtlsConnection(
              DtlsOptions.builder(DtlsRole.CLIENT)
                  .versions(version)
                  .peerAuthentication(DtlsOptions.PeerAuthentication.NONE)
                  .groups(NamedGroup.X25519, NamedGroup.SECP256R1)
                  .srtpProfiles(List.of())
                  .build(),
              new SecureRandom());
      this.turn =
          new TurnClient(address, SERVER, ME, TurnClientOptions.DEFAULT, new SecureRandom());
      dtls.start(now);
    }

    void receive(byte[] bytes) {
      dtls.handlePacket(
          now,
          bytes,
          0,
          bytes.length,
          (at, data, offset, length) -> {
            if (turn.handlePacket(at, SERVER, data, offset, length)) {
              heard.add(
                  new String(data, turn.dataOffset(), turn.dataLength(), StandardCharsets.UTF_8));
            }
          });
    }

    void say(TransportAddress peer, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      plain.clear();
      System.arraycopy(bytes, 0, plain.array(), plain.position(), bytes.length);
      assertThat(turn.send(now, peer, plain, bytes.length)).isTrue();
      seal();
    }

    private void seal() {
      for (int i = 0; i < plain.packetCount(); i++) {
        assertThat(
                dtls.protect(plain.array(), plain.packetOffset(i), plain.packetLength(i), sealed))
            .isTrue();
      }
      plain.clear();
    }

    void pump() {
      Pump.run(
          dtls,
          now,
          sealed,
          event -> {
            if (event instanceof DtlsEvent.WorkRequested requested) {
              requested.work().run();
              dtls.handleWorkDone(now, requested.work());
            }
            connected |= event instanceof DtlsEvent.HandshakeCompleted;
          });
      if (connected) {
        Pump.run(turn, now, plain, events::add);
        seal();
      }
      for (int i = 0; i < sealed.packetCount(); i++) {
        int at = sealed.packetOffset(i);
        byte[] bytes = Arrays.copyOfRange(sealed.array(), at, at + sealed.packetLength(i));
        network.add(new Packet(address, SERVER, bytes));
      }
      sealed.clear();
    }
  }

  private final Set<TransportAddress> open = new HashSet<>();
  private final Map<TransportAddress, Client> clients = new HashMap<>();
  private final Queue<Packet> network = new ArrayDeque<>();
  private final List<Packet> fromServer = new ArrayList<>();
  private final TurnServer core =
      new TurnServer(
          TurnServerOptions.DEFAULT,
          new TurnUsers("klatsch", Map.of("me", "secret"), null),
          PeerPolicy.strict(),
          new RelayPorts() {
            @Override
            public boolean open(TransportAddress address) {
              return open.add(address);
            }

            @Override
            public void close(TransportAddress address) {
              open.remove(address);
            }
          },
          new SecureRandom());
  private long now;
  private DtlsTurnServer server = server(StreamLimits.DEFAULT);

  private DtlsTurnServer server(StreamLimits limits) {
    DtlsTurnServer made =
        new DtlsTurnServer(
            core,
            limits,
            new SecureRandom(),
            (work, done) -> {
              work.run();
              done.accept(now);
            });
    core.wallClock(0, Instant.ofEpochSecond(1_800_000_000));
    made.certificate(CERTIFICATE);
    made.listen(SERVER);
    return made;
  }

  private Client client(String host, ProtocolVersion version) {
    Client made = new Client(TransportAddress.parse(host, 5_000), version);
    clients.put(made.address, made);
    return made;
  }

  private void pumpServer() {
    TransmitBuffer out = new TransmitBuffer(64, 2_048);
    do {
      out.clear();
      Pump.run(server, now, out, event -> {});
      for (int i = 0; i < out.packetCount(); i++) {
        TransportAddress from = out.packetLocal(i);
        TransportAddress to = out.packetRemote(i);
        assertThat(from).isNotNull();
        assertThat(to).isNotNull();
        int at = out.packetOffset(i);
        Packet packet =
            new Packet(from, to, Arrays.copyOfRange(out.array(), at, at + out.packetLength(i)));
        fromServer.add(packet);
        network.add(packet);
      }
    } while (out.packetCount() > 0);
  }

  /// Carries packets until there are none.
  private void settle() {
    boolean busy = true;
    while (busy) {
      clients.values().forEach(Client::pump);
      pumpServer();
      busy = !network.isEmpty();
      for (Packet next = network.poll(); next != null; next = network.poll()) {
        deliver(next);
      }
    }
  }

  private void deliver(Packet packet) {
    Client client = clients.get(packet.to());
    if (client != null) {
      client.receive(packet.bytes());
    } else if (packet.to().equals(SERVER) || open.contains(packet.to())) {
      byte[] bytes = packet.bytes();
      server.handlePacket(now, packet.to(), packet.from(), 0, bytes, 0, bytes.length);
    }
  }

  private TransportAddress allocate(Client client) {
    client.turn.allocate(now);
    settle();
    assertThat(client.turn.isAllocated()).as("%s", client.events).isTrue();
    return client.turn.relayed().getFirst();
  }

  private static byte[] binding() {
    byte[] request = new byte[64];
    int length =
        new StunMessageWriter()
            .start(
                request,
                0,
                request.length,
                StunClass.REQUEST,
                StunMethod.BINDING,
                new TransactionId(1, 2))
            .length();
    return Arrays.copyOf(request, length);
  }

  /// What the server sends for a packet, or nothing.
  private List<Packet> answers(TransportAddress from, byte[] packet) {
    fromServer.clear();
    server.handlePacket(now, SERVER, from, 0, packet.clone(), 0, packet.length);
    pumpServer();
    network.clear();
    return List.copyOf(fromServer);
  }

  private static boolean isDtls(Packet packet) {
    int first = packet.bytes()[0] & 0xff;
    return first >= 20 && first <= 63;
  }

  @ParameterizedTest
  @EnumSource(names = {"DTLS_1_2", "DTLS_1_3"})
  void relaysForClientsOverDtls(ProtocolVersion version) {
    Client a = client("192.0.2.10", version);
    Client b = client("192.0.2.11", version);
    TransportAddress ofA = allocate(a);
    TransportAddress ofB = allocate(b);
    a.turn.permit(now, ofB);
    b.turn.bind(now, ofA);
    settle();
    a.say(ofB, "in an indication");
    settle();
    b.say(ofA, "on a channel");
    settle();
    assertThat(b.heard).containsExactly("in an indication");
    assertThat(a.heard).containsExactly("on a channel");
    assertThat(fromServer)
        .filteredOn(packet -> clients.containsKey(packet.to()))
        .isNotEmpty()
        .allMatch(DtlsTurnServerTest::isDtls);
    assertThat(server.size()).isEqualTo(2);
  }

  @Test
  void nothingInTheClearIsTakenFromAClientsAddress() {
    Client client = client("192.0.2.10", ProtocolVersion.DTLS_1_2);
    var _ = allocate(client);
    assertThat(answers(client.address, binding())).isEmpty();
    assertThat(answers(client.address.withPort(5_001), binding())).hasSize(1);
    assertThat(server.dropped()).isEqualTo(1);
  }

  @Test
  void dtlsOfPeersIsRelayedAsAnyData() {
    Client client = client("192.0.2.10", ProtocolVersion.DTLS_1_2);
    TransportAddress relayed = allocate(client);
    TransportAddress peer = TransportAddress.parse("203.0.113.5", 7_000);
    client.turn.permit(now, peer);
    settle();
    byte[] record = "\u0016\u00fe\u00fd of a peer".getBytes(StandardCharsets.ISO_8859_1);
    server.handlePacket(now, relayed, peer, 0, record, 0, record.length);
    settle();
    assertThat(client.heard).hasSize(1);
    assertThat(server.size()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"DTLS_1_2", "DTLS_1_3"})
  void nothingIsKeptOfStrangersAndLittleSentToThem(ProtocolVersion version) {
    for (int i = 0; i < 500; i++) {
      Client stranger =
          new Client(TransportAddress.parse("203.0.113." + i % 250, 1_000 + i), version);
      stranger.pump();
      Packet hello = network.remove();
      assertThat(network).isEmpty();
      List<Packet> answers = answers(stranger.address, hello.bytes());
      assertThat(answers).hasSize(1);
      int answered = answers.getFirst().bytes().length + 28;
      assertThat(10 * answered).isLessThanOrEqualTo(16 * (hello.bytes().length + 28));
    }
    assertThat(server.size()).isZero();
    assertThat(server.nextTimeout()).isEqualTo(DtlsTurnServer.NEVER);
  }

  /// RFC 8996 ends version 1.0, which coturn's tool tries now and then.
  @Test
  void whoeverHasNoVersionInCommonIsTold() {
    Client client = client("192.0.2.10", ProtocolVersion.DTLS_1_2);
    client.pump();
    byte[] hello = network.remove().bytes();
    // In the header of the record, and in ClientHello behind the message's.
    hello[2] = (byte) 0xff;
    hello[13 + 12 + 1] = (byte) 0xff;
    List<Packet> told = answers(client.address, hello);
    assertThat(told).hasSize(1);
    byte[] alert = told.getFirst().bytes();
    assertThat(alert[0]).isEqualTo((byte) 21);
    // Fatal, protocol_version.
    assertThat(Arrays.copyOfRange(alert, 13, alert.length)).containsExactly(2, 70);
    assertThat(server.size()).isZero();
  }

  @Test
  void aCookieOfAnotherAddressHelpsNobody() {
    Client client = client("192.0.2.10", ProtocolVersion.DTLS_1_2);
    client.pump();
    Packet hello = network.remove();
    client.receive(answers(client.address, hello.bytes()).getFirst().bytes());
    client.pump();
    byte[] withCookie = network.remove().bytes();
    List<Packet> elsewhere = answers(client.address.withPort(5_001), withCookie);
    assertThat(elsewhere).hasSize(1);
    assertThat(server.size()).isZero();
  }

  @Test
  void aClientWithoutAllocationEndsAfterItsPatience() {
    Client idle = client("192.0.2.10", ProtocolVersion.DTLS_1_3);
    settle();
    assertThat(idle.connected).isTrue();
    Client busy = client("192.0.2.11", ProtocolVersion.DTLS_1_3);
    var _ = allocate(busy);
    assertThat(server.size()).isEqualTo(2);
    now += 31 * SECOND;
    settle();
    assertThat(server.size()).isEqualTo(1);
    assertThat(idle.dtls.isClosed()).isTrue();
    busy.turn.close(now);
    settle();
    assertThat(core.counters().allocations()).isZero();
    assertThat(server.size()).isEqualTo(1);
    now += 31 * SECOND;
    settle();
    assertThat(server.size()).isZero();
    now += 3_600 * SECOND;
    settle();
    assertThat(server.nextTimeout()).isEqualTo(DtlsTurnServer.NEVER);
  }

  @Test
  void theEndOfTheAssociationEndsTheAllocation() {
    Client client = client("192.0.2.10", ProtocolVersion.DTLS_1_2);
    var _ = allocate(client);
    assertThat(core.counters().allocations()).isEqualTo(1);
    client.dtls.close(now);
    settle();
    assertThat(core.counters().allocations()).isZero();
    assertThat(server.size()).isZero();
    assertThat(open).isEmpty();
  }

  @Test
  void oneSourceHasOnlySoManyAssociations() {
    server = server(new StreamLimits(10, 2, Duration.ofSeconds(30), 256 * 1024));
    List<Client> made = new ArrayList<>();
    for (int port = 5_000; port < 5_004; port++) {
      Client client = new Client(TransportAddress.parse("192.0.2.10", port), versionOf(port));
      clients.put(client.address, client);
      made.add(client);
      settle();
    }
    assertThat(made).filteredOn(client -> client.connected).hasSize(2);
    assertThat(server.size()).isEqualTo(2);
    assertThat(server.refused()).isPositive();
  }

  private static ProtocolVersion versionOf(int number) {
    return number % 2 == 0 ? ProtocolVersion.DTLS_1_2 : ProtocolVersion.DTLS_1_3;
  }

  @Test
  void behaviorDiscoveryIsForPlainUdpAlone() throws Exception {
    core.alternate(SERVER, TransportAddress.parse("198.51.100.2", 3_479));
    Client client = client("192.0.2.10", ProtocolVersion.DTLS_1_2);
    settle();
    List<StunMessage> answers = new ArrayList<>();
    byte[] request = binding();
    assertThat(client.dtls.protect(request, 0, request.length, client.sealed)).isTrue();
    client.pump();
    for (Packet packet : List.copyOf(network)) {
      network.clear();
      for (Packet answer : answers(client.address, packet.bytes())) {
        client.dtls.handlePacket(
            now,
            answer.bytes(),
            0,
            answer.bytes().length,
            (at, data, offset, length) -> {
              StunMessage parsed = parse(data, offset, length);
              if (parsed != null) {
                answers.add(parsed);
              }
            });
      }
    }
    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst().has(StunAttributeType.OTHER_ADDRESS)).isFalse();
  }

  private static @Nullable StunMessage parse(byte[] data, int offset, int length) {
    try {
      byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
      return StunMessage.parse(copy, 0, copy.length);
    } catch (MalformedStunException e) {
      return null;
    }
  }
}
