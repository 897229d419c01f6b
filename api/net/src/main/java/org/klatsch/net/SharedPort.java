package org.klatsch.net;

import java.io.IOException;
import java.net.BindException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.TransportAddress;

/// One UDP port number, on one or more local addresses, for any number of cores. Made by
/// [NetworkDriver#openSharedPort]; cores join with [CoreDriver#join].
///
/// A datagram goes to the core that owns its pair of addresses. A pair is owned by the first core
/// that sends to it, until that core is detached; a second core is refused
/// ([CoreListener#pairRefused]), so two one-port processes can still hold many connections. Of an
/// unknown pair, a connectivity check goes to the core that announced the username fragment in it
/// (RFC 8445 §7.2.2). Everything else goes to the core set by [#route] for its kind (RFC 7983 §7),
/// such as a TURN server, or is counted and dropped. Such a core owns no pairs: a browser asks the
/// STUN and TURN server from the very port that it sends its media from.
///
/// With `SO_REUSEPORT` each loop has sockets of its own, and the system spreads the peers over
/// them; a packet for a core of another loop is copied to it. Thread-safe, except where noted.
public final class SharedPort implements AutoCloseable {
  private static final int PORT_ATTEMPTS = 16;

  private final List<EventLoop> loops;
  private final SharedPortOptions options;
  private final ArrayList<SharedAddress> addresses = new ArrayList<>();
  private final CopyOnWriteArrayList<StreamListener> listeners = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<TransportAddress> streamLocals = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<String, CoreDriver<?>> ufrags = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<CoreDriver<?>, List<String>> announced =
      new ConcurrentHashMap<>();

  /// Who takes a kind of packets, and at which of the local addresses.
  private record Route(CoreDriver<?> driver, Set<TransportAddress> locals) {}

  /// Replaced as a whole: read by every loop for each unknown packet.
  private volatile Map<PacketKind, Route> kinds = Map.of();

  private volatile Set<CoreDriver<?>> routed = Set.of();

  private final AtomicInteger nextLoop = new AtomicInteger();
  final AtomicInteger pairs = new AtomicInteger();
  final LongAdder routedByPair = new LongAdder();
  final LongAdder routedByUfrag = new LongAdder();
  final LongAdder routedByKind = new LongAdder();
  final LongAdder unroutable = new LongAdder();
  final LongAdder conflicts = new LongAdder();
  final LongAdder refusedPairs = new LongAdder();
  final LongAdder answered = new LongAdder();
  final LongAdder answersLimited = new LongAdder();

  private volatile List<TransportAddress> icePorts = List.of();

  private SharedPort(List<EventLoop> loops, SharedPortOptions options) {
    this.loops = loops;
    this.options = options;
  }

  static SharedPort open(
      List<EventLoop> allLoops, List<TransportAddress> locals, int port, SharedPortOptions options)
      throws IOException {
    if (locals.isEmpty()) {
      throw new IllegalArgumentException("a shared port needs at least one local address");
    }
    for (TransportAddress local : locals) {
      if (local.isAnyLocal()) {
        throw new IllegalArgumentException(
            "a shared port needs addresses of this machine, not " + local.host());
      }
    }
    boolean reuse = options.reusePort() && allLoops.size() > 1 && allLoops.get(0).canReusePort();
    List<EventLoop> loops = reuse ? allLoops : List.of(allLoops.get(0));
    for (int attempt = 1; ; attempt++) {
      SharedPort shared = new SharedPort(loops, options);
      try {
        shared.bind(locals, port, reuse);
        shared.icePorts = shared.locals();
        shared.icePorts.forEach(IcePorts::opened);
        return shared;
      } catch (IOException e) {
        shared.close();
        // The system chose a number for the first address that another address does not have free.
        if (port != 0 || !(e instanceof BindException) || attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void bind(List<TransportAddress> locals, int port, boolean reuse) throws IOException {
    int number = port;
    for (TransportAddress local : locals) {
      TransportAddress wanted = local.withPort(number);
      if (reuse) {
        // SO_REUSEPORT would share the port with another process of this user without a word:
        // a socket without it tells whether the port is free.
        wanted = loops.get(0).probe(wanted);
      }
      SharedAddress address = new SharedAddress(this, wanted);
      addresses.add(address);
      for (EventLoop loop : loops) {
        address.open(loop, reuse);
      }
      number = address.local().port();
    }
  }

  /// The local addresses, all with the same port number.
  public List<TransportAddress> locals() {
    return addresses.stream().map(SharedAddress::local).toList();
  }

  /// The port number.
  public int port() {
    return addresses.get(0).local().port();
  }

  /// Listens for connections of ICE-TCP too, on the same addresses. A connection goes to the core
  /// that announced the username fragment in its first check.
  ///
  /// @param port 0 for any free one on each address
  public void listen(int port) throws IOException {
    for (SharedAddress address : addresses) {
      StreamListener listener = new StreamListener(address.local().withPort(port), this::accepted);
      listeners.add(listener);
      streamLocals.add(listener.local());
    }
  }

  /// Tells cores that join from now on of TCP addresses where somebody else listens, a web server
  /// for example, who gives connections that begin as [StreamStart#ICE] to [#accept].
  public void acceptsAt(List<TransportAddress> locals) {
    for (TransportAddress local : locals) {
      streamLocals.add(local.withProtocol(TransportAddress.Protocol.TCP));
    }
  }

  /// Takes a connection that somebody else accepted.
  ///
  /// @param start what was read of it: at least the first frame
  /// @return false when nobody here knows it; the socket is not closed then
  public boolean accept(Socket socket, byte[] start) {
    TransportAddress local =
        SocketAddresses.of(socket.getLocalAddress(), socket.getLocalPort())
            .withProtocol(TransportAddress.Protocol.TCP);
    return accept(local, socket, start);
  }

  /// Takes a connection that somebody else accepted and goes on to carry, one that is not a socket
  /// for example.
  ///
  /// @param start what was read of it: at least the first frame
  /// @return the core that it is for, null when nobody here knows it
  public @Nullable CoreDriver<?> ownerOf(byte[] start) {
    String ufrag =
        start.length >= 2 && StunRouting.isBindingRequest(start, 2, start.length - 2)
            ? StunRouting.localUfrag(start, 2, start.length - 2)
            : null;
    CoreDriver<?> driver = ufrag == null ? null : byUfrag(ufrag);
    if (driver == null) {
      unroutable.increment();
    } else {
      routedByUfrag.increment();
    }
    return driver;
  }

  private void accepted(TransportAddress local, StreamListener.Connection connection) {
    if (!accept(local, connection.socket(), connection.start())) {
      StreamListener.closeQuietly(connection.socket());
    }
  }

  private boolean accept(TransportAddress local, Socket socket, byte[] start) {
    CoreDriver<?> driver = ownerOf(start);
    if (driver == null) {
      return false;
    }
    driver.accept(local, socket, start);
    return true;
  }

  /// The TCP addresses where cores of this port are reached.
  public List<TransportAddress> streamLocals() {
    return List.copyOf(streamLocals);
  }

  /// A loop whose cores may join: each in turn.
  public EventLoop nextLoop() {
    return loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
  }

  /// The loops whose cores may join.
  public List<EventLoop> loops() {
    return loops;
  }

  /// Sends datagrams of `kind` that belong to no pair and to no announced fragment to one core,
  /// which may answer from this port; null takes that back. Of STUN, also what only a server is
  /// sent: everything but connectivity checks and answers.
  ///
  /// @param driver already joined, with any fragment
  public void route(PacketKind kind, @Nullable CoreDriver<?> driver) {
    route(kind, driver, locals());
  }

  /// The same for packets that come to some of the local addresses.
  public synchronized void route(
      PacketKind kind, @Nullable CoreDriver<?> driver, Collection<TransportAddress> locals) {
    EnumMap<PacketKind, Route> changed = new EnumMap<>(PacketKind.class);
    changed.putAll(kinds);
    if (driver == null) {
      changed.remove(kind);
    } else {
      changed.put(kind, new Route(driver, Set.copyOf(locals)));
    }
    kinds = changed;
    routed = changed.values().stream().map(Route::driver).collect(Collectors.toUnmodifiableSet());
  }

  /// Whether a core takes what belongs to nobody, and so owns no pairs.
  boolean isRouted(CoreDriver<?> driver) {
    return routed.contains(driver);
  }

  /// What the port counted.
  public SharedPortCounters counters() {
    return new SharedPortCounters(
        routedByPair.sum(),
        routedByUfrag.sum(),
        routedByKind.sum(),
        unroutable.sum(),
        conflicts.sum(),
        refusedPairs.sum(),
        answered.sum(),
        answersLimited.sum(),
        pairs.get(),
        ufrags.size());
  }

  /// Closes the sockets. Cores that joined stay attached, with one way less to send.
  @Override
  public void close() {
    listeners.forEach(StreamListener::close);
    icePorts.forEach(IcePorts::closed);
    for (SharedAddress address : addresses) {
      for (EventLoop loop : loops) {
        try {
          loop.call(() -> {
            address.close(loop);
            return true;
          });
        } catch (RejectedExecutionException closed) {
          // A loop that ends closes all its ports.
        }
      }
    }
    ufrags.clear();
    announced.clear();
    kinds = Map.of();
    routed = Set.of();
  }

  SharedPortOptions options() {
    return options;
  }

  List<SharedAddress> addresses() {
    return addresses;
  }

  @Nullable CoreDriver<?> byUfrag(String ufrag) {
    return ufrags.get(ufrag);
  }

  @Nullable CoreDriver<?> byKind(PacketKind kind, TransportAddress local) {
    Route route = kinds.get(kind);
    return route != null && route.locals().contains(local) ? route.driver() : null;
  }

  void announce(String ufrag, CoreDriver<?> driver) {
    if (!loops.contains(driver.loop())) {
      throw new IllegalArgumentException(
          "the core lives on "
              + driver.loop().name()
              + ", the port on "
              + loops.size()
              + " loop(s): use nextLoop()");
    }
    if (ufrags.size() >= options.maxUfrags()) {
      throw new IllegalStateException("maxUfrags " + options.maxUfrags() + " reached");
    }
    CoreDriver<?> other = ufrags.putIfAbsent(ufrag, driver);
    if (other != null && other != driver) {
      throw new IllegalArgumentException("username fragment \"" + ufrag + "\" is already taken");
    }
    announced.computeIfAbsent(driver, key -> new ArrayList<>(2)).add(ufrag);
  }

  void retract(String ufrag, CoreDriver<?> driver) {
    ufrags.remove(ufrag, driver);
  }

  /// Forgets a core; its loop's thread.
  void leave(CoreDriver<?> driver) {
    List<String> fragments = announced.remove(driver);
    if (fragments != null) {
      fragments.forEach(fragment -> ufrags.remove(fragment, driver));
    }
    for (SharedAddress address : addresses) {
      address.release(driver);
    }
    if (isRouted(driver)) {
      for (PacketKind kind : PacketKind.values()) {
        Route route = kinds.get(kind);
        if (route != null && route.driver() == driver) {
          route(kind, null);
        }
      }
    }
  }
}
