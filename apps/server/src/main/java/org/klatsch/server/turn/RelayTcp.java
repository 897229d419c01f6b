package org.klatsch.server.turn;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.EventLoop;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.turn.server.TcpRelayPorts;
import org.klatsch.turn.server.TurnServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The TCP sockets of relayed addresses, RFC 6062. They block, on virtual threads; the rest is on
/// the relay's loop.
final class RelayTcp implements TcpRelayPorts {
  private static final Logger LOG = LoggerFactory.getLogger(RelayTcp.class);

  /// Less than the 30 s after which the core gives the peer up.
  private static final int CONNECT_MILLIS = 25_000;

  private final TurnServer core;
  private final EventLoop loop;
  private final RelayStreams streams;
  private final Map<TransportAddress, ServerSocketChannel> listening = new HashMap<>();
  private final Map<Integer, Socket> waiting = new HashMap<>();
  private final Map<Integer, DataPipe> joined = new HashMap<>();

  RelayTcp(TurnServer core, EventLoop loop, RelayStreams streams) {
    this.core = core;
    this.loop = loop;
    this.streams = streams;
  }

  private static InetSocketAddress inet(TransportAddress address) throws IOException {
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(address.addressBytes()), address.port());
    } catch (UnknownHostException e) {
      throw new IOException("no address: " + address, e);
    }
  }

  private static TransportAddress address(InetSocketAddress inet) {
    return TransportAddress.of(inet.getAddress().getAddress(), inet.getPort());
  }

  @Override
  public boolean listen(TransportAddress relayed) {
    ServerSocketChannel channel = null;
    try {
      channel = ServerSocketChannel.open();
      // Connections to peers go out of the same port.
      channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      channel.bind(inet(relayed));
      listening.put(relayed, channel);
      ServerSocketChannel open = channel;
      Thread.ofVirtual().name("klatsch-relay " + relayed).start(() -> accept(relayed, open));
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("relay port {}", relayed, e);
      close(channel);
      return false;
    }
  }

  private void accept(TransportAddress relayed, ServerSocketChannel channel) {
    try {
      while (true) {
        SocketChannel accepted = channel.accept();
        Socket socket = accepted.socket();
        TransportAddress peer = address((InetSocketAddress) accepted.getRemoteAddress());
        streams.execute(() -> accepted(relayed, peer, socket));
      }
    } catch (IOException e) {
      // The allocation has ended.
    }
  }

  private void accepted(TransportAddress relayed, TransportAddress peer, Socket socket) {
    Integer connection = core.peerAccepted(loop.now(), relayed, peer);
    if (connection == null) {
      close(socket);
    } else {
      waiting.put(connection, socket);
    }
  }

  @Override
  public void unlisten(TransportAddress relayed) {
    close(listening.remove(relayed));
  }

  @Override
  public void connect(int connection, TransportAddress relayed, TransportAddress peer) {
    Thread.ofVirtual()
        .name("klatsch-relay " + peer)
        .start(() -> {
          SocketChannel channel = null;
          try {
            channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            channel.bind(inet(relayed));
            channel.socket().connect(inet(peer), CONNECT_MILLIS);
            Socket socket = channel.socket();
            streams.execute(() -> connected(connection, socket));
          } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("peer {}", peer, e);
            close(channel);
            streams.execute(() -> core.peerClosed(connection));
          }
        });
  }

  private void connected(int connection, Socket socket) {
    waiting.put(connection, socket);
    // Disconnects it when nobody waits any more.
    core.peerConnected(loop.now(), connection);
  }

  @Override
  public void join(int connection, TransportAddress server, TransportAddress client) {
    RelayStream stream = streams.find(server, client);
    Socket socket = waiting.remove(connection);
    // The client's answer goes before its peer's data.
    streams.writeAll();
    if (stream == null || socket == null) {
      close(socket);
      streams.execute(() -> core.peerClosed(connection));
      return;
    }
    DataPipe pipe = new DataPipe(stream, socket, () -> ended(connection));
    joined.put(connection, pipe);
    stream.join(pipe);
    pipe.start();
  }

  private void ended(int connection) {
    streams.execute(() -> {
      if (joined.remove(connection) != null) {
        core.peerClosed(connection);
      }
    });
  }

  @Override
  public void disconnect(int connection) {
    close(waiting.remove(connection));
    DataPipe pipe = joined.remove(connection);
    if (pipe != null) {
      pipe.close();
    }
  }

  void close() {
    listening.values().forEach(RelayTcp::close);
    listening.clear();
    waiting.values().forEach(RelayTcp::close);
    waiting.clear();
    List.copyOf(joined.values()).forEach(DataPipe::close);
    joined.clear();
  }

  static void close(@Nullable AutoCloseable open) {
    if (open != null) {
      try {
        open.close();
      } catch (Exception e) {
        LOG.debug("while closing", e);
      }
    }
  }
}
