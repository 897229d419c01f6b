package org.klatsch.server.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.sockets.SocketService;

/// All WebSockets of [SocketService]s. Thread-safe.
public final class ServiceSockets {
  /// Two pings unanswered: a call of a browser that is gone ends within the 30 s of a
  /// conversation's patience.
  private static final long IDLE_NANOS = 25_000_000_000L;

  private static final long PING_MILLIS = 10_000;

  private final List<SocketService> services;
  private final Set<ServiceSocket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch ended = new CountDownLatch(1);

  ServiceSockets(List<SocketService> services) {
    this.services = List.copyOf(services);
    if (!services.isEmpty()) {
      Thread.ofVirtual().name("klatsch-socket-pings").start(this::ping);
    }
  }

  void configure(ServerWebSocketContainer container) {
    for (SocketService service : services) {
      container.addMapping(
          service.path(),
          (request, response, callback) -> upgrade(service, request, response, callback));
    }
  }

  private @Nullable Object upgrade(
      SocketService service,
      ServerUpgradeRequest request,
      ServerUpgradeResponse response,
      Callback callback) {
    if (!request.hasSubProtocol(service.subprotocol())) {
      Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400);
      return null;
    }
    response.setAcceptedSubProtocol(service.subprotocol());
    response.setExtensions(List.of());
    return new ServiceSocket(
        this,
        service,
        inet(request.getConnectionMetaData().getRemoteSocketAddress()),
        inet(request.getConnectionMetaData().getLocalSocketAddress()),
        request.isSecure(),
        request.getHeaders().get(HttpHeader.ORIGIN));
  }

  private static InetSocketAddress inet(SocketAddress address) {
    return address instanceof InetSocketAddress inet ? inet : new InetSocketAddress(0);
  }

  private void ping() {
    try {
      while (!ended.await(PING_MILLIS, TimeUnit.MILLISECONDS)) {
        open.forEach(socket -> socket.ping(IDLE_NANOS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void opened(ServiceSocket socket) {
    open.add(socket);
  }

  void closed(ServiceSocket socket) {
    open.remove(socket);
  }

  /// Says goodbye to everybody.
  void drain() {
    ended.countDown();
    open.forEach(socket -> socket.close(1001, "the server ends"));
  }
}
