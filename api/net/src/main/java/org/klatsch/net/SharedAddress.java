package org.klatsch.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// One local address of a [SharedPort]: its sockets, one a loop, and the table of its pairs. The
/// table may be read and changed by all loops of the port.
final class SharedAddress {
  private final SharedPort shared;
  private volatile TransportAddress local;
  private final Map<EventLoop, Door> doors = new ConcurrentHashMap<>();

  /// Remote address → owner of the pair. The local half of the pair is this object.
  private final ConcurrentHashMap<TransportAddress, CoreDriver<?>> owners =
      new ConcurrentHashMap<>();

  /// What each owner has, so that it can be released.
  private final ConcurrentHashMap<CoreDriver<?>, List<TransportAddress>> owned =
      new ConcurrentHashMap<>();

  SharedAddress(SharedPort shared, TransportAddress local) {
    this.shared = shared;
    this.local = local;
  }

  TransportAddress local() {
    return local;
  }

  /// Opens the socket of one loop; further loops take the same port number.
  void open(EventLoop loop, boolean reuse) throws IOException {
    try {
      loop.call(() -> {
        Door door = new Door(loop);
        door.port = new UdpPort(loop, local, loop.options().socket(reuse), door);
        local = door.port.local();
        doors.put(loop, door);
        return true;
      });
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw e;
    }
  }

  /// The socket on a loop.
  UdpPort port(EventLoop loop) {
    Door door = doors.get(loop);
    if (door == null || door.port == null) {
      throw new IllegalStateException("no socket of " + local + " on " + loop.name());
    }
    return door.port;
  }

  void close(EventLoop loop) {
    Door door = doors.remove(loop);
    if (door != null && door.port != null) {
      door.port.close();
    }
  }

  /// Makes `driver` the owner of the pair with `remote`, unless another one is.
  boolean claim(TransportAddress remote, CoreDriver<?> driver) {
    CoreDriver<?> owner = owners.get(remote);
    if (owner == null && !shared.isRouted(driver)) {
      List<TransportAddress> mine = owned.computeIfAbsent(driver, key -> new ArrayList<>(2));
      SharedPortOptions options = shared.options();
      if (mine.size() < options.maxPairsPerCore() && shared.pairs.get() < options.maxPairs()) {
        owner = owners.putIfAbsent(remote, driver);
        if (owner == null) {
          mine.add(remote);
          shared.pairs.incrementAndGet();
          return true;
        }
      }
    }
    if (owner == driver || shared.isRouted(driver)) {
      return true;
    }
    shared.refusedPairs.increment();
    return false;
  }

  void release(CoreDriver<?> driver) {
    List<TransportAddress> mine = owned.remove(driver);
    if (mine != null) {
      for (TransportAddress remote : mine) {
        if (owners.remove(remote, driver)) {
          shared.pairs.decrementAndGet();
        }
      }
    }
  }

  /// The half of this address that lives on one loop, confined to its thread.
  private final class Door implements UdpPort.Owner {
    private final EventLoop loop;
    private @Nullable UdpPort port;
    private final TransmitBuffer answer = new TransmitBuffer(1, StunRouting.MAX_RESPONSE);
    private final RateLimit answers;

    Door(EventLoop loop) {
      this.loop = loop;
      this.answers = new RateLimit(shared.options().answersPerSecond());
    }

    @Override
    public void packet(
        UdpPort from, TransportAddress remote, int ecn, byte[] buffer, int offset, int length) {
      if (length == 0) {
        shared.unroutable.increment();
        return;
      }
      if (StunRouting.isForServer(buffer, offset, length)) {
        CoreDriver<?> server = shared.byKind(PacketKind.of(buffer[offset] & 0xff), from.local());
        if (server != null) {
          shared.routedByKind.increment();
          deliver(server, from, remote, ecn, buffer, offset, length);
          return;
        }
      }
      CoreDriver<?> owner = owners.get(remote);
      boolean request = StunRouting.isBindingRequest(buffer, offset, length);
      if (owner != null && !request) {
        shared.routedByPair.increment();
        deliver(owner, from, remote, ecn, buffer, offset, length);
        return;
      }
      String ufrag = request ? StunRouting.localUfrag(buffer, offset, length) : null;
      CoreDriver<?> named = ufrag == null ? null : shared.byUfrag(ufrag);
      if (owner != null) {
        if (named != null && named != owner) {
          shared.conflicts.increment();
          named.refuseLater(from.local(), remote);
        } else {
          shared.routedByPair.increment();
          deliver(owner, from, remote, ecn, buffer, offset, length);
        }
      } else if (named != null) {
        shared.routedByUfrag.increment();
        deliver(named, from, remote, ecn, buffer, offset, length);
      } else {
        stranger(request, from, remote, ecn, buffer, offset, length);
      }
    }

    private void stranger(
        boolean request,
        UdpPort from,
        TransportAddress remote,
        int ecn,
        byte[] buffer,
        int offset,
        int length) {
      CoreDriver<?> driver = shared.byKind(PacketKind.of(buffer[offset] & 0xff), from.local());
      if (driver != null) {
        shared.routedByKind.increment();
        deliver(driver, from, remote, ecn, buffer, offset, length);
      } else if (request
          && shared.options().answerPlainStun()
          && !StunRouting.hasUsername(buffer, offset, length)) {
        answer(from, remote, buffer, offset);
      } else {
        shared.unroutable.increment();
      }
    }

    private void answer(UdpPort from, TransportAddress remote, byte[] buffer, int offset) {
      if (!answers.tryAcquire(loop.now())) {
        shared.answersLimited.increment();
        return;
      }
      answer.clear();
      answer.route(from.local(), remote);
      answer.commit(
          StunRouting.writeResponse(buffer, offset, remote, answer.array(), answer.position()));
      from.sendOrDrop(answer);
      shared.answered.increment();
    }

    private void deliver(
        CoreDriver<?> driver,
        UdpPort from,
        TransportAddress remote,
        int ecn,
        byte[] buffer,
        int offset,
        int length) {
      if (driver.loop() == loop) {
        driver.received(from.local(), remote, ecn, buffer, offset, length);
      } else {
        loop.handOff(driver, from.local(), remote, ecn, buffer, offset, length);
      }
    }
  }
}
