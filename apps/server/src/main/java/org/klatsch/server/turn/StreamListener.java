package org.klatsch.server.turn;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.security.KeyStore;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.tls.ServerKeys;

/// A TCP port for TURN alone, plain and, with a certificate, in TLS too: the first bytes tell.
final class StreamListener implements AutoCloseable {
  /// Selectors, the acceptor and a reserve.
  private static final int PLATFORM_THREADS = 8;

  private final Server server;
  private final ServerConnector connector;

  StreamListener(Relay relay, String host, int port, @Nullable KeyStore keys, StreamLimits limits)
      throws IOException {
    var threads = new QueuedThreadPool(PLATFORM_THREADS, 4);
    threads.setName("klatsch-turn");
    threads.setDaemon(true);
    server = new Server(threads);
    var plain = new TurnConnectionFactory();
    plain.relay(relay);
    if (keys == null) {
      connector = new ServerConnector(server, 1, 1, plain);
    } else {
      var secured = new TurnConnectionFactory();
      secured.relay(relay);
      var tls = new SslConnectionFactory(tls(keys), secured.getProtocol());
      connector =
          new ServerConnector(server, 1, 1, new DetectorConnectionFactory(tls, plain), secured);
    }
    connector.setHost(host);
    connector.setIdleTimeout(limits.patience().toMillis());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(limits.streams(), connector));
    bind(host, port);
  }

  /// TLS as the web page has it.
  static SslContextFactory.Server tls(KeyStore keys) {
    var tls = new SslContextFactory.Server();
    tls.setKeyStore(keys);
    tls.setKeyStorePassword(ServerKeys.PASSWORD);
    tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    tls.setSniRequired(false);
    return tls;
  }

  private void bind(String host, int port) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, connector.getReuseAddress());
      channel.bind(new InetSocketAddress(host, port), connector.getAcceptQueueSize());
      connector.open(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    } catch (UnresolvedAddressException e) {
      channel.close();
      throw new IOException("The host " + host + " is unknown", e);
    }
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("The TCP listener did not start: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("The TCP listener did not stop: " + e.getMessage(), e);
    }
  }
}
