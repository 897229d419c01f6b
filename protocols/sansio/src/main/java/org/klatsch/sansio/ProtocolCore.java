package org.klatsch.sansio;

import org.jspecify.annotations.Nullable;

/// The half of a protocol core that is the same for every protocol: timers and outputs.
///
/// Confined to one thread, never blocks, reads no clock. Inputs differ per protocol and are named
/// `handleXxx(long now, …)`. Time is in nanoseconds since the driver started: monotonic, never
/// negative, compared with `<`. Any number of inputs may come before the outputs are drained; the
/// core stays correct, only later.
///
/// @param <E> the sealed event type for the layer above
public interface ProtocolCore<E> {
  /// The deadline of a core that waits for nothing.
  long NEVER = Long.MAX_VALUE;

  /// Runs every timer due at or before `now`; early and repeated calls do nothing.
  void handleTimeout(long now);

  /// The earliest deadline in nanoseconds, or [#NEVER].
  long nextTimeout();

  /// Writes the next packet into `out` and commits it. Packets are built here, as late as possible,
  /// so that they carry fresh state.
  ///
  /// @return whether a packet was written
  boolean pollTransmit(long now, TransmitBuffer out);

  /// The next event for the layer above, oldest first, or null when there is none.
  @Nullable E pollEvent();
}
