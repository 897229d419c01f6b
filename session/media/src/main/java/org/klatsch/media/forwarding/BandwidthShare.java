package org.klatsch.media.forwarding;

import java.util.List;

/// Shares what one receiver's path bears among the streams of video that it gets: each its lowest
/// layer, in the order of priority, then higher ones, those of the highest priority first and equal
/// ones in turn.
final class BandwidthShare {
  private BandwidthShare() {}

  /// A stream that takes part.
  interface Claim {
    LayerChoice choice();

    /// The highest layer that is wanted; [SimulcastForwarder#NONE] for none.
    int limit();

    int priority();

    /// The layer planned so far.
    int planned();

    void plan(int layer);
  }

  /// Plans a layer for each.
  ///
  /// @param bitsPerSecond there is for all
  /// @param congested whether a queue stands on the path
  /// @param claims of the highest priority first
  static void allot(long now, long bitsPerSecond, boolean congested, List<? extends Claim> claims) {
    long left = bitsPerSecond;
    boolean first = true;
    for (int i = 0; i < claims.size(); i++) {
      Claim claim = claims.get(i);
      LayerRates rates = claim.choice().rates();
      int lowest = rates.above(now, SimulcastForwarder.NONE, claim.limit());
      // The first is shown whatever the path: nobody is helped by a black screen.
      if (lowest != SimulcastForwarder.NONE
          && !first
          && !claim.choice().fits(now, lowest, left, congested)) {
        lowest = SimulcastForwarder.NONE;
      }
      claim.plan(lowest);
      if (lowest != SimulcastForwarder.NONE) {
        left -= rates.rate(now, lowest);
        first = false;
      }
    }
    int from = 0;
    while (from < claims.size()) {
      int to = from + 1;
      while (to < claims.size() && claims.get(to).priority() == claims.get(from).priority()) {
        to++;
      }
      left = raise(now, left, congested, claims, from, to);
      from = to;
    }
    for (int i = 0; i < claims.size(); i++) {
      Claim claim = claims.get(i);
      claim.choice().choose(now, claim.planned(), claim.limit());
    }
  }

  private static long raise(
      long now,
      long bitsPerSecond,
      boolean congested,
      List<? extends Claim> claims,
      int from,
      int to) {
    long left = bitsPerSecond;
    boolean raised = true;
    while (raised) {
      raised = false;
      for (int i = from; i < to; i++) {
        Claim claim = claims.get(i);
        if (claim.planned() == SimulcastForwarder.NONE) {
          continue;
        }
        LayerRates rates = claim.choice().rates();
        int next = rates.above(now, claim.planned(), claim.limit());
        if (next == SimulcastForwarder.NONE) {
          continue;
        }
        long taken = rates.rate(now, claim.planned());
        if (claim.choice().fits(now, next, left + taken, congested)) {
          left -= rates.rate(now, next) - taken;
          claim.plan(next);
          raised = true;
        }
      }
    }
    return left;
  }
}
