package org.klatsch.testkit;

import java.util.random.RandomGenerator;

/// One direction of a link: decides for every packet whether and when it arrives. Sans-IO.
public final class Link {
  /// IPv4 and UDP header, counted against rate, queue and MTU.
  public static final int HEADER_BYTES = 28;

  /// The packet is lost.
  public static final long LOST = -1;

  private static final long STREAM_RTO_NANOS = 200_000_000;
  private static final int MAX_STREAM_ATTEMPTS = 100;

  private LinkOptions options;
  private final RandomGenerator random;
  private boolean inBurst;
  private long busyUntil;
  private long lastArrival;
  private long lastOfStream;
  private long offered;
  private long lost;
  private long overflowed;
  private long carriedBytes;

  public Link(LinkOptions options, RandomGenerator random) {
    this.options = options;
    this.random = random;
  }

  /// Changes the link from now on; packets under way are not touched.
  public void options(LinkOptions newOptions) {
    this.options = newOptions;
  }

  public LinkOptions options() {
    return options;
  }

  /// When a packet that enters at `now` arrives, or [#LOST].
  ///
  /// @param length of the UDP payload in bytes
  public long arrival(long now, int length) {
    offered++;
    LinkOptions o = options;
    long size = (long) length + HEADER_BYTES;
    if (size > o.mtu()) {
      lost++;
      return LOST;
    }
    LinkOptions.Burst burst = o.burst();
    if (burst.enter() > 0) {
      inBurst =
          inBurst ? random.nextDouble() >= burst.leave() : random.nextDouble() < burst.enter();
    }
    if (o.loss() > 0 && random.nextDouble() < o.loss()
        || inBurst && random.nextDouble() < burst.lossInBad()) {
      lost++;
      return LOST;
    }
    long sent = now;
    if (o.rateBitsPerSecond() > 0) {
      long start = Math.max(now, busyUntil);
      double queued = (start - now) * 1e-9 * o.rateBitsPerSecond() / 8;
      if (queued + size > o.queueBytes() && start > now) {
        lost++;
        overflowed++;
        return LOST;
      }
      busyUntil = start + Math.max(1, size * 8_000_000_000L / o.rateBitsPerSecond());
      sent = busyUntil;
    }
    carriedBytes += size;
    long arrival = sent + o.delay().toNanos();
    long jitter = o.jitter().toNanos();
    if (jitter > 0) {
      arrival += random.nextLong(jitter + 1);
      if (o.keepOrder()) {
        arrival = Math.max(arrival, lastArrival);
      }
    }
    if (o.reorder() > 0 && random.nextDouble() < o.reorder()) {
      return arrival + o.reorderDelay().toNanos();
    }
    lastArrival = arrival;
    return arrival;
  }

  /// When a frame of a TCP connection that enters at `now` arrives: what is lost is sent again, and
  /// nothing overtakes.
  long arrivalOfStream(long now, int length) {
    int segment = Math.min(length, options.mtu() - HEADER_BYTES);
    long at = arrival(now, segment);
    for (int i = 1; at == LOST && i <= MAX_STREAM_ATTEMPTS; i++) {
      at = arrival(now + i * STREAM_RTO_NANOS, segment);
    }
    lastOfStream = Math.max(Math.max(lastOfStream, now), at);
    return lastOfStream;
  }

  boolean duplicates() {
    return options.duplicate() > 0 && random.nextDouble() < options.duplicate();
  }

  /// Flips one bit of the packet, as seldom as the options say.
  void corrupt(byte[] packet) {
    if (options.corrupt() > 0 && packet.length > 0 && random.nextDouble() < options.corrupt()) {
      packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
    }
  }

  /// How long a packet that entered at `now` would wait in the queue of the bottleneck, in
  /// nanoseconds.
  public long queueNanos(long now) {
    return Math.max(0, busyUntil - now);
  }

  /// Packets that entered.
  public long offered() {
    return offered;
  }

  /// Packets lost for any reason.
  public long lost() {
    return lost;
  }

  /// Packets lost because the queue was full.
  public long overflowed() {
    return overflowed;
  }

  /// Bytes carried, headers included.
  public long carriedBytes() {
    return carriedBytes;
  }
}
