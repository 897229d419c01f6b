package org.klatsch.sctp;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;

/// Bulk flows over one bottleneck with a drop-tail queue, in virtual time: an association that
/// sends as much as it can, and optionally a TCP flow beside it.
///
/// Packets count with what carries SCTP in a real session: 37 bytes of DTLS, 28 of UDP and IP.
final class PathSimulation {
  static final int OVERHEAD = 37 + 28;
  static final long SECOND = 1_000_000_000L;

  /// One direction.
  final class Link {
    private final long rate;
    private final long delay;
    private final long queueBytes;
    private final double loss;
    private long busyUntil;
    long dropped;

    Link(long rate, long delay, long queueBytes, double loss) {
      this.rate = rate;
      this.delay = delay;
      this.queueBytes = queueBytes;
      this.loss = loss;
    }

    void carry(int wireBytes, Runnable arrival) {
      if (random.nextDouble() < loss) {
        return;
      }
      long start = Math.max(now, busyUntil);
      double queued = (double) (start - now) * rate / 8e9;
      if (start > now && queued + wireBytes > queueBytes) {
        dropped++;
        return;
      }
      busyUntil = start + wireBytes * 8L * SECOND / rate;
      at(busyUntil + delay, arrival);
    }
  }

  private record Event(long at, long order, Runnable body) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private final SplittableRandom random;
  private long order;
  long now = SECOND;
  final Link forward;
  final Link backward;

  PathSimulation(long seed, long rate, long rttMillis, double queueInBdp, double loss) {
    random = new SplittableRandom(seed);
    long delay = rttMillis * 1_000_000 / 2;
    long queue = Math.max(20_000, (long) (rate / 8.0 * rttMillis / 1000 * queueInBdp));
    forward = new Link(rate, delay, queue, loss);
    backward = new Link(rate, delay, queue, loss);
  }

  void at(long time, Runnable body) {
    events.add(new Event(time, order++, body));
  }

  void runUntil(long end) {
    while (!events.isEmpty() && events.peek().at <= end) {
      Event event = events.poll();
      now = Math.max(now, event.at);
      event.body.run();
    }
    now = end;
  }

  /// An association with the link it sends on.
  final class Node {
    final SctpAssociation association;
    final Link out;
    Node peer;
    long receivedBytes;
    long wanted;
    int messageSize = 65_536;
    private final TransmitBuffer buffer = new TransmitBuffer(64, 9216);
    private long wakeAt = ProtocolCore.NEVER;

    Node(SctpOptions options, long seed, Link out) {
      association = new SctpAssociation(options, new SeededRandom(seed));
      this.out = out;
    }

    void drain() {
      while (wanted > 0
          && association.state() == SctpAssociation.State.ESTABLISHED
          && association.bufferedAmount() < 1_000_000) {
        int length = (int) Math.min(wanted, messageSize);
        if (!association.send(now, 0, 53, new byte[length], 0, length, SendOptions.RELIABLE)) {
          break;
        }
        wanted -= length;
      }
      long next;
      do {
        next =
            Pump.run(
                association,
                now,
                buffer,
                e -> {
                  if (e instanceof SctpEvent.Message m) {
                    receivedBytes += m.data().length;
                    association.consumed(now, m.windowBytes());
                  }
                });
        for (int i = 0; i < buffer.packetCount(); i++) {
          int offset = buffer.packetOffset(i);
          int length = buffer.packetLength(i);
          byte[] packet = java.util.Arrays.copyOfRange(buffer.array(), offset, offset + length);
          out.carry(
              length + OVERHEAD,
              () -> {
                peer.association.handlePacket(now, packet, 0, packet.length);
                peer.drain();
              });
        }
        buffer.clear();
      } while (next <= now);
      if (next != ProtocolCore.NEVER && next != wakeAt) {
        wakeAt = next;
        at(
            next,
            () -> {
              if (wakeAt <= now) {
                wakeAt = ProtocolCore.NEVER;
                drain();
              }
            });
      }
    }
  }

  Node[] association(SctpOptions options, long seed) {
    Node a = new Node(options, seed, forward);
    Node b = new Node(options, seed + 1, backward);
    a.peer = b;
    b.peer = a;
    return new Node[] {a, b};
  }

  /// A TCP flow with CUBIC, HyStart and ideal selective acknowledgement, 1448 bytes in 1500.
  final class TcpCubic {
    private static final int WIRE = 1500;
    private double cwnd = 10;
    private double ssthresh = Double.MAX_VALUE;
    private double windowMax;
    private double reno;
    private double k;
    private long epoch = -1;
    private long recoveryUntil;
    private long minRtt = Long.MAX_VALUE;
    private long roundStart;
    private int roundSamples;
    private long roundMin = Long.MAX_VALUE;
    private long lastRoundMin = Long.MAX_VALUE;
    private long sent;
    private int lostPending;
    long delivered;
    private long lastProgress;

    private final class Segment {
      final long number = sent++;
      final long at = now;
    }

    private final ArrayDeque<Segment> flight = new ArrayDeque<>();

    void start() {
      lastProgress = now;
      send();
      tick();
    }

    private void tick() {
      if (now - lastProgress > SECOND) {
        lostPending = 0;
        flight.clear();
        ssthresh = cwnd * 0.7;
        cwnd = 1;
        lastProgress = now;
      }
      send();
      at(now + SECOND / 5, this::tick);
    }

    private void send() {
      while (flight.size() < cwnd) {
        Segment segment = new Segment();
        flight.add(segment);
        forward.carry(WIRE, () -> backward.carry(66, () -> acked(segment)));
      }
    }

    private void acked(Segment segment) {
      lastProgress = now;
      long rtt = now - segment.at;
      minRtt = Math.min(minRtt, rtt);
      roundMin = Math.min(roundMin, rtt);
      boolean known = flight.remove(segment);
      if (known) {
        delivered += 1448;
      }
      boolean lost = false;
      while (!flight.isEmpty() && flight.peek().number + 3 <= segment.number) {
        Segment dropped = flight.poll();
        if (dropped.at > recoveryUntil) {
          lost = true;
        }
      }
      if (lost) {
        windowMax = cwnd < windowMax ? cwnd * 0.85 : cwnd;
        cwnd = Math.max(2, cwnd * 0.7);
        ssthresh = cwnd;
        epoch = -1;
        recoveryUntil = now;
      } else if (cwnd < ssthresh) {
        cwnd++;
        roundSamples++;
        long threshold =
            Math.clamp(
                lastRoundMin == Long.MAX_VALUE ? 0 : lastRoundMin / 8, 4_000_000, 16_000_000);
        if (roundSamples >= 8
            && lastRoundMin != Long.MAX_VALUE
            && roundMin >= lastRoundMin + threshold
            && cwnd > 16) {
          ssthresh = cwnd;
        }
        if (segment.at >= roundStart) {
          roundStart = now;
          lastRoundMin = roundMin;
          roundMin = Long.MAX_VALUE;
          roundSamples = 0;
        }
      } else if (segment.at > recoveryUntil) {
        if (epoch < 0) {
          epoch = now;
          windowMax = Math.max(windowMax, cwnd);
          k = Math.cbrt((windowMax - cwnd) / 0.4);
          reno = cwnd;
        }
        double t = (now - epoch + minRtt) / 1e9 - k;
        double target = Math.clamp(0.4 * t * t * t + windowMax, cwnd, 1.5 * cwnd);
        reno += 0.53 / cwnd;
        cwnd += (target - cwnd) / cwnd;
        cwnd = Math.max(cwnd, reno);
      }
      send();
    }
  }
}
