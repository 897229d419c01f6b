package org.klatsch.server.turn;

import org.jspecify.annotations.Nullable;
import org.klatsch.net.LoopTimer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.turn.TurnStreamDecoder;

/// A client of the relay on a connection of TCP or TLS. Its wire calls [#received] and [#ended]
/// from any thread; everything else belongs to the relay's loop.
public final class RelayStream {
  /// The longest request: of strangers, so that they cannot make a buffer large.
  private static final int MAX_REQUEST = 2_048;

  /// ChannelData with a full UDP packet.
  private static final int MAX_MESSAGE = 65_536 + 4;

  private final RelayStreams streams;
  private final StreamWire wire;
  private final TransportAddress local;
  private final TransportAddress remote;
  private final int maxQueued;
  private final TurnStreamDecoder decoder = new TurnStreamDecoder(MAX_REQUEST);
  private byte[] filling = new byte[512];
  private int filled;
  private byte[] writing = new byte[512];
  private @Nullable DataPipe pipe;

  /// Bytes of a peer's connection that wait for the wire.
  private byte @Nullable [] raw;

  private int rawLength;
  private Runnable rawDone = () -> {};
  private boolean busy;
  private boolean closing;
  final LoopTimer patience;
  boolean open;

  RelayStream(
      RelayStreams streams,
      StreamWire wire,
      TransportAddress local,
      TransportAddress remote,
      int maxQueued,
      LoopTimer patience) {
    this.streams = streams;
    this.wire = wire;
    this.local = local;
    this.remote = remote;
    this.maxQueued = maxQueued;
    this.patience = patience;
  }

  TransportAddress local() {
    return local;
  }

  TransportAddress remote() {
    return remote;
  }

  TurnStreamDecoder decoder() {
    return decoder;
  }

  /// Takes bytes of the client; the buffer is borrowed until [StreamWire#resume].
  public void received(byte[] buffer, int length) {
    streams.execute(() -> {
      DataPipe joined = pipe;
      if (joined != null) {
        joined.toPeer(buffer, length, wire::resume);
        return;
      }
      if (open && !closing) {
        streams.received(this, buffer, length);
      }
      wire.resume();
    });
  }

  /// From now on the stream carries a peer's connection, RFC 6062 §5.4.
  void join(DataPipe peer) {
    patience.cancel();
    pipe = peer;
  }

  @Nullable DataPipe pipe() {
    return pipe;
  }

  /// Sends bytes of a peer's connection; any thread, one call at a time until `done` ran.
  void write(byte[] bytes, int length, Runnable done) {
    streams.execute(() -> {
      raw = bytes;
      rawLength = length;
      rawDone = done;
      flush();
    });
  }

  /// Closes the connection; any thread.
  void end() {
    streams.execute(this::close);
  }

  /// The connection is gone.
  public void ended() {
    streams.execute(() -> streams.ended(this));
  }

  /// The client has an allocation.
  void trust() {
    patience.cancel();
    decoder.maxLength(MAX_MESSAGE);
  }

  /// Queues a message.
  ///
  /// @return false when there is no room
  boolean send(byte[] bytes, int offset, int length) {
    if (closing || filled + length > maxQueued) {
      return false;
    }
    if (filled + length > filling.length) {
      byte[] larger = new byte[Math.min(maxQueued, Math.max(filled + length, 2 * filling.length))];
      System.arraycopy(filling, 0, larger, 0, filled);
      filling = larger;
    }
    System.arraycopy(bytes, offset, filling, filled, length);
    filled += length;
    return true;
  }

  /// Hands what is queued to the wire, unless that is busy.
  void flush() {
    if (busy) {
      return;
    }
    byte[] bytes = raw;
    if (filled == 0 && bytes != null) {
      raw = null;
      busy = true;
      Runnable done = rawDone;
      wire.write(
          bytes,
          rawLength,
          () -> {
            done.run();
            streams.execute(this::written);
          });
      return;
    }
    if (filled == 0) {
      if (closing) {
        wire.close();
      }
      return;
    }
    byte[] full = filling;
    int length = filled;
    filling = writing;
    writing = full;
    filled = 0;
    busy = true;
    wire.write(full, length, () -> streams.execute(this::written));
  }

  private void written() {
    busy = false;
    flush();
  }

  /// Closes the connection after what is queued.
  void close() {
    if (!closing) {
      closing = true;
      flush();
    }
  }
}
