package org.klatsch.gateway.transport;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.Via;

/// SIP over TCP or TLS, RFC 3261 §18: listens, and dials where there is no connection yet.
/// Thread-safe.
final class StreamTransport implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(StreamTransport.class.getName());

  /// Each costs two virtual threads and some buffers.
  private static final int MAX_CONNECTIONS = 20_000;

  /// One network behind a NAT may hold an office; a flood comes with more.
  private static final int MAX_CONNECTIONS_PER_SOURCE = 1_000;

  /// Numbers are unique across the transports of this process, as flows are compared by them.
  private static final AtomicLong NUMBERS = new AtomicLong(1L << 32);

  final SipTransport transport;
  final SipReceiver receiver;
  final Tokens tokens;
  private final @Nullable SSLContext context;
  private final List<ServerSocket> listeners = new ArrayList<>();
  private final Map<Long, StreamConnection> connections = new ConcurrentHashMap<>();

  /// Connections that were dialled, which any request to their address may take.
  private final Map<TransportAddress, StreamConnection> dialled = new ConcurrentHashMap<>();

  private final Map<InetAddress, AtomicInteger> perSource = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /// @param transport TCP or TLS
  /// @param context the server's key for TLS; null for TCP
  StreamTransport(
      SipTransport transport, @Nullable SSLContext context, SipReceiver receiver, Tokens tokens) {
    this.transport = transport;
    this.context = context;
    this.receiver = receiver;
    this.tokens = tokens;
  }

  /// Listens on one more address.
  ///
  /// @return the port
  /// @throws IOException when it is taken
  int listen(TransportAddress address) throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.setReuseAddress(true);
      listener.bind(socketAddress(address));
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    listeners.add(listener);
    Thread.ofVirtual().name("klatsch-sip-" + transport).start(() -> accept(listener));
    return listener.getLocalPort();
  }

  static InetSocketAddress socketAddress(TransportAddress address) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(address.addressBytes()), address.port());
  }

  private void accept(ServerSocket listener) {
    while (!closed) {
      try {
        Socket socket = listener.accept();
        AtomicInteger count =
            perSource.computeIfAbsent(socket.getInetAddress(), _ -> new AtomicInteger());
        if (connections.size() >= MAX_CONNECTIONS || count.get() >= MAX_CONNECTIONS_PER_SOURCE) {
          socket.close();
          continue;
        }
        count.incrementAndGet();
        Flow flow =
            new Flow(
                transport,
                address(socket.getLocalAddress(), socket.getLocalPort()),
                address(socket.getInetAddress(), socket.getPort()),
                NUMBERS.incrementAndGet(),
                null);
        StreamConnection connection = new StreamConnection(this, flow, context);
        connections.put(flow.connection(), connection);
        connection.serve(socket);
      } catch (IOException e) {
        if (!closed) {
          LOGGER.log(Level.DEBUG, "a connection could not be accepted", e);
        }
      }
    }
  }

  static TransportAddress address(InetAddress address, int port) {
    return TransportAddress.of(address.getAddress(), port);
  }

  /// Sends a message over the connection of its flow; a request for any connection is sent over the
  /// one to its address, which is made if there is none.
  void send(Outgoing message) {
    Flow flow = message.flow();
    StreamConnection connection =
        flow.connection() != 0 ? connections.get(flow.connection()) : to(flow);
    if (connection == null && message.message() instanceof SipResponse response) {
      connection = wayBack(flow, response);
    }
    if (connection == null || !connection.offer(message)) {
      receiver.sendFailed(message);
    }
  }

  /// The connection is gone that a request came by: its response goes to where the Via says, RFC
  /// 3261 §18.2.2.
  private @Nullable StreamConnection wayBack(Flow flow, SipResponse response) {
    Via via = response.via();
    if (via.sentBy().host().endsWith(".invalid")) {
      return null;
    }
    int port = via.sentBy().portOr(transport.defaultPort());
    return port == 0 ? null : to(Flow.to(transport, flow.remote().withPort(port)));
  }

  private @Nullable StreamConnection to(Flow flow) {
    TransportAddress remote = flow.remote();
    if (closed || remote.port() == 0) {
      return null;
    }
    StreamConnection known = dialled.get(remote);
    if (known != null && known.isOpen()) {
      return known;
    }
    if (connections.size() >= MAX_CONNECTIONS) {
      return null;
    }
    Flow named =
        new Flow(transport, flow.local(), remote, NUMBERS.incrementAndGet(), flow.serverName());
    StreamConnection made = new StreamConnection(this, named, null);
    StreamConnection other =
        dialled.compute(remote, (_, old) -> old != null && old.isOpen() ? old : made);
    if (other == made) {
      connections.put(named.connection(), made);
      made.dial();
    }
    return other;
  }

  /// A connection has ended; what it could not send is told before.
  void ended(StreamConnection connection, @Nullable InetAddress source) {
    Flow flow = connection.flow();
    connections.remove(flow.connection(), connection);
    if (source != null) {
      perSource.computeIfPresent(source, (_, count) -> count.decrementAndGet() <= 0 ? null : count);
    }
    dialled.remove(flow.remote(), connection);
    receiver.flowClosed(flow);
  }

  /// How many connections are open.
  int size() {
    return connections.size();
  }

  @Override
  public void close() {
    closed = true;
    for (ServerSocket listener : listeners) {
      try {
        listener.close();
      } catch (IOException e) {
        LOGGER.log(Level.DEBUG, "a listener did not close", e);
      }
    }
    List.copyOf(connections.values()).forEach(StreamConnection::close);
  }
}
