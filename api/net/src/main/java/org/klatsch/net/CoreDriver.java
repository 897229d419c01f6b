package org.klatsch.net;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.net.io.SocketOptions;
import org.klatsch.peer.Session;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.StreamFraming;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.Work;

/// One core on its loop: its ports, its timer, its turns. Made by [EventLoop#attach].
///
/// Any thread may call [#loop], [#execute] and [#close]; everything else belongs to the loop's
/// thread.
///
/// @param <E> the core's event type
public final class CoreDriver<E> implements AutoCloseable {
  /// A local address that the core may send from.
  private static final class Path {
    final TransportAddress local;
    final UdpPort port;
    final @Nullable SharedAddress shared;

    /// The remote address this core is known to own at a shared port.
    @Nullable TransportAddress owned;

    Path(UdpPort port, @Nullable SharedAddress shared) {
      this.local = port.local();
      this.port = port;
      this.shared = shared;
    }
  }

  /// So many are searched faster than looked up.
  private static final int FEW_PATHS = 8;

  /// More than the TCP pairs of any check list that ends well, and a stranger's only chance to hold
  /// sockets here.
  private static final int MAX_STREAMS = 64;

  private final EventLoop loop;
  private final PacketCore<E> core;
  private final CoreListener<? super E> listener;
  private final Consumer<E> events;
  private final UdpPort.Owner received;
  private final LoopTimer timer;
  private final ArrayList<Path> paths = new ArrayList<>(4);
  private final Map<TransportAddress, Path> byLocal = new HashMap<>(8);
  private final ArrayList<SharedPort> sharedPorts = new ArrayList<>(1);
  private final ArrayList<PacketStream> streams = new ArrayList<>(1);
  private final ArrayList<StreamSource> streamSources = new ArrayList<>(1);
  private int blockedPorts;
  private boolean running;
  private boolean detaching;
  private boolean detached;

  /// Whether the loop's ready list holds it; index in the loop's list of drivers.
  boolean queued;

  int position = -1;

  CoreDriver(EventLoop loop, PacketCore<E> core, CoreListener<? super E> listener) {
    this.loop = loop;
    this.core = core;
    this.listener = listener;
    this.events = listener::event;
    this.received =
        (port, remote, ecn, buffer, offset, length) ->
            received(port.local(), remote, ecn, buffer, offset, length);
    this.timer = loop.timer(() -> loop.enqueue(this));
  }

  /// The loop this core lives on.
  public EventLoop loop() {
    return loop;
  }

  /// Runs a command of the core on the loop, then pumps the core. After [#close] it does nothing.
  public void execute(Runnable command) {
    loop.execute(() -> {
      if (!detached) {
        command.run();
        loop.enqueue(this);
      }
    });
  }

  /// Has the core pumped in this turn, after commands that were called directly.
  public void requestTurn() {
    if (!detached) {
      loop.enqueue(this);
    }
  }

  /// Opens a port of the core's own; its local address is the core's from now on.
  ///
  /// @param address the IP address to bind; its port is ignored
  /// @param ports which port numbers may be taken
  public UdpPort open(TransportAddress address, PortRange ports) throws IOException {
    checkAttached();
    if (address.isAnyLocal()) {
      throw new IllegalArgumentException(
          "a port needs one address of this machine, not " + address.host());
    }
    SocketOptions options = loop.options().socket(false);
    UdpPort port =
        ports.tryEach(number -> new UdpPort(loop, address.withPort(number), options, received));
    add(new Path(port, null));
    if (core instanceof Session) {
      IcePorts.opened(port.local());
    }
    return port;
  }

  /// Closes one of the core's own ports.
  public void close(UdpPort port) {
    if (paths.removeIf(path -> path.port == port && path.shared == null)) {
      byLocal.remove(port.local());
      IcePorts.closed(port.local());
      port.close();
    }
  }

  /// Shares a port: packets whose ICE username fragment is `localUfrag`, and all further ones of
  /// the same pair of addresses, come to this core, and it may send from the port's addresses.
  /// Several fragments may be announced, as an ICE restart needs.
  ///
  /// @return the local addresses of the port, with its number
  public List<TransportAddress> join(SharedPort port, String localUfrag) {
    checkAttached();
    port.announce(localUfrag, this);
    if (!sharedPorts.contains(port)) {
      sharedPorts.add(port);
      for (SharedAddress address : port.addresses()) {
        add(new Path(address.port(loop), address));
      }
    }
    return port.locals();
  }

  private void add(Path path) {
    paths.add(path);
    byLocal.put(path.local, path);
  }

  /// Has packets between the two addresses of a stream go over it.
  public void add(PacketStream stream) {
    checkAttached();
    streams.add(stream);
  }

  /// Closes a stream of the core.
  public void close(PacketStream stream) {
    if (streams.remove(stream)) {
      stream.close();
    }
  }

  /// A stream is gone by itself; the core hears of it.
  public void streamEnded(PacketStream stream) {
    if (streams.remove(stream) && !detached) {
      core.handleStreamClosed(loop.now(), stream.local(), stream.remote());
      loop.enqueue(this);
    }
  }

  private @Nullable PacketStream stream(
      @Nullable TransportAddress local, @Nullable TransportAddress remote) {
    for (int i = 0; i < streams.size(); i++) {
      PacketStream stream = streams.get(i);
      if (stream.local().equals(local) && stream.remote().equals(remote)) {
        return stream;
      }
    }
    return local != null && remote != null && local.isTcp() ? openStream(local, remote) : null;
  }

  private @Nullable PacketStream openStream(TransportAddress local, TransportAddress remote) {
    for (StreamSource source : streamSources) {
      if (source instanceof ActiveStreams active && active.local().equals(local)) {
        return active.open(remote);
      }
    }
    return null;
  }

  /// Lets the core open connections of ICE-TCP from an IP address of this machine: each packet that
  /// it sends from the address given back opens one, unless there is one, RFC 6544 §7.1.
  ///
  /// @param address its port is ignored
  /// @return the base of active candidates: the address with the discard port of TCP
  public TransportAddress openStreams(TransportAddress address, StreamDialer dialer) {
    checkAttached();
    ActiveStreams active = new ActiveStreams(this, address, dialer);
    streamSources.add(active);
    return active.local();
  }

  /// Listens for connections of ICE-TCP; those that begin with a connectivity check are the core's.
  ///
  /// @param address the IP address to bind; its port is ignored
  /// @param ports which port numbers may be taken
  /// @return the base of a passive candidate
  public TransportAddress listen(TransportAddress address, PortRange ports) throws IOException {
    checkAttached();
    StreamListener listener =
        ports.tryEach(number ->
            new StreamListener(
                address.withPort(number),
                (local, connection) -> accept(local, connection.socket(), connection.start())));
    streamSources.add(listener);
    return listener.local();
  }

  /// Takes over a connection of ICE-TCP that was accepted elsewhere; any thread.
  ///
  /// @param local the base of the passive candidate that it came to
  /// @param start what was read of it already
  void accept(TransportAddress local, Socket socket, byte[] start) {
    StreamFraming framing = new Rfc4571Framing();
    TransportAddress remote =
        SocketAddresses.of(socket.getInetAddress(), socket.getPort())
            .withScopeId(0)
            .withProtocol(TransportAddress.Protocol.TCP);
    StreamConnection stream = new StreamConnection(this, socket, socket, local, remote, framing);
    loop.execute(() -> {
      framing.handleBytes(start, 0, start.length);
      if (detached || streams.size() >= MAX_STREAMS) {
        stream.close();
        return;
      }
      add(stream);
      stream.start();
      stream.deliver();
    });
  }

  /// Ends what [#openStreams] or [#listen] began, with all connections from or to there.
  public void closeStreams(TransportAddress local) {
    streamSources.removeIf(source -> {
      boolean found = source.local().equals(local);
      if (found) {
        source.close();
      }
      return found;
    });
    for (PacketStream stream : List.copyOf(streams)) {
      if (stream.local().equals(local)) {
        close(stream);
      }
    }
  }

  /// Puts an open stream in the place of one that was being opened.
  void replace(PacketStream before, PacketStream stream) {
    int index = streams.indexOf(before);
    if (index >= 0) {
      streams.set(index, stream);
    }
  }

  boolean hasStreamRoom() {
    return streams.size() < MAX_STREAMS;
  }

  /// Takes back a username fragment, for example that of the generation before an ICE restart.
  public void retract(SharedPort port, String localUfrag) {
    port.retract(localUfrag, this);
  }

  /// Runs a core's work on another thread, then `whenDone` here, then pumps the core.
  public void perform(Work work, Runnable whenDone) {
    loop.workPool()
        .perform(
            work,
            () -> {
              try {
                execute(whenDone);
              } catch (RejectedExecutionException closed) {
                // The loop ended while the work ran: nobody waits for it any more.
              }
            });
  }

  /// Sends what the core still has to say (the closing alerts), then closes its ports and forgets
  /// the core. Calling it again does nothing.
  public void detach() {
    if (detached) {
      return;
    }
    detaching = true;
    if (!running) {
      run(loop.now());
    }
  }

  /// [#detach] from any thread; does not wait.
  @Override
  public void close() {
    if (loop.isCurrent()) {
      detach();
    } else {
      try {
        loop.execute(this::detach);
      } catch (RejectedExecutionException closed) {
        // A loop that ends detaches all its cores.
      }
    }
  }

  /// Whether the core was let go.
  public boolean isDetached() {
    return detached;
  }

  private void checkAttached() {
    if (detached) {
      throw new IllegalStateException("the core is detached from " + loop.name());
    }
  }

  // What the loop, ports and streams call.

  /// Gives a packet to the core; the buffer is borrowed.
  public void received(
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    if (detached) {
      return;
    }
    try {
      core.handlePacket(loop.now(), local, remote, ecn, buffer, offset, length);
    } catch (RuntimeException | Error broken) {
      fail(broken);
      return;
    }
    loop.enqueue(this);
  }

  void run(long now) {
    queued = false;
    if (detached) {
      return;
    }
    TransmitBuffer out = loop.transmit();
    out.clear();
    out.budget(blockedPorts > 0 ? 0 : loop.options().packetsPerTurn());
    boolean full;
    long next;
    running = true;
    try {
      next = Pump.run(core, now, out, events);
      full = out.isFull();
      send(out);
      if (full) {
        // Pump answers "now"; the timer still has to run while the socket has no room.
        next = core.nextTimeout();
      }
    } catch (RuntimeException | Error broken) {
      out.clear();
      fail(broken);
      return;
    } finally {
      running = false;
    }
    out.clear();
    if (detaching) {
      release();
      return;
    }
    if (full && blockedPorts == 0) {
      loop.enqueue(this);
    } else if (next > now || blockedPorts == 0) {
      // A later deadline needs no move of the timer: an early call does nothing but set it again.
      if (next < timer.deadline()) {
        timer.set(next);
      }
    }
  }

  private void send(TransmitBuffer out) {
    int count = out.packetCount();
    int from = 0;
    while (from < count) {
      TransportAddress local = out.packetLocal(from);
      TransportAddress remote = out.packetRemote(from);
      int to = from + 1;
      // Nearly always the whole buffer goes one way, with the very same objects as addresses.
      while (to < count
          && Objects.equals(out.packetLocal(to), local)
          && Objects.equals(out.packetRemote(to), remote)) {
        to++;
      }
      PacketStream stream =
          streams.isEmpty() && streamSources.isEmpty() ? null : stream(local, remote);
      if (stream != null) {
        stream.send(out, from, to);
        from = to;
        continue;
      }
      Path path = path(local, remote);
      if (path == null || remote == null) {
        for (int i = from; i < to; i++) {
          loop.countUnrouted();
        }
      } else if (path.shared == null || mayUse(path, path.shared, remote)) {
        path.port.send(out, from, to, this);
      }
      from = to;
    }
  }

  private @Nullable Path path(@Nullable TransportAddress local, @Nullable TransportAddress remote) {
    if (remote == null) {
      return null;
    }
    if (local != null && paths.size() > FEW_PATHS) {
      // A relay has a port for each of its clients.
      return byLocal.get(local);
    }
    for (int i = 0; i < paths.size(); i++) {
      Path path = paths.get(i);
      if (local == null ? path.local.family() == remote.family() : path.local.equals(local)) {
        return path;
      }
    }
    return null;
  }

  private boolean mayUse(Path path, SharedAddress shared, TransportAddress remote) {
    if (remote.equals(path.owned)) {
      return true;
    }
    if (shared.claim(remote, this)) {
      path.owned = remote;
      return true;
    }
    pairRefused(path.local, remote);
    return false;
  }

  /// Tells of a refused pair from the thread of another loop.
  void refuseLater(TransportAddress local, TransportAddress remote) {
    execute(() -> listener.pairRefused(local, remote));
  }

  private void pairRefused(TransportAddress local, TransportAddress remote) {
    listener.pairRefused(local, remote);
    loop.enqueue(this);
  }

  /// A port has no room for this core's packets: it is not asked for more until [#unblock].
  void block() {
    blockedPorts++;
  }

  void unblock() {
    blockedPorts--;
    if (!detached) {
      loop.enqueue(this);
    }
  }

  void suspended(long gapNanos) {
    if (!detached) {
      listener.suspended(Duration.ofNanos(gapNanos));
      loop.enqueue(this);
    }
  }

  private void fail(Throwable broken) {
    loop.countBroken();
    release();
    listener.broken(broken);
  }

  private void release() {
    if (detached) {
      return;
    }
    detached = true;
    timer.cancel();
    for (Path path : paths) {
      path.port.forget(this);
      if (path.shared == null) {
        IcePorts.closed(path.local);
        path.port.close();
      }
    }
    paths.clear();
    byLocal.clear();
    streamSources.forEach(StreamSource::close);
    streamSources.clear();
    streams.forEach(PacketStream::close);
    streams.clear();
    for (SharedPort port : sharedPorts) {
      port.leave(this);
    }
    sharedPorts.clear();
    loop.detached(this);
  }
}
