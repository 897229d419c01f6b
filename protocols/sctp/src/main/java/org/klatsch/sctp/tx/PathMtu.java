package org.klatsch.sctp.tx;

import org.klatsch.sansio.ProtocolCore;

/// Packetization layer path MTU discovery for SCTP, RFC 8899 §5 and §6.2: HEARTBEAT chunks padded
/// to the size in question; what is acknowledged is proven.
///
/// Sizes are those of SCTP packets. Data never depends on a size being right: chunks are cut for
/// the base size and sent again in packets of that size only.
public final class PathMtu {
  private enum State {
    /// Nothing is tried.
    IDLE,
    /// A larger size is tried.
    SEARCHING,
    /// No larger size works, or the largest does.
    COMPLETE
  }

  /// MAX_PROBES, RFC 8899 §5.1.2.
  private static final int MAX_PROBES = 3;

  /// PROBE_TIMER, RFC 8899 §5.1.1, at least a second.
  private static final long PROBE_TIMEOUT = 1_000_000_000L;

  /// PMTU_RAISE_TIMER, RFC 8899 §5.1.1.
  private static final long RAISE_AFTER = 600_000_000_000L;

  /// After a black hole the search waits, so that it does not flap.
  private static final long RETRY_AFTER_BLACK_HOLE = 10_000_000_000L;

  /// A gain below this is not searched for.
  private static final int STEP = 32;

  private final int base;
  private int max;
  private int current;
  private int failed;
  private int probeSize;
  private int probeCount;
  private boolean probeInFlight;
  private State state = State.IDLE;
  private long deadline = ProtocolCore.NEVER;

  public PathMtu(int base, int max) {
    this.base = base;
    this.max = max;
    this.current = base;
  }

  /// The packet size proven so far.
  public int current() {
    return current;
  }

  public int base() {
    return base;
  }

  /// Sets the largest size to try.
  public void max(long now, int bytes) {
    max = Math.max(base, bytes & ~3);
    current = Math.min(current, max);
    if (state != State.IDLE) {
      start(now);
    }
  }

  /// Begins a search.
  public void start(long now) {
    failed = max + 1;
    probeInFlight = false;
    next(now);
  }

  /// The path is another one: only the base size is known to pass.
  public void handlePathChanged(long now) {
    current = base;
    if (state != State.IDLE) {
      start(now);
    }
  }

  /// Packets above the base size vanish, RFC 8899 §4.3.
  public void handleBlackHole(long now) {
    current = base;
    failed = max + 1;
    probeInFlight = false;
    state = State.SEARCHING;
    probeCount = 0;
    probeSize = max;
    deadline = now + RETRY_AFTER_BLACK_HOLE;
  }

  public long nextTimeout() {
    return deadline;
  }

  /// Whether a probe must be sent now; [#handleSent] follows.
  public boolean isProbeDue(long now) {
    if (deadline > now || state == State.IDLE) {
      return false;
    }
    if (state == State.COMPLETE) {
      start(now);
      return state == State.SEARCHING && deadline <= now;
    }
    if (probeInFlight) {
      probeInFlight = false;
      if (++probeCount >= MAX_PROBES) {
        failed = probeSize;
        next(now);
        return state == State.SEARCHING;
      }
    }
    return true;
  }

  public int probeSize() {
    return probeSize;
  }

  public void handleSent(long now) {
    probeInFlight = true;
    deadline = now + PROBE_TIMEOUT;
  }

  /// A probe of `size` bytes was acknowledged.
  ///
  /// @return whether the packet size grew
  public boolean handleAcked(long now, int size) {
    if (!probeInFlight || size != probeSize || size <= current) {
      return false;
    }
    probeInFlight = false;
    current = size;
    next(now);
    return true;
  }

  private void next(long now) {
    probeCount = 0;
    if (failed - current <= STEP || current >= max) {
      state = State.COMPLETE;
      deadline = current >= max ? ProtocolCore.NEVER : now + RAISE_AFTER;
      return;
    }
    state = State.SEARCHING;
    // The largest size first, as most paths carry it; then by halves.
    probeSize = failed > max ? max : (current + failed) / 2 & ~3;
    deadline = now;
  }
}
