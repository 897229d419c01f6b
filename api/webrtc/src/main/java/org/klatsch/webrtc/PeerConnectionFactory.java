package org.klatsch.webrtc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.AddressPolicy;
import org.klatsch.net.EventLoop;
import org.klatsch.net.HostResolver;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LoopOptions;
import org.klatsch.net.MdnsPublisher;
import org.klatsch.net.MdnsResolver;
import org.klatsch.net.NetworkDriver;
import org.klatsch.net.NetworkMonitor;
import org.klatsch.net.SharedPort;
import org.klatsch.net.StreamDialer;
import org.klatsch.sansio.TransportAddress;

/// Makes connections that share event loops and options. Thread-safe. Programs that are content
/// with the defaults need none: `new RTCPeerConnection()` uses [#shared()].
public final class PeerConnectionFactory implements AutoCloseable {
  /// Certificates made ahead, so that a connection need not wait for its own: enough for both ends
  /// of a connection within one program, and one more for the next.
  private static final int SPARE_CERTIFICATES = 3;

  private static final Cleaner CLEANER =
      Cleaner.create(task -> Thread.ofPlatform().daemon().name("klatsch-cleaner").unstarted(task));

  /// Made on first use, never closed: its threads are daemons.
  private static final class Shared {
    static final PeerConnectionFactory FACTORY =
        new PeerConnectionFactory(PeerConnectionOptions.DEFAULT);
  }

  /// Numbers of connections.
  ///
  /// @param created by the constructor
  /// @param live with a session: set up and neither closed nor abandoned
  /// @param abandoned never closed and no longer referred to by anyone
  public record Counters(long created, long live, long abandoned) {}

  private final PeerConnectionOptions options;
  private final NetworkDriver network;
  private final boolean ownsNetwork;
  private final ConcurrentLinkedQueue<RTCCertificate> spare = new ConcurrentLinkedQueue<>();
  private final AtomicInteger spareCount = new AtomicInteger();
  private final AtomicBoolean makingSpares = new AtomicBoolean();
  private final AtomicLong created = new AtomicLong();
  private final Set<Tether> liveConnections = ConcurrentHashMap.newKeySet();
  private final HostResolver resolver = new HostResolver();
  private volatile @Nullable NetworkMonitor monitor;
  private volatile @Nullable MdnsResolver mdns;
  private final AddressPolicy policy;
  private final MdnsPublisher names;
  private final AtomicLong abandoned = new AtomicLong();

  /// A factory with event loops of its own, one per core.
  public PeerConnectionFactory(PeerConnectionOptions options) {
    this(options, new NetworkDriver(LoopOptions.DEFAULT), true);
  }

  /// A factory on event loops that others use too; closing it leaves them running.
  public PeerConnectionFactory(PeerConnectionOptions options, NetworkDriver network) {
    this(options, network, false);
  }

  private PeerConnectionFactory(
      PeerConnectionOptions options, NetworkDriver network, boolean ownsNetwork) {
    this.options = onInterface(options);
    this.network = network;
    this.ownsNetwork = ownsNetwork;
    this.policy = new AddressPolicy(options.ipHandling(), options.interfaces());
    this.names = new MdnsPublisher(policy);
  }

  /// Has direct connections over TCP keep to the interface, as packets do; where to leave for a
  /// proxy is the system's choice.
  private static PeerConnectionOptions onInterface(PeerConnectionOptions options) {
    boolean free =
        options.ipHandling().usesAllInterfaces()
            || options.sharedPort() != null
            || !options.streams().dialer().equals(StreamDialer.DIRECT);
    return free
        ? options
        : options.withStreams(options.streams().withDialer(StreamDialer.ON_INTERFACE));
  }

  /// The factory that `new RTCPeerConnection()` uses.
  public static PeerConnectionFactory shared() {
    Disabled.check();
    return Shared.FACTORY;
  }

  /// Turns WebRTC off in this process: from now on making a connection fails with
  /// NotSupportedError. Connections that exist are closed.
  public static void disable() {
    Disabled.set(true);
    LiveConnections.closeAll();
  }

  /// Takes [#disable()] back.
  public static void enable() {
    Disabled.set(false);
  }

  /// Why no connection can be made in this process: it is switched off by [#disable()], by the
  /// system property `klatsch.disabled` or the environment variable `KLATSCH_DISABLED`. Null when
  /// it is not.
  public static @Nullable String disabledReason() {
    return Disabled.reason();
  }

  public PeerConnectionOptions options() {
    return options;
  }

  /// The event loops, for opening a shared port.
  public NetworkDriver network() {
    return network;
  }

  /// A connection without ICE servers.
  public RTCPeerConnection createPeerConnection() {
    return createPeerConnection(new RTCConfiguration());
  }

  /// @throws DOMException as the constructor of [RTCPeerConnection]
  public RTCPeerConnection createPeerConnection(RTCConfiguration configuration) {
    return new RTCPeerConnection(configuration, this);
  }

  public Counters counters() {
    return new Counters(created.get(), liveConnections.size(), abandoned.get());
  }

  /// The local addresses that connections may use, as [PeerConnectionOptions] says.
  List<LocalAddress> localAddresses() {
    NetworkMonitor current = monitor;
    if (current == null) {
      synchronized (this) {
        current = monitor;
        if (current == null) {
          try {
            current = new NetworkMonitor(policy, NetworkMonitor.DEFAULT_INTERVAL);
          } catch (IOException e) {
            throw new UncheckedIOException("the addresses of this machine are not known", e);
          }
          current.onChange(this::addressesChanged);
          monitor = current;
        }
      }
    }
    return current.addresses();
  }

  /// Has connections follow the addresses of this machine.
  void addressesChanged(List<LocalAddress> addresses) {
    liveConnections.forEach(connection -> connection.addressesChanged(addresses));
  }

  /// Looks a host up for a STUN server.
  CompletableFuture<List<TransportAddress>> resolve(String host, int port) {
    return resolver.resolve(host, port);
  }

  EventLoop nextLoop() {
    SharedPort port = options.sharedPort();
    return port != null ? port.nextLoop() : network.nextLoop();
  }

  /// Gives a certificate, at once when one is at hand. Each is given once: connections that shared
  /// one could be linked by its fingerprint.
  void certificate(Consumer<RTCCertificate> ready) {
    RTCCertificate made = spare.poll();
    if (made != null) {
      spareCount.decrementAndGet();
      ready.accept(made);
      makeSpares();
      return;
    }
    Thread.ofVirtual()
        .name("klatsch-certificate")
        .start(() -> {
          ready.accept(RTCCertificate.generate());
          makeSpares();
        });
  }

  /// Fills the store on one thread, whoever asks for it.
  private void makeSpares() {
    if (spareCount.get() < SPARE_CERTIFICATES && makingSpares.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("klatsch-certificate")
          .start(() -> {
            try {
              while (spareCount.get() < SPARE_CERTIFICATES) {
                spare.add(RTCCertificate.generate());
                spareCount.incrementAndGet();
              }
            } finally {
              makingSpares.set(false);
            }
          });
    }
  }

  /// Looks a `.local` name up; the result is null when nobody knows it.
  CompletableFuture<@Nullable TransportAddress> resolveMdns(String name) {
    MdnsResolver current = mdns;
    if (current == null) {
      synchronized (this) {
        current = mdns;
        if (current == null) {
          current = new MdnsResolver(network.loops().getFirst(), policy, resolver);
          mdns = current;
        }
      }
    }
    return current.resolve(name);
  }

  /// The names of multicast DNS that stand for this machine's addresses.
  MdnsPublisher names() {
    return names;
  }

  void created(RTCPeerConnection connection, Tether tether) {
    created.incrementAndGet();
    CLEANER.register(connection, tether::ownerCollected);
  }

  void started(Tether connection) {
    liveConnections.add(connection);
  }

  void ended(Tether connection) {
    liveConnections.remove(connection);
  }

  void abandoned() {
    abandoned.incrementAndGet();
  }

  /// Ends the factory's threads: the watch over the machine's addresses, and the loops if it made
  /// them, and with them its connections.
  @Override
  public void close() {
    NetworkMonitor current = monitor;
    if (current != null) {
      current.close();
    }
    MdnsResolver resolving = mdns;
    if (resolving != null) {
      resolving.close();
    }
    names.close();
    if (ownsNetwork) {
      network.close();
    }
  }
}
