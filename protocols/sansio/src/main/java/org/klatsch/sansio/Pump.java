package org.klatsch.sansio;

import java.util.function.Consumer;

/// The only loop that drives a [ProtocolCore]; event loops, blocking drivers and simulators call
/// it.
public final class Pump {
  private Pump() {}

  /// Fires due timers, then hands out packets and events until the core is quiet or `out` is full.
  /// An event consumer may call the core's commands; what they cause is drained in the same run.
  ///
  /// @return when to call again: `now` if packets may be left behind a full buffer, else the core's
  ///   next deadline
  public static <E> long run(
      ProtocolCore<E> core, long now, TransmitBuffer out, Consumer<? super E> events) {
    core.handleTimeout(now);
    boolean progressed;
    do {
      progressed = false;
      while (!out.isFull() && core.pollTransmit(now, out)) {
        progressed = true;
      }
      for (E event = core.pollEvent(); event != null; event = core.pollEvent()) {
        events.accept(event);
        progressed = true;
      }
    } while (progressed);
    return out.isFull() ? now : core.nextTimeout();
  }
}
