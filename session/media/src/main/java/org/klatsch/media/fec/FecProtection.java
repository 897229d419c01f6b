package org.klatsch.media.fec;

/// How much protection a video stream deserves: by loss, and by how long a retransmission would
/// take. Not thread-safe.
public final class FecProtection {
  /// Below this a retransmission comes within one frame: no repair packets at all.
  private static final long RETRANSMISSION_SUFFICES = 20_000_000;

  /// Above this a retransmission comes after the frame is due: full protection.
  private static final long RETRANSMISSION_TOO_LATE = 100_000_000;

  /// Loss below which protection costs more than it gives.
  private static final double NEGLIGIBLE = 0.005;

  /// Repair packets per media packet are never more: beyond that less video serves better.
  private static final double MAX_RATE = 0.5;

  /// With interleaved groups of about ten packets this share of repair packets per loss leaves one
  /// frame in a hundred broken.
  private static final double RATE_PER_LOSS = 2.5;

  /// All later frames depend on a key frame.
  private static final double KEY_FRAME_FACTOR = 2;

  private double loss;

  /// Without loss so far.
  public FecProtection() {}

  /// Takes the share of packets lost since the last report, 0 to 1. Rises at once and falls slowly:
  /// losses come in groups.
  public void handleLoss(double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("loss " + fraction + ", 0 to 1 expected");
    }
    loss = fraction > loss ? fraction : 0.85 * loss + 0.15 * fraction;
  }

  /// Repair packets per media packet of usual frames.
  ///
  /// @param roundTripNanos 0 when not known: then no retransmission is counted on
  public double rate(long roundTripNanos) {
    return full() * lateness(roundTripNanos);
  }

  /// Repair packets per media packet of key frames.
  public double keyFrameRate(long roundTripNanos) {
    return Math.min(MAX_RATE, KEY_FRAME_FACTOR * rate(roundTripNanos));
  }

  private double full() {
    return loss < NEGLIGIBLE ? 0 : Math.min(MAX_RATE, RATE_PER_LOSS * loss);
  }

  private static double lateness(long roundTripNanos) {
    if (roundTripNanos <= 0) {
      return 1;
    }
    double span = (double) RETRANSMISSION_TOO_LATE - RETRANSMISSION_SUFFICES;
    return Math.clamp((roundTripNanos - RETRANSMISSION_SUFFICES) / span, 0, 1);
  }
}
