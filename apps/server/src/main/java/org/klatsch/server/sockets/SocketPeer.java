package org.klatsch.server.sockets;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// The client of a WebSocket. Thread-safe.
public interface SocketPeer {
  /// Where it comes from; with trusted proxies, what they tell.
  InetSocketAddress remote();

  /// The address here that it connected to.
  InetSocketAddress local();

  /// Whether it came over TLS.
  boolean isSecure();

  /// The origin of the page that opened it, `null` in letters for one without; null when none was
  /// sent, as by programs.
  @Nullable String origin();

  /// Sends a text message; never waits.
  ///
  /// @return false when too much waits already or it is closed; then nothing is sent
  boolean send(String message);

  /// Closes it with a code of RFC 6455 §7.4.
  void close(int code, String reason);
}
