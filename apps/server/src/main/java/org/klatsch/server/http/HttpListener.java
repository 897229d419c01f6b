package org.klatsch.server.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.EventsHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.SharedPort;
import org.klatsch.server.media.IceConnectionFactory;
import org.klatsch.server.rooms.RoomLimits;
import org.klatsch.server.sockets.SocketService;
import org.klatsch.server.tls.ServerKeys;
import org.klatsch.server.turn.Relay;
import org.klatsch.server.turn.TurnConnectionFactory;

/// Jetty, put together: one TCP port with HTTP/1.1, WebSocket and TURN, plain or in TLS, handlers
/// on virtual threads. The first bytes of a connection tell what it is; TURN may come without TLS
/// on either kind of port.
public final class HttpListener {
  /// Selectors, the acceptor and a reserve; requests run on virtual threads.
  private static final int PLATFORM_THREADS = 16;

  /// A request line of one room link and a browser's headers take 2 KB.
  private static final int HEADER_BYTES = 8 * 1024;

  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

  private final Server server;
  private final ServerConnector connector;
  private final SignalSockets sockets;
  private final Handler.Sequence handlers;
  private SslContextFactory.@Nullable Server tls;
  private final ServiceSockets serviceSockets;
  private final IceConnectionFactory ice = new IceConnectionFactory();
  private final List<TurnConnectionFactory> turn =
      List.of(new TurnConnectionFactory(), new TurnConnectionFactory());

  /// @param keys null for plain HTTP
  public HttpListener(
      String host,
      boolean trustForwarded,
      RoomLimits limits,
      @Nullable KeyStore keys,
      SignalSockets sockets,
      Metrics metrics,
      BiFunction<String, String, List<String>> iceServers,
      Inspection inspection,
      AdminAccess admin,
      List<SocketService> services,
      String version) {
    this.sockets = sockets;
    this.serviceSockets = new ServiceSockets(services);
    var threads = new QueuedThreadPool(PLATFORM_THREADS, 4);
    threads.setName("klatsch-http");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("klatsch-http-virtual-", 0).factory()));
    server = new Server(threads);
    connector = connector(trustForwarded, keys);
    connector.setHost(host);
    connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    connector.setShutdownIdleTimeout(Duration.ofSeconds(1).toMillis());
    server.addConnector(connector);
    // Pages take connections too, but briefly.
    server.addBean(new NetworkConnectionLimit(limits.counts().connections() + 1_000, connector));
    Handler routes = new Routes(metrics, sockets, limits, iceServers, inspection, admin, version);
    WebSocketUpgradeHandler upgrades =
        WebSocketUpgradeHandler.from(
            server,
            container -> {
              sockets.configure(container);
              serviceSockets.configure(container);
            });
    handlers = new Handler.Sequence(routes);
    upgrades.setHandler(handlers);
    server.setHandler(
        new EventsHandler(new SecurityHeaders(upgrades)) {
          @Override
          protected void onResponseBegin(Request request, int status, HttpFields headers) {
            metrics.answered(status);
          }
        });
    server.setErrorHandler(new ErrorAnswers());
  }

  private ServerConnector connector(boolean trustForwarded, @Nullable KeyStore keys) {
    var configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setRequestHeaderSize(HEADER_BYTES);
    configuration.setUriCompliance(UriCompliance.RFC3986);
    if (trustForwarded) {
      configuration.addCustomizer(new ForwardedRequestCustomizer());
    }
    var plain = new DetectorConnectionFactory(turn.getFirst(), ice);
    if (keys == null) {
      return new ServerConnector(server, 1, 1, plain, new HttpConnectionFactory(configuration));
    }
    var secure = new SecureRequestCustomizer();
    // A client may connect by address or by a name that only it knows.
    secure.setSniHostCheck(false);
    configuration.addCustomizer(secure);
    var tls = new SslContextFactory.Server();
    this.tls = tls;
    tls.setKeyStore(keys);
    tls.setKeyStorePassword(ServerKeys.PASSWORD);
    tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    tls.setSniRequired(false);
    var secured = new DetectorConnectionFactory(turn.getLast());
    var first =
        new DetectorConnectionFactory(
            new SslConnectionFactory(tls, secured.getProtocol()), turn.getFirst(), ice) {
          @Override
          protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer buffer) {
            // Plain HTTP is not served beside HTTPS.
            endPoint.close();
          }
        };
    return new ServerConnector(
        server, 1, 1, first, secured, new HttpConnectionFactory(configuration));
  }

  /// Shows another certificate to those who connect from now on.
  public void certificate(KeyStore keys) throws IOException {
    SslContextFactory.Server context = tls;
    if (context == null) {
      return;
    }
    try {
      context.reload(factory -> factory.setKeyStore(keys));
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("The certificate cannot be used: " + e.getMessage(), e);
    }
  }

  /// Sets whose legs are reached over this port too; before [#start].
  public void ice(SharedPort port) {
    ice.port(port);
  }

  /// Sets who serves TURN; before [#start].
  public void relay(Relay relay) {
    turn.forEach(factory -> factory.relay(relay));
  }

  /// Has a handler asked before all others; before [#start].
  public void first(Handler handler) {
    List<Handler> all = new ArrayList<>(handlers.getHandlers());
    all.addFirst(handler);
    handlers.setHandlers(all);
  }

  /// Takes the port.
  ///
  /// @param port 0 for a free one
  /// @return the port taken
  /// @throws IOException if the port is not free
  public int bind(int port) throws IOException {
    // Jetty opens a channel of its own only once: after a close it would stay closed.
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, connector.getReuseAddress());
      channel.bind(
          new InetSocketAddress(connector.getHost(), port), connector.getAcceptQueueSize());
      connector.open(channel);
      return connector.getLocalPort();
    } catch (IOException e) {
      channel.close();
      throw e;
    } catch (UnresolvedAddressException e) {
      channel.close();
      throw new IOException("The host " + connector.getHost() + " is unknown", e);
    }
  }

  /// Gives a port back that [#bind] took, to try another.
  public void unbind() {
    connector.close();
  }

  /// Begins to answer.
  public void start() throws IOException {
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("The HTTP listener did not start: " + e.getMessage(), e);
    }
  }

  /// Stops accepting, says goodbye to everybody within the time, and ends.
  public void drainAndStop(Duration patience) throws IOException {
    try {
      serviceSockets.drain();
      sockets.drain(patience);
      server.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("The HTTP listener did not stop: " + e.getMessage(), e);
    }
  }
}
