package org.klatsch.turn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.turn.TurnMethod;

/// The server's side of RFC 6062.
class TcpAllocationTest {
  private static final TransportAddress PEER = TransportAddress.parse("203.0.113.5", 80);
  private static final long SECOND = 1_000_000_000L;
  private final RawServer raw = new RawServer();
  private final RawServer.User me = raw.me().onStream();
  private final RawServer.User data =
      raw.new User(RawServer.CLIENT.withPort(5001), "me", "secret").onStream();
  private final Set<TransportAddress> listening = new HashSet<>();
  private final List<Integer> connecting = new ArrayList<>();
  private final List<Integer> joined = new ArrayList<>();
  private final List<Integer> disconnected = new ArrayList<>();

  @BeforeEach
  void offerTcp() {
    raw.server.tcp(
        new TcpRelayPorts() {
          @Override
          public boolean listen(TransportAddress relayed) {
            return listening.add(relayed);
          }

          @Override
          public void unlisten(TransportAddress relayed) {
            listening.remove(relayed);
          }

          @Override
          public void connect(int connection, TransportAddress relayed, TransportAddress peer) {
            connecting.add(connection);
          }

          @Override
          public void join(int connection, TransportAddress server, TransportAddress client) {
            assertThat(client).isEqualTo(data.address);
            joined.add(connection);
          }

          @Override
          public void disconnect(int connection) {
            disconnected.add(connection);
          }
        });
  }

  private static void tcp(StunMessageWriter writer) {
    writer.u32(StunAttributeType.REQUESTED_TRANSPORT, 6L << 24);
  }

  private TransportAddress allocate() throws MalformedStunException {
    StunMessage answer = me.ask(TurnMethod.ALLOCATE, TcpAllocationTest::tcp);
    assertThat(answer).isNotNull();
    TransportAddress relayed = answer.xorAddress(StunAttributeType.XOR_RELAYED_ADDRESS);
    assertThat(relayed).isNotNull();
    assertThat(listening).containsExactly(relayed.withProtocol(TransportAddress.Protocol.TCP));
    return relayed;
  }

  /// Asks for a connection, which is not answered before the driver has made it.
  private int connect(TransportAddress peer) throws MalformedStunException {
    assertThat(
            me.ask(
                TurnMethod.CONNECT,
                writer -> writer.xorAddress(StunAttributeType.XOR_PEER_ADDRESS, peer)))
        .isNull();
    return connecting.getLast();
  }

  private int errorOfConnect(TransportAddress peer) throws MalformedStunException {
    return me.errorOf(
        TurnMethod.CONNECT, writer -> writer.xorAddress(StunAttributeType.XOR_PEER_ADDRESS, peer));
  }

  private int bind(RawServer.User user, int connection) throws MalformedStunException {
    return user.errorOf(
        TurnMethod.CONNECTION_BIND,
        writer -> writer.u32(StunAttributeType.CONNECTION_ID, Integer.toUnsignedLong(connection)));
  }

  @Test
  void aConnectionToAPeerIsMadeAndJoinedWithItsClients() throws Exception {
    allocate();
    int connection = connect(PEER);
    raw.server.peerConnected(raw.now, connection);
    StunMessage answer = raw.drainStreams().getFirst().message();
    assertThat(answer.is(StunClass.SUCCESS_RESPONSE, TurnMethod.CONNECT)).isTrue();
    assertThat(answer.u32(StunAttributeType.CONNECTION_ID))
        .isEqualTo(Integer.toUnsignedLong(connection));
    assertThat(errorOfConnect(PEER)).isEqualTo(446);
    assertThat(bind(data, connection)).isZero();
    assertThat(joined).containsExactly(connection);
    // Once joined it stays, and cannot be had again.
    assertThat(bind(data, connection)).isEqualTo(400);
    raw.now += 40 * SECOND;
    raw.drain();
    assertThat(disconnected).isEmpty();
    raw.server.streamClosed(RawServer.ADDRESS, RawServer.CLIENT);
    assertThat(disconnected).containsExactly(connection);
    assertThat(listening).isEmpty();
  }

  @Test
  void aPeerThatConnectsIsAnnouncedIfItMay() throws Exception {
    TransportAddress relayed = allocate();
    assertThat(raw.server.peerAccepted(raw.now, relayed, PEER)).isNull();
    assertThat(me.permit(PEER)).isZero();
    Integer connection = raw.server.peerAccepted(raw.now, relayed, PEER);
    assertThat(connection).isNotNull();
    StunMessage told = raw.drainStreams().getFirst().message();
    assertThat(told.is(StunClass.INDICATION, TurnMethod.CONNECTION_ATTEMPT)).isTrue();
    assertThat(told.xorAddress(StunAttributeType.XOR_PEER_ADDRESS)).isEqualTo(PEER);
    assertThat(told.u32(StunAttributeType.CONNECTION_ID))
        .isEqualTo(Integer.toUnsignedLong(connection));
    RawServer.User other =
        raw.new User(RawServer.CLIENT.withPort(5002), "you", "hidden").onStream();
    assertThat(bind(other, connection)).as("somebody else's").isEqualTo(400);
    assertThat(bind(data, connection)).isZero();
    assertThat(joined).containsExactly(connection);
  }

  @Test
  void failuresAndLatecomersAreTold() throws Exception {
    allocate();
    raw.server.peerClosed(connect(PEER));
    assertThat(raw.drainStreams().getFirst().message().errorCode()).isEqualTo(447);
    int silent = connect(PEER);
    raw.now += 31 * SECOND;
    assertThat(raw.drainStreams().getFirst().message().errorCode()).isEqualTo(447);
    assertThat(disconnected).containsExactly(silent);
    // The driver may still report it.
    raw.server.peerConnected(raw.now, silent);
    assertThat(raw.drainStreams()).isEmpty();
    int unwanted = connect(PEER);
    raw.server.peerConnected(raw.now, unwanted);
    raw.drainStreams();
    raw.now += 31 * SECOND;
    raw.drain();
    assertThat(disconnected).contains(unwanted);
    assertThat(bind(data, unwanted)).isEqualTo(400);
    assertThat(bind(data, 12_345)).isEqualTo(400);
  }

  @Test
  void theInsideOfTheNetworkAndTheMachineStayOutOfReach() throws Exception {
    allocate();
    for (String host : List.of("127.0.0.1", "10.0.0.1", "169.254.169.254", "198.51.100.1")) {
      assertThat(errorOfConnect(TransportAddress.parse(host, 80))).as(host).isEqualTo(403);
    }
    assertThat(errorOfConnect(TransportAddress.parse("2001:db8::1", 80))).isEqualTo(443);
    assertThat(connecting).isEmpty();
  }

  /// The machine is out of reach, but for the relayed addresses of other clients.
  @Test
  void clientsOfOneServerMeet() throws Exception {
    TransportAddress mine = allocate();
    RawServer.User other =
        raw.new User(RawServer.CLIENT.withPort(5002), "you", "hidden").onStream();
    StunMessage answer = other.ask(TurnMethod.ALLOCATE, TcpAllocationTest::tcp);
    TransportAddress theirs = answer.xorAddress(StunAttributeType.XOR_RELAYED_ADDRESS);
    assertThat(errorOfConnect(theirs.withPort(80))).isEqualTo(403);
    assertThat(connect(theirs)).isEqualTo(connecting.getFirst());
    assertThat(raw.server.peerAccepted(raw.now, theirs, mine)).isNull();
    assertThat(other.permit(mine.withPort(80))).isEqualTo(403);
    assertThat(other.permit(mine)).isZero();
    assertThat(raw.server.peerAccepted(raw.now, theirs, mine.withPort(80))).isNull();
    assertThat(raw.server.peerAccepted(raw.now, theirs, mine)).isNotNull();
  }

  @Test
  void packetsAndConnectionsAreNotMixed() throws Exception {
    // Over UDP, and with attributes that make no sense for connections.
    assertThat(raw.me().errorOf(TurnMethod.ALLOCATE, TcpAllocationTest::tcp)).isEqualTo(400);
    assertThat(
            me.errorOf(
                TurnMethod.ALLOCATE,
                writer -> {
                  tcp(writer);
                  writer.bytes(StunAttributeType.EVEN_PORT, new byte[1]);
                }))
        .isEqualTo(400);
    allocate();
    assertThat(me.bind(0x4000, PEER)).isEqualTo(403);
    assertThat(raw.open).isEmpty();
    RawServer.User udp = raw.new User(RawServer.CLIENT.withPort(5003), "me", "secret").onStream();
    assertThat(udp.errorOf(TurnMethod.ALLOCATE, RawServer::udp)).isZero();
    assertThat(
            udp.errorOf(
                TurnMethod.CONNECT,
                writer -> writer.xorAddress(StunAttributeType.XOR_PEER_ADDRESS, PEER)))
        .isEqualTo(400);
  }

  @Test
  void oneAllocationHasAtMostSixtyFourConnections() throws Exception {
    allocate();
    for (int i = 0; i < 64; i++) {
      connect(PEER.withPort(1000 + i));
    }
    assertThat(errorOfConnect(PEER)).isEqualTo(508);
  }
}
