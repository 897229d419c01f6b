package org.klatsch.testkit;

import java.time.Duration;

/// One direction of a link. Start from [#PERFECT] and change what the test is about.
///
/// @param rateBitsPerSecond rate of the bottleneck, counted with 28 bytes of IP and UDP header per
///   packet; 0 for unlimited
/// @param delay one-way propagation delay
/// @param jitter further delay, uniformly random in 0 to this, independent per packet; packets
///   overtake each other only with [#keepOrder] false
/// @param keepOrder whether jitter leaves the packets' order alone
/// @param queueBytes how much the bottleneck's drop-tail queue holds, counted as for the rate;
///   ignored when the rate is unlimited
/// @param loss probability in 0 to 1 that a packet is lost, independent per packet
/// @param burst loss in bursts on top, or [Burst#NONE]
/// @param reorder probability that a packet is held back by [#reorderDelay], so later ones overtake
/// @param reorderDelay how long a reordered packet is held back
/// @param duplicate probability that a packet arrives twice
/// @param corrupt probability that one bit of a packet is flipped
/// @param mtu largest IP packet in bytes; larger ones vanish silently, as behind a black hole
public record LinkOptions(
    long rateBitsPerSecond,
    Duration delay,
    Duration jitter,
    boolean keepOrder,
    int queueBytes,
    double loss,
    Burst burst,
    double reorder,
    Duration reorderDelay,
    double duplicate,
    double corrupt,
    int mtu) {
  /// Unlimited, without delay and without loss.
  public static final LinkOptions PERFECT =
      new LinkOptions(
          0,
          Duration.ZERO,
          Duration.ZERO,
          true,
          Integer.MAX_VALUE,
          0,
          Burst.NONE,
          0,
          Duration.ofMillis(5),
          0,
          0,
          65_535);

  /// Loss of the Gilbert-Elliott model: a two-state chain that moves once per packet.
  ///
  /// @param enter probability to move from the good into the bad state
  /// @param leave probability to move from the bad into the good state
  /// @param lossInBad probability of loss in the bad state; the good state loses nothing
  public record Burst(double enter, double leave, double lossInBad) {
    public static final Burst NONE = new Burst(0, 1, 0);

    public Burst {
      check("enter", enter);
      check("leave", leave);
      check("lossInBad", lossInBad);
    }
  }

  public LinkOptions {
    check("loss", loss);
    check("reorder", reorder);
    check("duplicate", duplicate);
    check("corrupt", corrupt);
    if (rateBitsPerSecond < 0 || delay.isNegative() || jitter.isNegative() || queueBytes < 0) {
      throw new IllegalArgumentException("rate, delay, jitter and queue must not be negative");
    }
  }

  private static void check(String name, double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(name + " " + probability + " is not in 0 to 1");
    }
  }

  public LinkOptions rate(long bitsPerSecond) {
    return new LinkOptions(
        bitsPerSecond,
        delay,
        jitter,
        keepOrder,
        queueBytes,
        loss,
        burst,
        reorder,
        reorderDelay,
        duplicate,
        corrupt,
        mtu);
  }

  public LinkOptions delay(Duration newDelay) {
    return new LinkOptions(
        rateBitsPerSecond,
        newDelay,
        jitter,
        keepOrder,
        queueBytes,
        loss,
        burst,
        reorder,
        reorderDelay,
        duplicate,
        corrupt,
        mtu);
  }

  public LinkOptions delayMillis(long millis) {
    return delay(Duration.ofMillis(millis));
  }

  public LinkOptions jitter(Duration newJitter, boolean newKeepOrder) {
    return new LinkOptions(
        rateBitsPerSecond,
        delay,
        newJitter,
        newKeepOrder,
        queueBytes,
        loss,
        burst,
        reorder,
        reorderDelay,
        duplicate,
        corrupt,
        mtu);
  }

  public LinkOptions queueBytes(int bytes) {
    return new LinkOptions(
        rateBitsPerSecond,
        delay,
        jitter,
        keepOrder,
        bytes,
        loss,
        burst,
        reorder,
        reorderDelay,
        duplicate,
        corrupt,
        mtu);
  }

  public LinkOptions loss(double probability) {
    return new LinkOptions(
        rateBitsPerSecond,
        delay,
        jitter,
        keepOrder,
        queueBytes,
        probability,
        burst,
        reorder,
        reorderDelay,
        duplicate,
        corrupt,
        mtu);
  }

  public LinkOptions burst(Burst newBurst) {
    return new LinkOptions(
        rateBitsPerSecond,
        delay,
        jitter,
        keepOrder,
        queueBytes,
        loss,
        newBurst,
        reorder,
        reorderDelay,
        duplicate,
        corrupt,
        mtu);
  }

  public LinkOptions reorder(double probability, Duration heldBack) {
    return new LinkOptions(
        rateBitsPerSecond,
        delay,
        jitter,
        keepOrder,
        queueBytes,
        loss,
        burst,
        probability,
        heldBack,
        duplicate,
        corrupt,
        mtu);
  }

  public LinkOptions duplicate(double probability) {
    return new LinkOptions(
        rateBitsPerSecond,
        delay,
        jitter,
        keepOrder,
        queueBytes,
        loss,
        burst,
        reorder,
        reorderDelay,
        probability,
        corrupt,
        mtu);
  }

  public LinkOptions corrupt(double probability) {
    return new LinkOptions(
        rateBitsPerSecond,
        delay,
        jitter,
        keepOrder,
        queueBytes,
        loss,
        burst,
        reorder,
        reorderDelay,
        duplicate,
        probability,
        mtu);
  }

  public LinkOptions mtu(int bytes) {
    return new LinkOptions(
        rateBitsPerSecond,
        delay,
        jitter,
        keepOrder,
        queueBytes,
        loss,
        burst,
        reorder,
        reorderDelay,
        duplicate,
        corrupt,
        bytes);
  }
}
