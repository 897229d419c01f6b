package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;

/// Arbitrary bytes for every parser and for both state machines. Parsers may only raise the
/// malformed-packet exception; a connection may only drop, or end with an alert.
class DtlsFuzzTest {
  private interface Parser<T> {
    T parse(PacketReader in) throws MalformedPacketException;
  }

  private interface Encoder<T> {
    byte[] encode(T message);
  }

  /// What parses must encode to the same bytes.
  private static <T> void roundTrip(byte[] bytes, Parser<T> parser, Encoder<T> encoder) {
    try {
      T message = parser.parse(new PacketReader(bytes));
      assertThat(encoder.encode(message)).isEqualTo(bytes);
    } catch (MalformedPacketException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @FuzzTest
  void clientHello(byte[] bytes) {
    // An empty list of extensions and none at all are the same to us.
    if (bytes.length > 2 && bytes[bytes.length - 1] == 0 && bytes[bytes.length - 2] == 0) {
      return;
    }
    roundTrip(bytes, ClientHello::parse, ClientHello::encode);
    try {
      ClientHello hello = ClientHello.parse(new PacketReader(bytes));
      VersionNegotiation.choose(List.of(ProtocolVersion.DTLS_1_2), hello);
      Negotiation13.of(TestPair.newServer().build(), hello);
      UseSrtp.parse(hello.extensions());
      hello.extensions().applicationProtocols();
      hello.extensions().recordSizeLimit();
      hello.extensions().acceptsUncompressedPoints();
      hello.extensions().requireEmptyRenegotiationInfo();
      hello.extensions().codes(Extensions.SUPPORTED_GROUPS);
      hello.extensions().codes(Extensions.SIGNATURE_ALGORITHMS);
    } catch (MalformedPacketException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @FuzzTest
  void serverHello(byte[] bytes) {
    if (bytes.length > 2 && bytes[bytes.length - 1] == 0 && bytes[bytes.length - 2] == 0) {
      return;
    }
    roundTrip(bytes, ServerHello::parse, ServerHello::encode);
  }

  @FuzzTest
  void otherMessages(byte[] bytes) {
    roundTrip(bytes, HelloVerifyRequest::parse, HelloVerifyRequest::encode);
    roundTrip(bytes, ServerKeyExchange::parse, ServerKeyExchange::encode);
    roundTrip(bytes, ClientKeyExchange::parse, ClientKeyExchange::encode);
    roundTrip(bytes, CertificateVerify::parse, CertificateVerify::encode);
    roundTrip(bytes, in -> CertificateMessage.parse(in, 16_384), CertificateMessage::encode);
    roundTrip(bytes, EncryptedExtensions::parse, EncryptedExtensions::encode);
    roundTrip(bytes, CertificateRequest13::parse, CertificateRequest13::encode);
    roundTrip(bytes, KeyUpdate::parse, KeyUpdate::encode);
    roundTrip(bytes, Ack::parse, Ack::encode);
    try {
      CertificateRequest.parse(new PacketReader(bytes));
    } catch (MalformedPacketException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @FuzzTest
  void certificate(byte[] bytes) {
    try {
      CertificateMessage message = new CertificateMessage(List.of(bytes));
      message.decode().forEach(c -> Fingerprint.of("sha-256", c));
    } catch (MalformedPacketException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @FuzzTest
  void publicKey(byte[] bytes) throws Exception {
    if (bytes.length == 0) {
      return;
    }
    List<NamedGroup> groups =
        List.of(NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1);
    NamedGroup group = groups.get((bytes[0] & 0xff) % groups.size());
    byte[] key = Arrays.copyOfRange(bytes, 1, bytes.length);
    try {
      byte[] secret = EphemeralKey.generate(group, new TestRandom(1)).agree(key);
      assertThat(secret).hasSize(group.coordinateLength());
    } catch (MalformedPacketException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @FuzzTest
  void fragments(FuzzedDataProvider data) {
    Reassembler reassembler = new Reassembler(2_000, 6_000);
    byte[] content = new byte[4_000];
    int next = 0;
    for (int i = 0; i < 200 && data.remainingBytes() > 0; i++) {
      int length = data.consumeInt(0, 3_000);
      int offset = data.consumeInt(0, 3_000);
      int fragment = data.consumeInt(0, 3_000);
      HandshakeHeader header =
          new HandshakeHeader(
              data.consumeInt(0, 2), length, data.consumeInt(0, 12), offset, fragment);
      reassembler.add(data.consumeInt(0, 1), header, content, 0);
      HandshakeMessage message = reassembler.poll();
      if (message != null) {
        assertThat(message.sequence()).isEqualTo(next++);
        assertThat(message.body().length).isLessThanOrEqualTo(2_000);
      }
    }
  }

  private static byte[] sealed(TestEnd end, int type, byte[] content) {
    byte[] out = new byte[content.length + 100];
    return Arrays.copyOf(out, end.connection.seal(type, content, out));
  }

  private static void feed(TestEnd end, FuzzedDataProvider data) {
    end.start(0);
    long now = 0;
    for (int i = 0; i < 40 && data.remainingBytes() > 0; i++) {
      if (data.consumeBoolean()) {
        HandshakeType[] types = HandshakeType.values();
        byte[] packet =
            TestPackets.handshake(
                types[data.consumeInt(0, types.length - 1)],
                data.consumeInt(0, 9),
                data.consumeBytes(data.consumeInt(0, 400)));
        packet[4] = (byte) data.consumeInt(0, 1);
        end.receive(now, packet);
      } else {
        end.receive(now, data.consumeBytes(data.consumeInt(0, 400)));
      }
      now += 50_000_000;
      end.pump(now);
    }
    assertThat(end.connection.isConnected()).isFalse();
    assertThat(end.received).isEmpty();
  }

  @FuzzTest
  void server(FuzzedDataProvider data) {
    TestEnd server = new TestEnd(TestPair.serverOptions().build(), 1);
    BrowserHelloTest.packets("chromium-156")
        .subList(0, data.consumeInt(0, 2))
        .forEach(p -> server.receive(0, p));
    feed(server, data);
  }

  @FuzzTest
  void client(FuzzedDataProvider data) {
    feed(new TestEnd(TestPair.clientOptions().build(), 1), data);
  }

  @FuzzTest
  void server13(FuzzedDataProvider data) {
    TestEnd server = new TestEnd(TestPair.newServer().build(), 1);
    BrowserHelloTest.packets("chromium-156")
        .subList(0, data.consumeInt(0, 2))
        .forEach(p -> server.receive(0, p));
    feed(server, data);
  }

  @FuzzTest
  void client13(FuzzedDataProvider data) {
    feed(new TestEnd(TestPair.newClient().build(), 1), data);
  }

  /// Authentic records with any content, as a peer might send who has the keys.
  @FuzzTest
  void protectedRecords(FuzzedDataProvider data) {
    TestPair pair = new TestPair(TestPair.newClient(), TestPair.newServer()).connect();
    for (int i = 0; i < 20 && data.remainingBytes() > 0; i++) {
      int type = data.consumeInt(20, 27);
      byte[] content = data.consumeBytes(data.consumeInt(0, 200));
      pair.server.receive(i * 30_000_000L, sealed(pair.client, type, content));
    }
    TestEnd.exchange(1_000_000_000L, pair.client, pair.server);
  }

  /// A handshake whose packets are lost, doubled, swapped and changed, then data the same way.
  @FuzzTest
  void changedPackets(FuzzedDataProvider data) {
    change(new TestPair(), data);
  }

  @FuzzTest
  void changedPackets13(FuzzedDataProvider data) {
    change(new TestPair(TestPair.newClient(), TestPair.newServer()), data);
  }

  private static void change(TestPair pair, FuzzedDataProvider data) {
    pair.server.start(0);
    pair.client.start(0);
    long now = 0;
    for (int round = 0; round < 12; round++) {
      now += 70_000_000;
      deliver(pair.client, pair.server, now, data);
      deliver(pair.server, pair.client, now, data);
      pair.client.pump(now);
      pair.server.pump(now);
      if (pair.client.connection.isConnected()) {
        pair.client.send(new byte[] {1, 2, 3});
      }
    }
    // Whatever happened: what got through is what was sent.
    assertThat(pair.server.received).allMatch(d -> Arrays.equals(d, new byte[] {1, 2, 3}));
    assertThat(pair.client.received).isEmpty();
    if (pair.client.connection.isConnected() && pair.server.connection.isConnected()) {
      assertThat(pair.client.connection.exportKeyingMaterial("EXPERIMENTAL", 16))
          .isEqualTo(pair.server.connection.exportKeyingMaterial("EXPERIMENTAL", 16));
    }
  }

  private static void deliver(TestEnd from, TestEnd to, long now, FuzzedDataProvider data) {
    List<byte[]> packets = new ArrayList<>(from.takeSent());
    for (byte[] packet : packets) {
      switch (data.consumeInt(0, 12)) {
        case 0 -> {}
        case 1 -> {
          to.receive(now, packet);
          to.receive(now, packet);
        }
        case 2 -> {
          byte[] changed = packet.clone();
          int at = data.consumeInt(0, packet.length - 1);
          changed[at] = data.consumeByte();
          to.receive(now, changed);
        }
        case 3 -> to.receive(now, Arrays.copyOf(packet, data.consumeInt(0, packet.length)));
        default -> to.receive(now, packet);
      }
    }
  }
}
