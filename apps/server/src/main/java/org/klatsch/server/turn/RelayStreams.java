package org.klatsch.server.turn;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.EventLoop;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.turn.TurnStreamDecoder;
import org.klatsch.turn.server.TurnServer;
import org.klatsch.turn.server.TurnServerEvent;

/// The clients of a relay on TCP and TLS. On the relay's loop, but for [#accept] and [#execute].
final class RelayStreams {
  private record Key(TransportAddress local, TransportAddress remote) {}

  private final TurnServer core;
  private final EventLoop loop;
  private final CoreDriver<TurnServerEvent> driver;
  private final StreamLimits limits;
  private final Map<Key, RelayStream> streams = new HashMap<>();
  private final Map<TransportAddress, Integer> perSource = new HashMap<>();
  private final TransmitBuffer out = new TransmitBuffer(64, 2_048);
  private long refused;
  private long dropped;

  RelayStreams(
      TurnServer core, EventLoop loop, CoreDriver<TurnServerEvent> driver, StreamLimits limits) {
    this.core = core;
    this.loop = loop;
    this.driver = driver;
    this.limits = limits;
  }

  /// Runs a task on the loop, if that still runs.
  void execute(Runnable task) {
    try {
      driver.execute(task);
    } catch (RejectedExecutionException closed) {
      // The relay has ended, and its clients with it.
    }
  }

  RelayStream accept(StreamWire wire, TransportAddress local, TransportAddress remote) {
    RelayStream[] made = new RelayStream[1];
    RelayStream stream =
        new RelayStream(
            this,
            wire,
            local,
            remote,
            limits.queuedBytes(),
            loop.timer(() -> {
              RelayStream late = made[0];
              if (late != null) {
                late.close();
              }
            }));
    made[0] = stream;
    execute(() -> open(stream, wire));
    return stream;
  }

  private void open(RelayStream stream, StreamWire wire) {
    Key key = new Key(stream.local(), stream.remote());
    int ofSource = perSource.getOrDefault(source(stream.remote()), 0);
    if (streams.size() >= limits.streams()
        || ofSource >= limits.streamsPerSource()
        || streams.containsKey(key)) {
      refused++;
      wire.close();
      return;
    }
    streams.put(key, stream);
    perSource.put(source(stream.remote()), ofSource + 1);
    stream.open = true;
    stream.patience.set(loop.now() + limits.patience().toNanos());
  }

  /// A network of IPv6 has as many addresses as its owner likes.
  static TransportAddress source(TransportAddress remote) {
    return remote.isIpv4() ? remote.withPort(0) : TransportAddress.ofIpv6(remote.high(), 0, 0);
  }

  void received(RelayStream stream, byte[] buffer, int length) {
    TurnStreamDecoder decoder = stream.decoder();
    decoder.handleBytes(buffer, 0, length);
    try {
      while (decoder.next()) {
        core.handleStream(
            loop.now(),
            stream.local(),
            stream.remote(),
            decoder.buffer(),
            decoder.packetOffset(),
            decoder.packetLength());
      }
    } catch (MalformedPacketException e) {
      stream.close();
    }
  }

  void ended(RelayStream stream) {
    stream.patience.cancel();
    if (!stream.open) {
      return;
    }
    stream.open = false;
    streams.remove(new Key(stream.local(), stream.remote()));
    perSource.computeIfPresent(
        source(stream.remote()), (key, count) -> count > 1 ? count - 1 : null);
    DataPipe pipe = stream.pipe();
    if (pipe != null) {
      pipe.end();
    }
    core.streamClosed(stream.local(), stream.remote());
  }

  void handle(TurnServerEvent event) {
    switch (event) {
      case TurnServerEvent.Allocated made -> {
        RelayStream stream = made.stream() ? find(made.server(), made.client()) : null;
        if (stream != null) {
          stream.trust();
        }
      }
      case TurnServerEvent.Released ended -> {
        RelayStream stream = ended.stream() ? find(ended.server(), ended.client()) : null;
        if (stream != null) {
          // It may allocate anew, but not stay without doing so.
          stream.patience.set(loop.now() + limits.patience().toNanos());
        }
      }
      case TurnServerEvent.StreamOutput _ -> writeAll();
    }
  }

  @Nullable RelayStream find(TransportAddress local, TransportAddress remote) {
    return streams.get(new Key(local, remote));
  }

  /// Moves what the core has for streams to them.
  void writeAll() {
    boolean more = true;
    while (more) {
      out.clear();
      while (core.pollStream(out)) {
        // Into the buffer.
      }
      more = out.packetCount() > 0;
      RelayStream last = null;
      for (int i = 0; i < out.packetCount(); i++) {
        TransportAddress local = out.packetLocal(i);
        TransportAddress remote = out.packetRemote(i);
        if (last == null || !last.local().equals(local) || !last.remote().equals(remote)) {
          if (last != null) {
            last.flush();
          }
          last = local == null || remote == null ? null : find(local, remote);
        }
        if (last == null || !last.send(out.array(), out.packetOffset(i), out.packetLength(i))) {
          dropped++;
        }
      }
      if (last != null) {
        last.flush();
      }
    }
    out.clear();
  }

  /// Connections that there are now.
  int count() {
    return streams.size();
  }

  /// Connections refused for a limit.
  long refused() {
    return refused;
  }

  /// Messages dropped as their clients read slowly or are gone.
  long dropped() {
    return dropped;
  }

  void close() {
    for (RelayStream stream : streams.values()) {
      stream.close();
    }
  }
}
