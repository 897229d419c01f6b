package org.klatsch.turn.server;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.LongTermSession;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunCredential;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.TransactionId;
import org.klatsch.turn.TurnMethod;

/// A server under test, spoken to packet by packet.
final class RawServer {
  static final TransportAddress ADDRESS = TransportAddress.parse("198.51.100.1", 3478);
  static final TransportAddress CLIENT = TransportAddress.parse("192.0.2.10", 5000);
  private static final SecureRandom RANDOM = new SecureRandom();

  /// A packet the server sent.
  record Sent(TransportAddress local, TransportAddress remote, byte[] bytes) {
    StunMessage message() throws MalformedStunException {
      return StunMessage.parse(bytes, 0, bytes.length);
    }
  }

  final Set<TransportAddress> open = new HashSet<>();
  final List<TurnServerEvent> events = new ArrayList<>();
  final TurnServer server;
  private final TransmitBuffer out = new TransmitBuffer(64, 1500);
  long now;

  RawServer() {
    this(TurnServerOptions.DEFAULT, PeerPolicy.strict());
  }

  RawServer(TurnServerOptions options, PeerPolicy policy) {
    server =
        new TurnServer(
            options,
            new TurnUsers(options.realm(), Map.of("me", "secret", "you", "hidden"), null),
            policy,
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
            RANDOM);
    server.wallClock(0, Instant.ofEpochSecond(1_800_000_000));
  }

  /// Hands a packet in and takes all that comes out.
  List<Sent> packet(TransportAddress local, TransportAddress remote, byte[] packet) {
    server.handlePacket(now, local, remote, 0, packet, 0, packet.length);
    return drain();
  }

  /// Hands a message of a client on a stream in and takes what comes out for streams.
  List<Sent> message(TransportAddress remote, byte[] message) {
    server.handleStream(now, ADDRESS, remote, message, 0, message.length);
    return drainStreams();
  }

  List<Sent> drainStreams() {
    drain();
    List<Sent> sent = new ArrayList<>();
    out.clear();
    while (server.pollStream(out)) {
      int last = out.packetCount() - 1;
      int offset = out.packetOffset(last);
      sent.add(
          new Sent(
              out.packetLocal(last),
              out.packetRemote(last),
              Arrays.copyOfRange(out.array(), offset, offset + out.packetLength(last))));
    }
    return sent;
  }

  List<Sent> drain() {
    List<Sent> sent = new ArrayList<>();
    do {
      out.clear();
      Pump.run(server, now, out, events::add);
      for (int i = 0; i < out.packetCount(); i++) {
        int offset = out.packetOffset(i);
        sent.add(
            new Sent(
                out.packetLocal(i),
                out.packetRemote(i),
                Arrays.copyOfRange(out.array(), offset, offset + out.packetLength(i))));
      }
    } while (out.packetCount() > 0);
    return sent;
  }

  static byte[] message(
      StunClass messageClass, int method, Consumer<? super StunMessageWriter> attributes) {
    StunMessageWriter writer = new StunMessageWriter();
    writer.start(new byte[2000], 0, 2000, messageClass, method, TransactionId.random(RANDOM));
    attributes.accept(writer);
    return writer.toByteArray();
  }

  static byte[] request(int method, Consumer<? super StunMessageWriter> attributes) {
    return message(StunClass.REQUEST, method, attributes);
  }

  static void udp(StunMessageWriter writer) {
    writer.u32(StunAttributeType.REQUESTED_TRANSPORT, 17L << 24);
  }

  /// A user of the server under test at one address.
  final class User {
    final TransportAddress address;
    final LongTermSession session;
    private boolean stream;

    /// The same user on a connection of TCP.
    User onStream() {
      stream = true;
      return this;
    }

    User(TransportAddress address, String name, String password) {
      this.address = address;
      this.session = new LongTermSession(new StunCredential.LongTerm(name, password));
    }

    /// Sends a request, answers a challenge, and gives the answer.
    @Nullable StunMessage ask(int method, Consumer<? super StunMessageWriter> attributes)
        throws MalformedStunException {
      for (int attempt = 0; attempt < 3; attempt++) {
        byte[] request =
            request(
                method,
                writer -> {
                  attributes.accept(writer);
                  if (session.isReady()) {
                    session.authenticate(writer);
                  }
                });
        List<Sent> sent = stream ? message(address, request) : packet(ADDRESS, address, request);
        if (sent.isEmpty()) {
          return null;
        }
        StunMessage answer = sent.getFirst().message();
        boolean challenged =
            answer.messageClass() == StunClass.ERROR_RESPONSE
                && (answer.errorCode() == 401 || answer.errorCode() == 438)
                && session.handleChallenge(answer);
        if (!challenged) {
          return answer;
        }
      }
      throw new AssertionError("challenged again and again");
    }

    int errorOf(int method, Consumer<? super StunMessageWriter> attributes)
        throws MalformedStunException {
      StunMessage answer = ask(method, attributes);
      return answer == null ? -1 : Math.max(0, answer.errorCode());
    }

    TransportAddress allocate() throws MalformedStunException {
      StunMessage answer = ask(TurnMethod.ALLOCATE, RawServer::udp);
      TransportAddress relayed =
          answer == null ? null : answer.xorAddress(StunAttributeType.XOR_RELAYED_ADDRESS);
      if (relayed == null) {
        throw new AssertionError("not allocated: " + answer);
      }
      return relayed;
    }

    int permit(TransportAddress peer) throws MalformedStunException {
      return errorOf(
          TurnMethod.CREATE_PERMISSION,
          writer -> writer.xorAddress(StunAttributeType.XOR_PEER_ADDRESS, peer));
    }

    int bind(int number, TransportAddress peer) throws MalformedStunException {
      return errorOf(
          TurnMethod.CHANNEL_BIND,
          writer ->
              writer
                  .u32(StunAttributeType.CHANNEL_NUMBER, (long) number << 16)
                  .xorAddress(StunAttributeType.XOR_PEER_ADDRESS, peer));
    }

    List<Sent> send(TransportAddress peer, byte[] data) {
      return packet(
          ADDRESS,
          address,
          message(
              StunClass.INDICATION,
              TurnMethod.SEND,
              writer ->
                  writer
                      .xorAddress(StunAttributeType.XOR_PEER_ADDRESS, peer)
                      .bytes(StunAttributeType.DATA, data)));
    }
  }

  User me() {
    return new User(CLIENT, "me", "secret");
  }
}
