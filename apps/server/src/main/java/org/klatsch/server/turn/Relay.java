package org.klatsch.server.turn;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.CoreListener;
import org.klatsch.net.EventLoop;
import org.klatsch.net.IcePorts;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.net.LoopOptions;
import org.klatsch.net.NetworkDriver;
import org.klatsch.net.PacketKind;
import org.klatsch.net.PortRange;
import org.klatsch.net.SharedPort;
import org.klatsch.net.UdpPort;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.Work;
import org.klatsch.server.tls.ServerKeys;
import org.klatsch.stun.StunCredential;
import org.klatsch.turn.server.PeerPolicy;
import org.klatsch.turn.server.RelayPorts;
import org.klatsch.turn.server.TurnServer;
import org.klatsch.turn.server.TurnServerCounters;
import org.klatsch.turn.server.TurnServerEvent;
import org.klatsch.turn.server.TurnServerOptions;
import org.klatsch.turn.server.TurnUsers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A TURN server, which is a STUN server too, on one UDP port number, with DTLS beside plain UDP
/// where there is a certificate, and on the TCP port of that number or on connections that others
/// accept. It has an event loop of its own. Thread-safe.
public final class Relay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  /// A free UDP port whose TCP port is taken is given back for another one.
  private static final int BIND_ATTEMPTS = 20;

  /// No connectivity check names it: the characters of RFC 8839 §5.4 are letters, digits, + and /.
  private static final String FRAGMENT = "=turn";

  /// Null on a port of others, whose loop it then shares.
  private final @Nullable NetworkDriver network;

  private final EventLoop loop;
  private final TurnServer core;
  private final DtlsTurnServer secured;
  private final CoreDriver<TurnServerEvent> driver;
  private final RelayStreams streams;
  private final RelayTcp connections;
  private final @Nullable String secret;
  private final List<TransportAddress> locals = new CopyOnWriteArrayList<>();
  private volatile TurnServerCounters last;
  private volatile StreamCounters lastOfStreams = new StreamCounters(0, 0, 0, 0);
  private final CountDownLatch idle = new CountDownLatch(1);
  private @Nullable StreamListener listener;

  /// On the loop.
  private boolean draining;

  /// Numbers of clients on TCP, TLS and DTLS.
  ///
  /// @param open that there are now on TCP and TLS
  /// @param associations that there are now of DTLS
  /// @param refused for a limit
  /// @param dropped messages: as their clients read slowly, or that were not protected as their
  ///   client's are
  public record StreamCounters(int open, int associations, long refused, long dropped) {}

  private Relay(
      String host,
      int port,
      RelaySettings settings,
      @Nullable KeyStore keys,
      @Nullable SharedPort shared)
      throws IOException {
    Set<TransportAddress> own = ownAddresses();
    PeerPolicy policy =
        new PeerPolicy(
            settings.allowedPeers(),
            address -> IcePorts.contains(address) && (shared != null || !locals.contains(address)));
    policy.ownHosts(own);
    Sockets sockets = new Sockets();
    secret = settings.secret();
    core =
        new TurnServer(
            TurnServerOptions.DEFAULT
                .withRealm(settings.realm())
                .withRelay(List.of(), settings.firstPort(), settings.lastPort()),
            new TurnUsers(settings.realm(), settings.users(), secret),
            policy,
            sockets,
            new SecureRandom());
    last = core.counters();
    network =
        shared == null ? new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build()) : null;
    loop = network == null ? Objects.requireNonNull(shared).nextLoop() : network.nextLoop();
    secured = new DtlsTurnServer(core, StreamLimits.DEFAULT, new SecureRandom(), new LoopWorker());
    driver = loop.attach(secured, new Listener());
    sockets.driver = driver;
    streams = new RelayStreams(core, loop, driver, StreamLimits.DEFAULT);
    connections = new RelayTcp(core, loop, streams);
    core.tcp(connections);
    keys(keys);
    TransportAddress alternate = settings.alternate();
    try {
      if (shared == null) {
        listen(host, port, own);
      } else {
        join(shared, host, alternate);
      }
      if (alternate != null) {
        listenAt(alternate);
      }
    } catch (IOException | RuntimeException e) {
      if (network != null) {
        network.close();
      }
      throw e;
    }
    driver.execute(() -> core.wallClock(loop.now(), Instant.now()));
  }

  /// Starts a server.
  ///
  /// @param host the address to listen on; a wildcard means every address of this machine
  /// @param port 0 takes a free one
  /// @throws BindException when the port is taken
  public static Relay start(String host, int port, RelaySettings settings) throws IOException {
    return new Relay(host, port, settings, null, null);
  }

  /// The same with DTLS beside plain UDP.
  ///
  /// @param keys a store of [ServerKeys]
  public static Relay start(String host, int port, RelaySettings settings, @Nullable KeyStore keys)
      throws IOException {
    return new Relay(host, port, settings, keys, null);
  }

  /// Starts a server on a port that sessions use too: what comes there for a server is its own.
  ///
  /// @param host at which of the port's addresses; a wildcard means all
  public static Relay start(
      SharedPort port, String host, RelaySettings settings, @Nullable KeyStore keys)
      throws IOException {
    return new Relay(host, port.port(), settings, keys, port);
  }

  /// Starts a server that listens on the TCP port of the same number too.
  ///
  /// @throws BindException when one of the ports is taken
  public static Relay startWithTcp(String host, int port, RelaySettings settings)
      throws IOException {
    return listening(host, port, settings, null);
  }

  /// The same, with TLS beside plain TCP on that port, and DTLS beside plain UDP.
  ///
  /// @param certificate PEM file with the certificate chain, the server's own first
  /// @param key PEM file with the private key in PKCS#8
  public static Relay startWithTls(
      String host, int port, RelaySettings settings, Path certificate, Path key)
      throws IOException {
    return listening(host, port, settings, ServerKeys.fromFiles(certificate, key));
  }

  private static Relay listening(
      String host, int port, RelaySettings settings, @Nullable KeyStore keys) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Relay relay = new Relay(host, port, settings, keys, null);
      try {
        relay.listener = new StreamListener(relay, host, relay.port(), keys, StreamLimits.DEFAULT);
        return relay;
      } catch (IOException | RuntimeException e) {
        relay.close();
        if (port != 0 || attempt == BIND_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static Set<TransportAddress> ownAddresses() throws IOException {
    Set<TransportAddress> own = new HashSet<>();
    for (LocalAddress each : LocalInterfaces.list(InterfaceFilter.DEFAULT.withLoopback(true))) {
      own.add(each.address());
    }
    return own;
  }

  private void listen(String host, int port, Set<TransportAddress> own) throws IOException {
    TransportAddress wanted = TransportAddress.of(InetAddress.getByName(host).getAddress(), 0);
    int number = port;
    for (TransportAddress address : wanted.isAnyLocal() ? own : Set.of(wanted)) {
      // A socket per address, as answers have to leave from where the question came to.
      if (!wanted.isAnyLocal() || !address.isLinkLocal() && (wanted.isIpv6() || address.isIpv4())) {
        PortRange range = number == 0 ? PortRange.EPHEMERAL : PortRange.of(number);
        TransportAddress bound = open(address, range);
        locals.add(bound);
        number = bound.port();
      }
    }
    if (locals.isEmpty()) {
      throw new IOException("this machine has no address to listen on");
    }
  }

  /// Opens both ports of both addresses, RFC 5780 §6.
  private void listenAt(TransportAddress alternate) throws IOException {
    for (TransportAddress primary : List.copyOf(locals)) {
      if (primary.family() == alternate.family() && !primary.hasSameHost(alternate)) {
        for (TransportAddress each :
            List.of(
                primary.withPort(alternate.port()),
                alternate.withPort(primary.port()),
                alternate)) {
          if (!locals.contains(each)) {
            locals.add(open(each, PortRange.of(each.port())));
          }
        }
        driver.execute(() -> core.alternate(primary, alternate));
        return;
      }
    }
    throw new IOException(
        alternate + " differs from no address listened on in host and port, not in family");
  }

  private void join(SharedPort port, String host, @Nullable TransportAddress alternate)
      throws IOException {
    TransportAddress wanted = TransportAddress.of(InetAddress.getByName(host).getAddress(), 0);
    for (TransportAddress local : port.locals()) {
      if (wanted.isAnyLocal() || local.withPort(0).equals(wanted)) {
        locals.add(local);
      }
    }
    if (locals.isEmpty()) {
      throw new IOException("the port is not open on " + host);
    }
    for (TransportAddress local : port.locals()) {
      if (alternate != null && local.hasSameHost(alternate) && !locals.contains(local)) {
        locals.add(local);
      }
    }
    loop.call(() -> {
      driver.join(port, FRAGMENT);
      locals.forEach(secured::listen);
      port.route(PacketKind.STUN, driver, locals);
      port.route(PacketKind.TURN_CHANNEL, driver, locals);
      // Of those whose connectivity checks nobody here has answered.
      port.route(PacketKind.DTLS, driver, locals);
      return true;
    });
  }

  private TransportAddress open(TransportAddress address, PortRange range) throws IOException {
    try {
      return loop.call(() -> {
        TransportAddress bound = driver.open(address, range).local();
        secured.listen(bound);
        return bound;
      });
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw e;
    }
  }

  /// Takes a connection of TCP or TLS that somebody else has accepted.
  RelayStream accept(StreamWire wire, TransportAddress local, TransportAddress remote) {
    return streams.accept(wire, local, remote);
  }

  /// Shows another certificate to clients that come over DTLS from now on; null: none of them is
  /// served any more.
  public void keys(@Nullable KeyStore keys) {
    DtlsCertificate certificate = keys == null ? null : ServerKeys.forDtls(keys);
    driver.execute(() -> secured.certificate(certificate));
  }

  /// What was counted of clients on TCP, TLS and DTLS.
  public StreamCounters streamCounters() {
    try {
      lastOfStreams =
          loop.call(() ->
              new StreamCounters(
                  streams.count(),
                  secured.size(),
                  streams.refused() + secured.refused(),
                  streams.dropped() + secured.dropped()));
    } catch (RuntimeException closed) {
      LOG.debug("no counters of a closed relay", closed);
    }
    return lastOfStreams;
  }

  /// The UDP port number.
  public int port() {
    return locals.getFirst().port();
  }

  /// The addresses listened on.
  public List<TransportAddress> locals() {
    return List.copyOf(locals);
  }

  /// A name and a password for `lifetime`, made with the secret.
  ///
  /// @param user who it is for
  public StunCredential.LongTerm credential(String user, Duration lifetime) {
    String shared = secret;
    if (shared == null) {
      throw new IllegalStateException("there is no secret to make credentials with");
    }
    return TurnUsers.temporary(shared, user, Instant.now(), lifetime);
  }

  /// What the server counted up to now.
  public TurnServerCounters counters() {
    try {
      last = loop.call(core::counters);
    } catch (RuntimeException closed) {
      // The last ones stand.
      LOG.debug("no counters of a closed relay", closed);
    }
    return last;
  }

  /// Makes no new allocations any more; those that there are go on.
  public void drain() {
    execute(() -> {
      core.drain();
      draining = true;
      noteIdle();
    });
  }

  /// Waits after [#drain] until the last allocation has ended.
  ///
  /// @param limit how long at most
  /// @return whether it has
  public boolean awaitIdle(Duration limit) throws InterruptedException {
    return idle.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void noteIdle() {
    if (draining && core.counters().allocations() == 0) {
      idle.countDown();
    }
  }

  /// Runs a task on the loop, if that still runs.
  private void execute(Runnable task) {
    try {
      driver.execute(task);
    } catch (RejectedExecutionException closed) {
      idle.countDown();
    }
  }

  /// Ends all allocations and closes the ports.
  @Override
  public void close() {
    StreamListener tcp = listener;
    if (tcp != null) {
      try {
        tcp.close();
      } catch (IOException e) {
        LOG.debug("while closing", e);
      }
    }
    driver.execute(() -> {
      core.close();
      secured.close(loop.now());
      connections.close();
      streams.close();
    });
    driver.close();
    if (network != null) {
      network.close();
    }
  }

  /// Opens relay ports; on the loop.
  private static final class Sockets implements RelayPorts {
    private final Map<TransportAddress, UdpPort> open = new HashMap<>();
    private @Nullable CoreDriver<TurnServerEvent> driver;

    @Override
    public boolean open(TransportAddress address) {
      CoreDriver<TurnServerEvent> sockets = driver;
      if (sockets == null) {
        return false;
      }
      try {
        open.put(address, sockets.open(address, PortRange.of(address.port())));
        return true;
      } catch (IOException e) {
        LOG.debug("relay port {}", address, e);
        return false;
      }
    }

    @Override
    public void close(TransportAddress address) {
      UdpPort port = open.remove(address);
      CoreDriver<TurnServerEvent> sockets = driver;
      if (port != null && sockets != null) {
        sockets.close(port);
      }
    }
  }

  /// Runs the cryptography of handshakes on the network's threads for it.
  private final class LoopWorker implements DtlsTurnServer.Worker {
    @Override
    public void perform(Work work, LongConsumer done) {
      driver.perform(work, () -> done.accept(loop.now()));
    }
  }

  private final class Listener implements CoreListener<TurnServerEvent> {
    @Override
    public void event(TurnServerEvent event) {
      streams.handle(event);
      switch (event) {
        case TurnServerEvent.Allocated made ->
            LOG.debug("{} relays for {}", made.relayed(), made.client());
        case TurnServerEvent.Released ended -> {
          LOG.debug(
              "{} ended for {}, {} bytes out, {} in",
              ended.relayed(),
              ended.client(),
              ended.bytesToPeers(),
              ended.bytesToClient());
          noteIdle();
        }
        case TurnServerEvent.StreamOutput _ -> {
          // The streams have taken it.
        }
      }
    }

    @Override
    public void suspended(Duration gap) {
      core.wallClock(loop.now(), Instant.now());
    }
  }
}
