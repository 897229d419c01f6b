package org.klatsch.net;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.SocketOptions;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.Pump;
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

  private final EventLoop loop;
  private final PacketCore<E> core;
  private final CoreListener<? super E> listener;
  private final Consumer<E> events;
  private final UdpPort.Owner received;
  private final LoopTimer timer;
  private final ArrayList<Path> paths = new ArrayList<>(4);
  private final Map<TransportAddress, Path> byLocal = new HashMap<>(8);
  private final ArrayList<SharedPort> sharedPorts = new ArrayList<>(1);
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
    return port;
  }

  /// Closes one of the core's own ports.
  public void close(UdpPort port) {
    if (paths.removeIf(path -> path.port == port && path.shared == null)) {
      byLocal.remove(port.local());
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

  // What the loop and the ports call.

  void received(
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
        path.port.close();
      }
    }
    paths.clear();
    byLocal.clear();
    for (SharedPort port : sharedPorts) {
      port.leave(this);
    }
    sharedPorts.clear();
    loop.detached(this);
  }
}
