package org.klatsch.webrtc;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.CandidateType;
import org.klatsch.ice.IceCandidate;
import org.klatsch.ice.IceEvent;
import org.klatsch.ice.IceOptions;
import org.klatsch.ice.IceServer;
import org.klatsch.ice.IceTurnServer;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.PacketStream;
import org.klatsch.net.StreamConnector;
import org.klatsch.peer.Session;
import org.klatsch.peer.SessionEvent;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunCredential;
import org.klatsch.turn.TurnClient;
import org.klatsch.turn.TurnStreamDecoder;
import org.klatsch.turn.TurnTransport;

/// The STUN and TURN servers of a connection: has their names looked up, connects to those that are
/// reached over streams, and knows which URL an address stands for. Confined to the loop.
final class IceServers {
  private static final System.Logger LOGGER = System.getLogger(IceServers.class.getName());

  /// The longest message of a TURN server: a Data indication with a full UDP packet.
  private static final int MAX_MESSAGE = 64 * 1024;

  /// The name of TURN for ALPN, RFC 7443 §3.
  private static final String TURN_PROTOCOL = "stun.turn";

  /// A URL of the configuration with the credential that belongs to it.
  private record Server(IceServerUrl url, RTCIceServer entry) {
    IceTurnServer at(TransportAddress address) {
      TurnTransport transport = url.turnTransport();
      return new IceTurnServer(
          transport.isStream() ? address.withProtocol(TransportAddress.Protocol.TCP) : address,
          new StunCredential.LongTerm(
              Objects.requireNonNullElse(entry.username(), ""),
              Objects.requireNonNullElse(entry.credential(), "")),
          transport,
          url.host());
    }

    /// Why it cannot be used, or null.
    @Nullable String fault() {
      return url.isTurn() || url.isStunOverUdp()
          ? null
          : "STUN over TLS finds no address that others could use; name the server with stun:";
    }
  }

  /// Where a candidate comes from.
  record Origin(String url, @Nullable RTCIceServerTransportProtocol relayProtocol) {}

  private final Connection connection;

  /// URLs of servers by their resolved addresses.
  private final Map<IceServer, String> urls = new HashMap<>();

  private final Map<IceCandidate, Origin> origins = new HashMap<>();
  private final List<PacketStream> streams = new ArrayList<>();
  private boolean faultsTold;

  IceServers(Connection connection) {
    this.connection = connection;
  }

  private List<Server> servers() {
    List<Server> servers = new ArrayList<>();
    for (RTCIceServer entry : connection.configuration().iceServers()) {
      for (String url : entry.urls()) {
        servers.add(new Server(IceServerUrl.parse(url), entry));
      }
    }
    return servers;
  }

  /// The agent's options: servers that are given by address are asked from the start.
  IceOptions options(IceOptions usual, boolean relayOnly) {
    List<TransportAddress> stun = new ArrayList<>();
    List<IceTurnServer> turn = new ArrayList<>();
    for (Server server : servers()) {
      TransportAddress address =
          TransportAddress.tryParse(server.url().host(), server.url().port());
      if (address == null || server.fault() != null) {
        continue;
      }
      if (server.url().isTurn()) {
        turn.add(known(server, address));
      } else {
        stun.add(address);
        urls.put(new IceServer(address, null), server.url().url());
      }
    }
    return usual.withStunServers(stun).withTurnServers(turn, relayOnly);
  }

  private IceTurnServer known(Server server, TransportAddress address) {
    IceTurnServer turn = server.at(address);
    urls.put(new IceServer(turn.address(), turn.transport()), server.url().url());
    return turn;
  }

  /// Has the names of servers looked up, for which host candidates do not wait, and tells of those
  /// that cannot be used.
  void resolve() {
    for (Server server : servers()) {
      IceServerUrl url = server.url();
      String fault = server.fault();
      if (fault != null) {
        if (!faultsTold) {
          tell(null, url.url(), TurnClient.UNREACHABLE, fault);
        }
      } else if (TransportAddress.tryParse(url.host(), url.port()) == null) {
        resolve(server);
      }
    }
    faultsTold = true;
  }

  private void resolve(Server server) {
    IceServerUrl url = server.url();
    var _ =
        connection
            .factory()
            .resolve(url.host(), url.port())
            .whenComplete((addresses, error) -> {
              if (error != null) {
                LOGGER.log(Level.DEBUG, "{0} was not resolved: {1}", url.host(), error);
                // W3C WebRTC §4.8.4: an error without address.
                connection.onLoop(() ->
                    tell(null, url.url(), TurnClient.UNREACHABLE, "the name cannot be looked up"));
              } else {
                connection.onLoop(() -> add(server, addresses));
              }
            });
  }

  private void add(Server server, List<TransportAddress> addresses) {
    Session session = connection.session();
    if (session == null || connection.isClosed()) {
      return;
    }
    long now = connection.loop().now();
    for (TransportAddress address : addresses) {
      if (server.url().isTurn()) {
        session.ice().addTurnServer(now, known(server, address));
      } else {
        urls.put(new IceServer(address, null), server.url().url());
        session.ice().addStunServer(now, address);
      }
    }
  }

  /// Connects to a TURN server for the agent.
  void connect(IceEvent.TurnConnectionRequested request) {
    CoreDriver<SessionEvent> driver = connection.driver();
    Session session = connection.session();
    if (driver == null || session == null) {
      return;
    }
    IceTurnServer server = request.server();
    StreamConnector connector = connection.options().streams();
    StreamConnector.Tls tls = new StreamConnector.Tls(server.name(), TURN_PROTOCOL);
    StreamConnector.Outcome outcome =
        new StreamConnector.Outcome() {
          @Override
          public void connected(PacketStream stream) {
            streams.add(stream);
            if (!session
                .ice()
                .relays()
                .connected(
                    connection.loop().now(),
                    request.base(),
                    server,
                    stream.local(),
                    stream.remote())) {
              release(stream.local(), stream.remote());
            }
          }

          @Override
          public void failed(IOException reason) {
            session
                .ice()
                .relays()
                .notConnected(
                    connection.loop().now(), request.base(), server, phrase(server, reason));
            driver.requestTurn();
          }
        };
    if (server.transport() == TurnTransport.DTLS) {
      // What has a loopback address leaves by no interface.
      boolean stay =
          !connection.options().ipHandling().usesAllInterfaces() && !request.base().isLoopback();
      connector.connectDatagrams(driver, request.base(), server.address(), tls, stay, outcome);
    } else {
      connector.connect(
          driver,
          request.base(),
          server.address(),
          server.transport() == TurnTransport.TLS ? tls : null,
          () -> new TurnStreamDecoder(MAX_MESSAGE),
          outcome);
    }
  }

  private static String phrase(IceTurnServer server, IOException reason) {
    return "no "
        + server.transport()
        + " connection to the TURN server: "
        + Objects.requireNonNullElse(reason.getMessage(), reason.getClass().getSimpleName());
  }

  /// Closes a connection that the agent has no use for.
  void release(TransportAddress local, TransportAddress remote) {
    CoreDriver<SessionEvent> driver = connection.driver();
    streams.removeIf(stream -> {
      boolean meant = stream.local().equals(local) && stream.remote().equals(remote);
      if (meant && driver != null) {
        driver.close(stream);
      }
      return meant;
    });
  }

  /// Notes which server a candidate comes from.
  @Nullable Origin note(IceCandidate candidate, @Nullable IceServer server) {
    if (server == null) {
      return null;
    }
    // What a TURN server saw is no address of its own.
    boolean relayed = candidate.type() == CandidateType.RELAYED;
    Origin origin =
        new Origin(urls.getOrDefault(server, ""), relayed ? protocol(server.transport()) : null);
    origins.put(candidate, origin);
    return origin;
  }

  /// The W3C has no word for DTLS, which is UDP after all.
  private static @Nullable RTCIceServerTransportProtocol protocol(
      @Nullable TurnTransport transport) {
    return transport == null
        ? null
        : switch (transport) {
          case UDP, DTLS -> RTCIceServerTransportProtocol.UDP;
          case TCP -> RTCIceServerTransportProtocol.TCP;
          case TLS -> RTCIceServerTransportProtocol.TLS;
        };
  }

  /// Where a local candidate comes from; null for an interface's address.
  @Nullable Origin origin(IceCandidate candidate) {
    return origins.get(candidate);
  }

  /// @param hidden whether the local address is not to be told, W3C WebRTC §4.8.3
  void failed(IceEvent.ServerFailed e, boolean hidden) {
    tell(hidden ? null : e.local(), urls.getOrDefault(e.server(), ""), e.errorCode(), e.reason());
  }

  private void tell(@Nullable TransportAddress local, String url, int code, String reason) {
    connection.task(pc ->
        pc.dispatchEvent(
            new RTCPeerConnectionIceErrorEvent(
                "icecandidateerror",
                new RTCPeerConnectionIceErrorEventInit(
                    local == null ? null : local.host(),
                    local == null ? null : local.port(),
                    url,
                    code,
                    reason))));
  }
}
