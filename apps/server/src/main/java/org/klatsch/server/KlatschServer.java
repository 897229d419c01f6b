package org.klatsch.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.SharedPort;
import org.klatsch.server.api.CallSource;
import org.klatsch.server.http.HttpListener;
import org.klatsch.server.http.Inspection;
import org.klatsch.server.http.Metrics;
import org.klatsch.server.http.SignalSockets;
import org.klatsch.server.media.MediaOptions;
import org.klatsch.server.media.MediaServer;
import org.klatsch.server.rooms.Directory;
import org.klatsch.server.rooms.IceServerEntry;
import org.klatsch.server.sockets.SocketService;
import org.klatsch.server.tls.ServerKeys;
import org.klatsch.server.turn.Relay;
import org.klatsch.server.turn.RelaySettings;
import org.klatsch.server.whip.StreamAccess;
import org.klatsch.server.whip.StreamHandler;
import org.klatsch.server.whip.StreamLimits;
import org.klatsch.server.whip.Streams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server of rooms and transfers: web page, signalling, health and metrics.
///
/// ```java
/// try (var server = KlatschServer.start(ServerOptions.of(0, dataDirectory))) {
///   System.out.println(server.ready().url());
/// }
/// ```
public final class KlatschServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KlatschServer.class);

  private static final int BIND_ATTEMPTS = 20;

  /// How long a member may make new connections over the relay; those made go on.
  private static final Duration RELAY_CREDENTIAL = Duration.ofHours(24);

  private final ServerOptions options;
  private final DataDirectory data;
  private final HttpListener http;
  private final MediaServer media;
  private final Relay relay;
  private final Inspection inspection;
  private final Service service;
  private final SignalSockets sockets;
  private final @Nullable CertificateWatch certificate;
  private final Housekeeping housekeeping;
  private final ReadyInformation ready;
  private final AtomicBoolean closed = new AtomicBoolean();

  private record Ports(int http, MediaServer media, Relay relay) {}

  private KlatschServer(ServerOptions options, DataDirectory data, List<SocketService> services)
      throws IOException {
    this.options = options;
    this.data = data;
    var random = new SecureRandom();
    @Nullable KeyStore keys =
        switch (options.tls()) {
          case TlsOptions.Off _ -> null;
          case TlsOptions.SelfSigned _ ->
              ServerKeys.selfSigned(data.path(), options.host(), Instant.now(), random);
          case TlsOptions.Files files -> ServerKeys.fromFiles(files.certificate(), files.key());
        };
    var metrics = new Metrics();
    service = new Service(options, data.path(), metrics, random);
    var directory =
        new Directory(
            options.limits(), random, random, this::memberIceServers, metrics, service.rooms());
    var sockets = new SignalSockets(directory, options.limits(), options.origins());
    this.sockets = sockets;
    inspection = new Inspection(options.adminToken(), service.admin());
    http =
        new HttpListener(
            options.host(),
            options.trustForwarded(),
            options.limits(),
            keys,
            sockets,
            metrics,
            this::iceServers,
            inspection,
            service.admin(),
            services,
            version());
    http.first(service.api(directory, sockets::now, this::openRelay, sockets::draining));
    Ports ports;
    try {
      ports = bind(keys);
    } catch (IOException | RuntimeException e) {
      service.close();
      throw e;
    }
    media = ports.media();
    relay = ports.relay();
    http.relay(relay);
    http.ice(media.port());
    // Behind a proxy this port is not the one that a client reaches.
    if (!options.trustForwarded()) {
      media.acceptsStreams(options.host(), ports.http());
    }
    http.first(
        new StreamHandler(
            new Streams(media, StreamLimits.DEFAULT),
            new StreamAccess(service::tenants, options.origins()),
            this::streamIceServers));
    directory.forwardBy(media, sockets::now);
    metrics.watch(
        directory::occupancy, sockets::queuedBytes, relay::counters, relay::streamCounters);
    ready =
        new ReadyInformation(
            url(ports.http()),
            ports.http(),
            relay.port(),
            new ReadyInformation.Admin(options.service().adminUser(), service.adminPassword()));
    certificate =
        options.tls() instanceof TlsOptions.Files files ? new CertificateWatch(files) : null;
    housekeeping =
        new Housekeeping(
            directory, sockets, options.limits().times().pingInterval(), this::everySecond);
    try {
      http.start();
    } catch (IOException | RuntimeException e) {
      relay.close();
      media.close();
      service.close();
      throw e;
    }
    housekeeping.start();
  }

  /// Starts a server, which then runs until closed.
  ///
  /// @throws IOException if a port is taken, the data directory is in use, or a certificate cannot
  ///   be read; the message says what to do
  public static KlatschServer start(ServerOptions options) throws IOException {
    return start(options, List.of());
  }

  /// Starts a server that has WebSockets of others, too.
  public static KlatschServer start(ServerOptions options, List<SocketService> services)
      throws IOException {
    DataDirectory data = DataDirectory.open(options.data());
    try {
      return new KlatschServer(options, data, services);
    } catch (IOException | RuntimeException e) {
      data.close();
      throw e;
    }
  }

  /// The version of this program.
  public static String version() {
    String version = KlatschServer.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private Relay openRelay() {
    return relay;
  }

  private void everySecond() {
    service.upkeep();
    CertificateWatch watch = certificate;
    if (watch != null && watch.look()) {
      reloadCertificate();
    }
  }

  /// Reads the files of the certificate again, for those who connect from now on. A certificate
  /// that cannot be read is no reason to stop: the one before stays.
  public void reloadCertificate() {
    if (options.tls() instanceof TlsOptions.Files files) {
      try {
        http.certificate(ServerKeys.fromFiles(files.certificate(), files.key()));
        LOG.info("the certificate {} was read again", files.certificate());
      } catch (IOException e) {
        LOG.error("the certificate stays as it was: {}", e.getMessage());
      }
    }
  }

  /// Lets the administrator see the calls of another part of the process.
  public void addCalls(CallSource calls) {
    service.calls().add(calls);
  }

  public ReadyInformation ready() {
    return ready;
  }

  /// A free TCP port is searched together with the UDP port of the same number.
  private Ports bind(@Nullable KeyStore keys) throws IOException {
    if (options.port() != 0 || options.udpPort() != ServerOptions.SAME_PORT) {
      int port = bindHttp(options.port());
      int udpPort = options.udpPort() == ServerOptions.SAME_PORT ? port : options.udpPort();
      try {
        return ports(port, udpPort, keys);
      } catch (BindException e) {
        http.unbind();
        throw inUse("UDP", udpPort, "--udp-port", e);
      }
    }
    BindException last = new BindException("no attempt");
    for (int i = 0; i < BIND_ATTEMPTS; i++) {
      int port = bindHttp(0);
      try {
        return ports(port, port, keys);
      } catch (BindException e) {
        last = e;
        http.unbind();
      }
    }
    throw inUse("UDP", 0, "--udp-port", last);
  }

  /// ICE, TURN and STUN share the UDP port, RFC 7983.
  private Ports ports(int httpPort, int udpPort, @Nullable KeyStore keys) throws IOException {
    MediaServer opened = MediaServer.start(options.host(), udpPort, MediaOptions.DEFAULT);
    try {
      return new Ports(httpPort, opened, relay(opened.port(), keys));
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /// Without a secret of the options everybody gets names made with one of this run.
  private Relay relay(SharedPort port, @Nullable KeyStore keys) throws IOException {
    RelaySettings settings = options.relay();
    if (settings.secret() == null) {
      byte[] secret = new byte[24];
      new SecureRandom().nextBytes(secret);
      settings = settings.withSecret(Base64.getEncoder().encodeToString(secret));
    }
    return Relay.start(port, options.host(), settings, keys);
  }

  private int bindHttp(int port) throws IOException {
    try {
      return http.bind(port);
    } catch (IOException e) {
      // Jetty wraps the reason.
      throw inUse("TCP", port, "--port", e);
    }
  }

  private IOException inUse(String protocol, int port, String flag, IOException cause) {
    return new IOException(
        "Cannot listen on "
            + protocol
            + " port "
            + port
            + " of "
            + options.host()
            + "; name another with "
            + flag
            + " (0 takes a free one)",
        cause);
  }

  private String url(int port) {
    String scheme = options.tls() instanceof TlsOptions.Off ? "http" : "https";
    String host = options.host();
    InetAddress address = new InetSocketAddress(host, 0).getAddress();
    if (address != null && address.isAnyLocalAddress()) {
      host = "127.0.0.1";
    }
    return scheme + "://" + bracketed(host) + ":" + port;
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /// The server's own STUN server under the name by which the client knows the server. One on the
  /// same machine sees its own addresses anyway, and a packet from them to the loopback address
  /// goes nowhere.
  private List<String> iceServers(String requestHost, String source) {
    var urls = new ArrayList<String>();
    if (!requestHost.isEmpty() && !isLoopback(source)) {
      urls.add("stun:" + bracketed(requestHost) + ":" + ready.udpPort());
    }
    urls.addAll(options.iceServers());
    return urls;
  }

  private static boolean isLoopback(String source) {
    return source.startsWith("127.") || source.equals("0000000000000000::/64");
  }

  /// The same and the server's own relay, for members: with a name of theirs.
  private List<IceServerEntry> memberIceServers(String requestHost, String source) {
    var entries = new ArrayList<IceServerEntry>();
    List<String> stun = iceServers(requestHost, source);
    if (!stun.isEmpty()) {
      entries.add(new IceServerEntry(stun, null));
    }
    if (!requestHost.isEmpty() && !isLoopback(source)) {
      entries.add(turn(requestHost, source));
    }
    return entries;
  }

  /// The server's own relay under the name by which a client knows the server.
  private IceServerEntry turn(String requestHost, String user) {
    String host = bracketed(requestHost);
    var urls = new ArrayList<String>();
    urls.add("turn:" + host + ":" + ready.udpPort() + "?transport=udp");
    // Behind a proxy this port is not the one that the client knows.
    if (!options.trustForwarded()) {
      urls.add("turn:" + host + ":" + ready.httpPort() + "?transport=tcp");
      // Browsers ask nobody whether to trust another certificate here.
      if (options.tls() instanceof TlsOptions.Files) {
        urls.add("turns:" + host + ":" + ready.httpPort() + "?transport=tcp");
      }
    }
    return new IceServerEntry(urls, relay.credential(user, RELAY_CREDENTIAL));
  }

  /// For publishers and players, which may be programs that gather on the loopback address too.
  private List<IceServerEntry> streamIceServers(String requestHost) {
    return requestHost.isEmpty() ? List.of() : List.of(turn(requestHost, "stream"));
  }

  /// The WebRTC endpoint that everything in this server shares.
  public MediaServer media() {
    return media;
  }

  /// Says goodbye to everybody and lets relayed connections go on, at most for the drain time of
  /// the options, and ends. Later calls do nothing.
  @Override
  public void close() throws IOException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    announceEnd();
    try (data;
        service;
        inspection;
        media;
        relay;
        housekeeping) {
      long end = System.nanoTime() + options.drain().toNanos();
      relay.drain();
      http.drainAndStop(options.drain());
      try {
        relay.awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void announceEnd() {
    sockets.announceEnd();
    try {
      TimeUnit.NANOSECONDS.sleep(options.service().drainNotice().toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
