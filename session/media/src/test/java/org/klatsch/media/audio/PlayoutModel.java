package org.klatsch.media.audio;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/// A source of frames, a network that delays and loses them, and a player without samples: what a
/// jitter buffer lives with, in virtual time.
final class PlayoutModel {
  static final long MS = 1_000_000;

  private record Packet(long arrival, int number) {}

  private final RandomGenerator random;
  private final PriorityQueue<Packet> network =
      new PriorityQueue<>(Comparator.comparingLong(Packet::arrival));
  private final AudioPlayout<Integer> playout = new AudioPlayout<>();
  final AudioJitterBuffer<Integer> buffer;
  final List<AudioOperation> operations = new ArrayList<>();
  final List<Integer> decoded = new ArrayList<>();
  final List<Long> delays = new ArrayList<>();

  final int clockRateHz = 48_000;
  int frameMillis = 20;
  int pullMillis = 10;
  long latency = 50 * MS;
  long jitter;
  double loss;

  /// By how much the player's clock is faster than the sender's.
  double drift;

  FrameKind kind = FrameKind.AUDIO;
  boolean sending = true;
  int firstTimestamp = 0xffff_f000;
  private long now;
  private long nextSend;
  private double nextPull;
  private int sent;
  private int buffered;

  PlayoutModel(long seed) {
    this(new java.util.SplittableRandom(seed), AudioJitterOptions.DEFAULT);
  }

  PlayoutModel(RandomGenerator random, AudioJitterOptions options) {
    this.random = random;
    this.buffer = new AudioJitterBuffer<>(options, clockRateHz);
    this.nextPull = random.nextLong(20 * MS);
  }

  int frameSamples() {
    return clockRateHz / 1000 * frameMillis;
  }

  int timestamp(int number) {
    return firstTimestamp + number * frameSamples();
  }

  void run(long millis) {
    long end = now + millis * MS;
    while (true) {
      long arrival = network.isEmpty() ? Long.MAX_VALUE : network.peek().arrival();
      long next = Math.min(arrival, Math.min(nextSend, (long) nextPull));
      if (next > end) {
        now = end;
        return;
      }
      now = next;
      if (nextSend == now) {
        send();
      } else if (arrival == now) {
        int number = network.remove().number();
        buffer.insert(now, timestamp(number), frameSamples(), kind, true, number);
      } else {
        pull();
      }
    }
  }

  private void send() {
    if (sending && random.nextDouble() >= loss) {
      long delay = latency + (jitter == 0 ? 0 : random.nextLong(jitter));
      network.add(new Packet(now + delay, sent));
    }
    sent++;
    nextSend = now + frameMillis * MS;
  }

  private void pull() {
    int wanted = clockRateHz / 1000 * pullMillis;
    buffer.pull(now, wanted, buffered, playout);
    for (int i = 0; i < playout.size(); i++) {
      AudioOperation operation = playout.operation(i);
      operations.add(operation);
      buffered += playout.samples(i);
      // Half a period of the usual 5 to 10 ms.
      switch (operation) {
        case ACCELERATE -> buffered -= Math.min(playout.samples(i) / 2, clockRateHz / 125);
        case PREEMPTIVE_EXPAND -> buffered += clockRateHz / 125;
        default -> {}
      }
      if (playout.frame(i) != null && operation != AudioOperation.DECODE_FEC) {
        int number = playout.frame(i);
        decoded.add(number);
        delays.add(now - (long) number * frameMillis * MS - latency);
      }
    }
    buffered = Math.max(0, buffered - wanted);
    nextPull += pullMillis * MS / (1 + drift);
  }

  long count(AudioOperation operation) {
    return operations.stream().filter(o -> o == operation).count();
  }

  /// Forgets what was seen so far.
  void forget() {
    operations.clear();
    decoded.clear();
    delays.clear();
  }

  long averageDelayMillis() {
    return (long) (delays.stream().mapToLong(d -> d).average().orElse(-1) / MS);
  }

  long maxDelayMillis() {
    return delays.stream().mapToLong(d -> d).max().orElse(-1) / MS;
  }
}
