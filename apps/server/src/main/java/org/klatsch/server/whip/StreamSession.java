package org.klatsch.server.whip;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.IceParameters;
import org.klatsch.server.media.Leg;
import org.klatsch.server.media.LegListener;
import org.klatsch.server.media.LegState;

/// A publisher or a player: what a resource of WHIP or WHEP stands for.
abstract sealed class StreamSession implements LegListener permits Publisher, Player {
  private final String id;
  private final LiveStream stream;
  private final CompletableFuture<Leg> leg = new CompletableFuture<>();
  private final AtomicInteger generation = new AtomicInteger(1);
  private volatile String peerFragment = "";

  /// @param id that nobody can guess
  StreamSession(String id, LiveStream stream) {
    this.id = id;
    this.stream = stream;
  }

  final String id() {
    return id;
  }

  final LiveStream stream() {
    return stream;
  }

  final void leg(Leg made) {
    leg.complete(made);
  }

  final Leg leg() {
    return leg.join();
  }

  /// The entity tag of the ICE session, RFC 9725 §4.3.1: a new one with each restart.
  final String etag() {
    return "\"" + id.substring(0, 8) + "-" + generation.get() + "\"";
  }

  /// Counts an ICE restart.
  final void restarted() {
    generation.incrementAndGet();
  }

  /// The peer's credentials in use; empty before an exchange.
  final String peerFragment() {
    return peerFragment;
  }

  @Override
  public void negotiated(Leg of) {
    var transports = of.jsep().parameters().transports();
    @Nullable IceParameters remote =
        transports.isEmpty() ? null : transports.getFirst().remoteIce();
    if (remote != null) {
      peerFragment = remote.usernameFragment();
    }
  }

  @Override
  public void stateChanged(Leg of, LegState state) {
    if (state.isEnd()) {
      stream.streams().ended(this);
    }
  }
}
