package org.klatsch.net;

import java.time.Duration;
import org.klatsch.sansio.TransportAddress;

/// Takes what a driven core tells. Called on the core's loop, so it must not block; it may call the
/// core's commands directly, what they cause is sent in the same turn.
///
/// @param <E> the core's event type
@FunctionalInterface
public interface CoreListener<E> {
  /// An event of the core.
  void event(E event);

  /// A packet to `remote` was not sent, as another live session of the same shared port already
  /// owns this pair of addresses. The session should open a port of its own.
  default void pairRefused(TransportAddress local, TransportAddress remote) {}

  /// The machine, or this process, stood still for about `gap`, which the core's clock did not
  /// count: peers may have given up, addresses may have changed.
  default void suspended(Duration gap) {}

  /// The core threw: it is detached and never called again.
  default void broken(Throwable cause) {
    System.getLogger(CoreListener.class.getName())
        .log(System.Logger.Level.ERROR, "a core broke and was detached", cause);
  }
}
