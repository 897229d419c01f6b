package org.klatsch.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.time.Duration;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.TransportAddress;

/// How TCP connections are made: directly, or through a proxy. Called on virtual threads.
@FunctionalInterface
public interface StreamDialer {
  /// Connects without a detour.
  StreamDialer DIRECT =
      (from, to, patience) -> {
        Socket socket = new Socket();
        try {
          socket.bind(new InetSocketAddress(SocketAddresses.toInetAddress(from), 0));
          socket.connect(SocketAddresses.toInet(to), Math.toIntExact(patience.toMillis()));
          return socket;
        } catch (IOException | RuntimeException e) {
          socket.close();
          throw e;
        }
      };

  /// The same, but fails where the system would leave by another interface than that of the local
  /// address.
  StreamDialer ON_INTERFACE =
      (from, to, patience) -> {
        if (!RouteGuard.of(from).allows(to, 0)) {
          throw new NoRouteToHostException("the way leads over another interface");
        }
        return DIRECT.dial(from, to, patience);
      };

  /// Gives a connected socket.
  ///
  /// @param from the IP address to connect from; its port is ignored
  Socket dial(TransportAddress from, TransportAddress to, Duration patience) throws IOException;
}
