package org.klatsch.media;

/// How a conversation is judged that suffers from delay and loss: the E-model, ITU-T G.107, with
/// its default values for everything that the network does not change. On the scale of telephone
/// bandwidth, where 4.4 is the best.
public final class EModel {
  /// R of a connection without delay and loss, G.107 table 3.
  private static final double BEST = 93.2;

  /// Most impairment by equipment, G.107 equation 7-29.
  private static final double MOST_IMPAIRMENT = 95;

  /// Bpl of a codec that conceals losses, G.113 appendix I, table I.4 (G.711 with concealment).
  private static final double ROBUSTNESS = 25.1;

  private EModel() {}

  /// The rating factor R, G.107 §7.1, of a codec that adds no impairment of its own.
  ///
  /// @param delayMillis from mouth to ear, one way
  /// @param lossPercent of packets that were lost or too late, at random
  public static double rating(double delayMillis, double lossPercent) {
    double late = Math.max(0, delayMillis - 177.3);
    double delay = 0.024 * delayMillis + 0.11 * late;
    double loss = MOST_IMPAIRMENT * lossPercent / (lossPercent + ROBUSTNESS);
    return Math.clamp(BEST - delay - loss, 0, 100);
  }

  /// The mean opinion score of a rating, G.107 annex B: 1 (bad) to 4.5 (excellent).
  public static double mos(double rating) {
    double r = Math.clamp(rating, 0, 100);
    return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
  }
}
