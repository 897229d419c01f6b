package org.klatsch.turn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMethod;
import org.klatsch.turn.TurnMethod;
import org.klatsch.turn.TurnStreamDecoder;

/// What has gone wrong in relays before, as tests: the public history of coturn's faults, and what
/// follows from being reachable by everybody. Its faults in an administration page, in databases
/// and in reading HTTP (CVE-2018-4056, CVE-2018-4059, CVE-2020-6061, CVE-2020-6062) have no
/// counterpart here.
class TurnServerSecurityTest {
  private static final TransportAddress PEER = TransportAddress.parse("203.0.113.5", 7000);
  private final RawServer raw = new RawServer();

  private static String nonceOf(List<RawServer.Sent> sent) throws MalformedStunException {
    String nonce = sent.getFirst().message().text(StunAttributeType.NONCE);
    assertThat(nonce).isNotNull();
    return nonce;
  }

  private String nonceFor(TransportAddress server, TransportAddress client) throws Exception {
    return nonceOf(
        raw.packet(server, client, RawServer.request(TurnMethod.ALLOCATE, RawServer::udp)));
  }

  /// CVE-2025-69217: nonces that could be predicted.
  @Test
  void noncesCannotBeGuessedAndBelongToBothAddresses() throws Exception {
    Set<String> seals = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      TransportAddress client = TransportAddress.ofIpv4(0xc0000200 + i, 5000);
      String nonce = nonceFor(RawServer.ADDRESS, client);
      // The first characters are the time; the rest is the seal, 64 bits of it.
      seals.add(nonce.substring(6));
    }
    assertThat(seals).hasSize(500);
    String here = nonceFor(RawServer.ADDRESS, TransportAddress.parse("192.0.9.1", 1));
    String there =
        nonceFor(RawServer.ADDRESS.withPort(3479), TransportAddress.parse("192.0.9.2", 1));
    String another = nonceFor(RawServer.ADDRESS, TransportAddress.parse("192.0.9.3", 2));
    assertThat(here).isNotEqualTo(there).isNotEqualTo(another);
    // And two servers with the same clock never give the same one.
    RawServer twin = new RawServer();
    assertThat(
            nonceOf(
                twin.packet(
                    RawServer.ADDRESS,
                    TransportAddress.parse("192.0.9.1", 1),
                    RawServer.request(TurnMethod.ALLOCATE, RawServer::udp))))
        .isNotEqualTo(here);
  }

  /// CVE-2025-69217: relay ports that could be predicted.
  @Test
  void relayPortsAreSpreadAtRandom() throws Exception {
    Set<Integer> ports = new TreeSet<>();
    int ascending = 0;
    int last = 0;
    for (int i = 0; i < 200; i++) {
      RawServer.User user = raw.new User(RawServer.CLIENT.withPort(2000 + i), "me", "secret");
      int port = user.allocate().port();
      ascending += port > last ? 1 : 0;
      last = port;
      ports.add(port);
    }
    assertThat(ports).hasSize(200);
    assertThat(ascending).isBetween(60, 140);
    assertThat(ports.stream().mapToInt(port -> port / 4096).distinct().count())
        .isGreaterThanOrEqualTo(4);
  }

  @Test
  void nothingIsDoneOrKeptBeforeTheMagicCookie() throws Exception {
    byte[] old = RawServer.request(TurnMethod.ALLOCATE, RawServer::udp);
    old[5] ^= 1;
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, old)).isEmpty();
    byte[] binding = RawServer.request(StunMethod.BINDING, writer -> {});
    Arrays.fill(binding, 4, 8, (byte) 0);
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, binding)).isEmpty();
    assertThat(raw.server.counters().malformed()).isEqualTo(2);
    assertThat(raw.open).isEmpty();
  }

  @Test
  void aStrangerMakesNoAllocationAndOpensNoPort() throws Exception {
    for (int i = 0; i < 50_000; i++) {
      raw.packet(
          RawServer.ADDRESS,
          TransportAddress.ofIpv4(0x0b000000 + i, 4000),
          RawServer.request(TurnMethod.ALLOCATE, RawServer::udp));
    }
    assertThat(raw.open).isEmpty();
    assertThat(raw.server.counters().allocations()).isZero();
    assertThat(raw.server.counters().challenges())
        .isLessThanOrEqualTo(TurnServerOptions.DEFAULT.challengesPerSecond());
    assertThat(raw.server.counters().suppressed()).isPositive();
  }

  /// CVE-2018-4058: loopback open by default; CVE-2020-26262: `0.0.0.0` led there.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "0.1.2.3",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.0.8"
      })
  void theInsideOfTheNetworkIsOutOfReach(String host) throws Exception {
    RawServer.User me = raw.me();
    me.allocate();
    TransportAddress peer = TransportAddress.parse(host, 80);
    assertThat(me.permit(peer)).isEqualTo(403);
    assertThat(me.bind(0x4000, peer)).isEqualTo(403);
    assertThat(me.send(peer, new byte[10])).isEmpty();
  }

  /// CVE-2020-26262: `::` and `::1`; CVE-2026-27624: IPv4-mapped addresses.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001:0:102:304::1",
        "fe80::1",
        "fe80::5efe:10.0.0.1",
        "2001:db8::5efe:a00:1",
        "fec0::1",
        "fc00::1",
        "fd12::1",
        "ff02::1"
      })
  void noIpv6FormLeadsToAnInsideIpv4Address(String host) throws Exception {
    RawServer six =
        new RawServer(
            TurnServerOptions.DEFAULT.withRelay(
                List.of(TransportAddress.parse("2001:db8::1", 0)), 50_000, 60_000),
            PeerPolicy.strict());
    RawServer.User me = six.me();
    StunMessage answer =
        me.ask(
            TurnMethod.ALLOCATE,
            writer -> {
              RawServer.udp(writer);
              writer.u32(StunAttributeType.REQUESTED_ADDRESS_FAMILY, 2L << 24);
            });
    assertThat(answer.xorAddress(StunAttributeType.XOR_RELAYED_ADDRESS)).isNotNull();
    assertThat(me.permit(TransportAddress.parse(host, 80))).isEqualTo(403);
    assertThat(me.permit(TransportAddress.parse("2001:db8:1::7", 80))).isZero();
  }

  @Test
  void theMachineItselfIsOutOfReachExceptForItsOwnPorts() throws Exception {
    TransportAddress ice = RawServer.ADDRESS.withPort(40_000);
    PeerPolicy policy = new PeerPolicy(List.of(), ice::equals);
    policy.ownHosts(Set.of(TransportAddress.parse("203.0.113.77", 0)));
    RawServer own = new RawServer(TurnServerOptions.DEFAULT, policy);
    RawServer.User me = own.me();
    TransportAddress mine = me.allocate();
    RawServer.User you = own.new User(RawServer.CLIENT.withPort(5001), "you", "hidden");
    TransportAddress yours = you.allocate();
    assertThat(me.permit(RawServer.ADDRESS.withPort(22))).isEqualTo(403);
    assertThat(me.permit(TransportAddress.parse("203.0.113.77", 22))).isEqualTo(403);
    assertThat(me.permit(yours)).isZero();
    assertThat(me.send(yours, new byte[10])).hasSize(1);
    assertThat(me.permit(ice)).isZero();
    assertThat(me.send(ice, new byte[10])).hasSize(1);
    // A permission for the host opens none of its other ports, in either direction.
    assertThat(me.send(RawServer.ADDRESS.withPort(22), new byte[10])).isEmpty();
    assertThat(own.packet(mine, RawServer.ADDRESS.withPort(22), new byte[10])).isEmpty();
    assertThat(me.bind(0x4000, RawServer.ADDRESS.withPort(22))).isEqualTo(403);
    // Nor does a port that has been given back stay open.
    you.ask(TurnMethod.REFRESH, writer -> writer.u32(StunAttributeType.LIFETIME, 0));
    assertThat(me.send(yours, new byte[10])).isEmpty();
  }

  @Test
  void noAllowedRangeOpensWhatIsNoHost() {
    PeerPolicy everything =
        new PeerPolicy(
            List.of(AddressPrefix.parse("0.0.0.0/0"), AddressPrefix.parse("::/0")),
            address -> false);
    assertThat(everything.allowsHost(TransportAddress.parse("10.0.0.1", 1))).isTrue();
    assertThat(everything.allowsHost(TransportAddress.parse("0.0.0.0", 1))).isFalse();
    assertThat(everything.allowsHost(TransportAddress.parse("224.0.0.1", 1))).isFalse();
    assertThat(everything.allowsHost(TransportAddress.parse("ff02::1", 1))).isFalse();
  }

  @Test
  void dataNeedsAPermissionInBothDirections() throws Exception {
    RawServer.User me = raw.me();
    TransportAddress relayed = me.allocate();
    assertThat(raw.packet(relayed, PEER, new byte[100])).isEmpty();
    assertThat(me.permit(PEER)).isZero();
    assertThat(raw.packet(relayed, PEER, new byte[100])).hasSize(1);
    assertThat(raw.packet(relayed, TransportAddress.parse("203.0.113.6", 7000), new byte[100]))
        .isEmpty();
    // Somebody else's address is nobody's allocation, whatever the channel.
    byte[] stolen = {0x40, 0, 0, 1, 9};
    assertThat(me.bind(0x4000, PEER)).isZero();
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT.withPort(6), stolen)).isEmpty();
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, stolen)).hasSize(1);
  }

  @Test
  void answersToStrangersAreHardlyLargerThanTheirRequests() throws Exception {
    int headers = 28;
    for (int method :
        new int[] {
          StunMethod.BINDING,
          TurnMethod.ALLOCATE,
          TurnMethod.REFRESH,
          TurnMethod.CREATE_PERMISSION,
          TurnMethod.CHANNEL_BIND
        }) {
      for (int padding = 0; padding <= 200; padding += 4) {
        int extra = padding;
        byte[] request =
            RawServer.request(
                method,
                writer -> {
                  RawServer.udp(writer);
                  if (extra > 0) {
                    writer.bytes(StunAttributeType.SOFTWARE, new byte[extra - 4]);
                  }
                });
        if (method == StunMethod.BINDING && padding == 0) {
          request = RawServer.request(method, writer -> {});
        }
        List<RawServer.Sent> sent =
            raw.packet(
                RawServer.ADDRESS,
                TransportAddress.ofIpv4(0x0c000000 + method * 1000 + padding, 1),
                request);
        assertThat(sent.size()).isLessThanOrEqualTo(1);
        for (RawServer.Sent each : sent) {
          assertThat(each.bytes().length + headers)
              .as("method %s, request of %s bytes", method, request.length)
              .isLessThanOrEqualTo((request.length + headers) * 16 / 10);
        }
      }
    }
  }

  @Test
  void aForgedSourceGetsAtMostOnePointSixTimesWhatIsSentInItsName() throws Exception {
    long received = 0;
    long answered = 0;
    for (int i = 0; i < 1000; i++) {
      byte[] request = RawServer.request(TurnMethod.ALLOCATE, RawServer::udp);
      // With the headers of IPv4 and UDP.
      received += request.length + 28;
      for (RawServer.Sent sent : raw.packet(RawServer.ADDRESS, RawServer.CLIENT, request)) {
        answered += sent.bytes().length + 28;
      }
      raw.now += 1_000_000;
      if (i > 0) {
        assertThat(answered * 10).isLessThanOrEqualTo(received * 16);
      }
    }
    byte[] binding = RawServer.request(StunMethod.BINDING, writer -> {});
    TransportAddress other = TransportAddress.parse("192.0.2.77", 9);
    for (int i = 0; i < 100; i++) {
      assertThat(raw.packet(RawServer.ADDRESS, other, binding)).hasSize(1);
    }
  }

  @Test
  void aWrongPasswordTellsNoMoreThanAWrongName() throws Exception {
    StunMessage wrongName =
        raw.new User(RawServer.CLIENT, "nobody", "x").ask(TurnMethod.ALLOCATE, RawServer::udp);
    StunMessage wrongPassword =
        raw.new User(RawServer.CLIENT, "me", "x").ask(TurnMethod.ALLOCATE, RawServer::udp);
    assertThat(wrongName.errorCode()).isEqualTo(401);
    assertThat(wrongPassword.errorCode()).isEqualTo(401);
    assertThat(wrongName.length()).isEqualTo(wrongPassword.length());
  }

  @Test
  void aCookieThatWasCutOffANonceIsNoticed() throws Exception {
    byte[] large =
        RawServer.request(
            TurnMethod.ALLOCATE,
            writer -> {
              RawServer.udp(writer);
              writer.bytes(StunAttributeType.SOFTWARE, new byte[100]);
            });
    String nonce = nonceOf(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, large));
    assertThat(nonce).startsWith("obMatJos2");
    byte[] downgraded =
        RawServer.request(
            TurnMethod.ALLOCATE,
            writer -> {
              RawServer.udp(writer);
              writer.text(StunAttributeType.USERNAME, "me");
              writer.text(StunAttributeType.REALM, "klatsch");
              writer.text(StunAttributeType.NONCE, nonce.substring(13));
              writer.integrity(
                  org.klatsch.stun.MessageIntegrity.sha1(
                      org.klatsch.stun.LongTermKey.derive(
                          org.klatsch.stun.PasswordAlgorithm.MD5, "me", "klatsch", "secret")));
            });
    assertThat(
            raw.packet(RawServer.ADDRESS, RawServer.CLIENT, downgraded)
                .getFirst()
                .message()
                .errorCode())
        .isEqualTo(438);
  }

  /// CVE-2020-4067: answers padded with what was left of others' packets. Padding and answers are
  /// made of nothing but their own bytes, whatever was in the buffers.
  @Test
  void nothingOfOtherPacketsLeaksIntoAnAnswer() throws Exception {
    RawServer.User me = raw.me();
    TransportAddress relayed = me.allocate();
    assertThat(me.permit(PEER)).isZero();
    byte[] secret = new byte[1000];
    Arrays.fill(secret, (byte) 0x5a);
    for (int length = 1; length <= 8; length++) {
      raw.packet(relayed, PEER, secret);
      byte[] data = new byte[length];
      byte[] sent = raw.packet(relayed, PEER, data).getFirst().bytes();
      StunMessage message = StunMessage.parse(sent, 0, sent.length);
      assertThat(message.bytes(StunAttributeType.DATA)).isEqualTo(data);
      for (byte each : Arrays.copyOfRange(sent, sent.length - (-length & 3), sent.length)) {
        assertThat(each).isZero();
      }
    }
  }

  @Test
  void lengthsThatLieAreNoticed() throws Exception {
    RawServer.User me = raw.me();
    TransportAddress relayed = me.allocate();
    assertThat(relayed).isNotNull();
    assertThat(me.bind(0x4000, PEER)).isZero();
    byte[] tooLong = {0x40, 0, 0, 10, 1, 2};
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, tooLong)).isEmpty();
    byte[] huge = {0x40, 0, (byte) 0xff, (byte) 0xff, 1};
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, huge)).isEmpty();
    byte[] send =
        RawServer.message(
            StunClass.INDICATION,
            TurnMethod.SEND,
            writer ->
                writer
                    .xorAddress(StunAttributeType.XOR_PEER_ADDRESS, PEER)
                    .bytes(StunAttributeType.DATA, new byte[8]));
    send[send.length - 9] = (byte) 0xff;
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, send)).isEmpty();
  }

  @Test
  void aStreamThatLiesAboutLengthsIsGivenUpBeforeItIsBuffered() {
    TurnStreamDecoder decoder = new TurnStreamDecoder(4096);
    byte[] large = RawServer.request(StunMethod.BINDING, writer -> {});
    large[2] = (byte) 0xff;
    large[3] = (byte) 0xf0;
    decoder.handleBytes(large, 0, large.length);
    assertThatThrownBy(decoder::next).isInstanceOf(MalformedStunException.class);

    TurnStreamDecoder other = new TurnStreamDecoder(4096);
    byte[] http = "GET / HTTP/1.1\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    other.handleBytes(http, 0, http.length);
    assertThatThrownBy(other::next).isInstanceOf(MalformedStunException.class);
  }

  @Test
  void aStreamIsCutWhereverItsBytesArrive() throws Exception {
    byte[] first = RawServer.request(StunMethod.BINDING, RawServer::udp);
    byte[] second = {0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0};
    byte[] stream = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, stream, first.length, second.length);
    for (int piece = 1; piece <= stream.length; piece++) {
      TurnStreamDecoder decoder = new TurnStreamDecoder(4096);
      StringBuilder lengths = new StringBuilder();
      for (int at = 0; at < stream.length; at += piece) {
        decoder.handleBytes(stream, at, Math.min(piece, stream.length - at));
        while (decoder.next()) {
          lengths.append(decoder.packetLength()).append(' ');
        }
      }
      assertThat(lengths).hasToString("28 9 ");
      assertThat(decoder.pendingBytes()).isZero();
    }
  }
}
