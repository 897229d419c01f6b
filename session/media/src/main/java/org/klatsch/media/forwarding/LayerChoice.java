package org.klatsch.media.forwarding;

/// Which layer of a stream of video one receiver gets, and when it may get a higher one: down at
/// once, up only with room to spare and after a while. Not thread-safe.
final class LayerChoice {
  /// What must be free beyond a layer before it is gone up to.
  private static final double SPARE = 1.15;

  /// The share of what a layer takes that must be free to stay on it: rates breathe.
  private static final double ENOUGH = 0.9;

  /// After a rise the estimate may dip, as it was made with less to send; a layer is kept so long
  /// unless a queue really stands. Longer than the time between two probes of the path.
  private static final long GRACE = 6_000_000_000L;

  /// After a fall.
  private static final long PATIENCE = 2_000_000_000L;

  private final LayerRates rates;
  private int current = SimulcastForwarder.NONE;
  private long lastDown = Long.MIN_VALUE / 2;
  private long lastUp = Long.MIN_VALUE / 2;

  LayerChoice(LayerRates rates) {
    this.rates = rates;
  }

  LayerRates rates() {
    return rates;
  }

  /// The layer that was chosen last.
  int current() {
    return current;
  }

  /// Whether a layer may be chosen.
  ///
  /// @param bitsPerSecond what there is for it
  /// @param congested whether a queue stands on the path
  boolean fits(long now, int layer, long bitsPerSecond, boolean congested) {
    double wanted = rates.rate(now, layer);
    if (layer <= current) {
      return ENOUGH * wanted <= bitsPerSecond || !congested && now - lastUp < GRACE;
    }
    if (now - lastDown < PATIENCE) {
      return false;
    }
    return (rates.isSent(now, current) ? SPARE : 1) * wanted <= bitsPerSecond;
  }

  /// Chooses a layer.
  ///
  /// @param limit the highest that is wanted
  void choose(long now, int layer, int limit) {
    if (layer < Math.min(current, limit)) {
      lastDown = now;
    } else if (layer > current) {
      lastUp = now;
    }
    current = layer;
  }
}
