package org.klatsch.server.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.rooms.Directory;
import org.klatsch.server.rooms.RoomLimits;

/// All WebSockets of `rooms.v1`: who may open one, what they queue together, pings. Threadsafe.
public final class SignalSockets {
  static final String SUBPROTOCOL = "rooms.v1";

  private final Directory directory;
  private final RoomLimits limits;
  private final Origins origins;
  private final long startedAt = System.nanoTime();
  private final Set<SignalSocket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong queuedBytes = new AtomicLong();
  private volatile boolean draining;

  /// @param origins allowed beside the server's own
  public SignalSockets(Directory directory, RoomLimits limits, List<String> origins) {
    this.directory = directory;
    this.limits = limits;
    this.origins = new Origins(origins);
  }

  /// Serves `/ws`.
  public void configure(ServerWebSocketContainer container) {
    container.setMaxTextMessageSize(limits.sizes().messageBytes());
    container.setMaxFrameSize(limits.sizes().messageBytes());
    // Binary messages are refused; this only has to let the shortest through to the refusal.
    container.setMaxBinaryMessageSize(limits.sizes().messageBytes());
    container.setIdleTimeout(limits.times().idleTimeout().plus(limits.times().pingInterval()));
    container.addMapping("/ws", this::upgrade);
  }

  private @Nullable Object upgrade(
      ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
    if (draining) {
      Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
      return null;
    }
    if (!origins.allows(request)) {
      Response.writeError(request, response, callback, HttpStatus.FORBIDDEN_403);
      return null;
    }
    if (!request.hasSubProtocol(SUBPROTOCOL)) {
      Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400);
      return null;
    }
    response.setAcceptedSubProtocol(SUBPROTOCOL);
    // Compression keeps a window per connection and invites bombs; messages are few and small.
    response.setExtensions(List.of());
    SocketAddress remote = request.getConnectionMetaData().getRemoteSocketAddress();
    return new SignalSocket(this, source(remote), Request.getServerName(request));
  }

  /// An IPv4 address, or the /64 of an IPv6 address: one subscriber has at least that many.
  static String source(SocketAddress remote) {
    if (!(remote instanceof InetSocketAddress inet)) {
      return "local";
    }
    InetAddress address = inet.getAddress();
    if (address == null) {
      return "unknown";
    }
    if (address instanceof Inet6Address v6) {
      return HexFormat.of().formatHex(Arrays.copyOf(v6.getAddress(), 8)) + "::/64";
    }
    return address.getHostAddress();
  }

  /// Pings everybody and disconnects the silent.
  public void ping() {
    long idleNanos = limits.times().idleTimeout().toNanos();
    open.forEach(socket -> socket.ping(idleNanos));
  }

  /// Says goodbye to everybody, waits until they are gone, at most the given time, and cuts off the
  /// rest.
  public void drain(Duration patience) throws InterruptedException {
    draining = true;
    directory.drain();
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (open) {
      long left;
      while (!open.isEmpty() && (left = deadline - System.nanoTime()) > 0) {
        open.wait(Math.max(1, left / 1_000_000));
      }
    }
    open.forEach(SignalSocket::disconnect);
  }

  /// Lets nobody in any more.
  public void announceEnd() {
    draining = true;
  }

  public boolean draining() {
    return draining;
  }

  /// What waits for slow readers.
  public long queuedBytes() {
    return queuedBytes.get();
  }

  /// Nanoseconds since the start, the time of the directory.
  public long now() {
    return System.nanoTime() - startedAt;
  }

  Directory directory() {
    return directory;
  }

  RoomLimits.Sizes sizes() {
    return limits.sizes();
  }

  boolean mayQueue(int bytes) {
    return queuedBytes.get() + bytes <= limits.sizes().heldBytes();
  }

  void queued(int bytes) {
    queuedBytes.addAndGet(bytes);
  }

  void opened(SignalSocket socket) {
    open.add(socket);
  }

  void closed(SignalSocket socket) {
    open.remove(socket);
    synchronized (open) {
      open.notifyAll();
    }
  }
}
