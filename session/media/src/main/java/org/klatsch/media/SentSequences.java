package org.klatsch.media;

import java.util.Arrays;
import org.klatsch.rtp.rtcp.CongestionFeedback;

/// The numbers that the packets of each sent stream have across all streams, so that feedback by
/// stream, RFC 8888, tells of packets in the order in which they left.
final class SentSequences {
  /// Packets of a stream remembered: 2 s at 10 Mbit/s.
  private static final int CAPACITY = 2048;

  private static final int MASK = CAPACITY - 1;
  private static final int NUMBER_BITS = 16;
  private static final long NONE = -1;

  /// Arrival of a packet that was lost.
  static final long LOST = Long.MIN_VALUE;

  /// In an entry: feedback told that the packet is lost.
  private static final long REPORTED_LOST = 1L << 32;

  /// What is known of a stream's packets.
  private static final class Sent {
    /// The sequence number above the number across all streams.
    final long[] entries = new long[CAPACITY];

    long lost;
    long recovered;

    Sent() {
      Arrays.fill(entries, NONE);
    }
  }

  private final SsrcTable<Sent> streams = new SsrcTable<>();
  private int lastReport;
  private long reportTime;
  private boolean begun;

  /// Both by packet, in the order of leaving.
  private int[] numbers = new int[0];

  private long[] arrivals = new long[0];
  private long[] order = new long[0];
  private int count;

  /// A packet leaves.
  ///
  /// @param number its number across all streams
  void add(int ssrc, int sequence, int number) {
    Sent known = streams.get(ssrc);
    if (known == null) {
      known = new Sent();
      streams.put(ssrc, known);
    }
    known.entries[sequence & MASK] = (long) sequence << NUMBER_BITS | number;
  }

  /// Forgets a stream.
  void remove(int ssrc) {
    streams.remove(ssrc);
  }

  /// Translates feedback.
  ///
  /// @param newest number of the packet that left last
  void translate(CongestionFeedback feedback, int newest) {
    if (!begun) {
      begun = true;
      lastReport = feedback.reportTimestamp();
    }
    // Units of 2⁻¹⁶ s that wrap.
    reportTime += (long) (feedback.reportTimestamp() - lastReport) * 1_000_000_000L >> 16;
    lastReport = feedback.reportTimestamp();
    count = 0;
    for (CongestionFeedback.Stream stream : feedback.streams()) {
      Sent known = streams.get(stream.ssrc());
      if (known != null) {
        collect(stream, known, newest);
      }
    }
    Arrays.sort(order, 0, count);
    long[] sorted = new long[count];
    for (int i = 0; i < count; i++) {
      int at = (int) (order[i] & 0xffff_ffffL);
      sorted[i] = arrivals[at];
      numbers[i] = newest + (int) (order[i] >> 32) & 0xffff;
    }
    System.arraycopy(sorted, 0, arrivals, 0, count);
  }

  private void collect(CongestionFeedback.Stream stream, Sent known, int newest) {
    int reports = stream.reports().length;
    if (arrivals.length < count + reports) {
      int size = Math.max(256, 2 * (count + reports));
      arrivals = Arrays.copyOf(arrivals, size);
      order = Arrays.copyOf(order, size);
      numbers = Arrays.copyOf(numbers, size);
    }
    for (int i = 0; i < reports; i++) {
      int sequence = stream.sequence(i);
      long entry = known.entries[sequence & MASK];
      if (entry == NONE || (entry >> NUMBER_BITS & 0xffff) != sequence) {
        continue;
      }
      noteOutcome(known, sequence, entry, stream.arrived(i));
      int offset = stream.arrivalOffset(i);
      boolean timed = offset < CongestionFeedback.OFFSET_TOO_LARGE;
      if (stream.arrived(i) && !timed) {
        continue;
      }
      arrivals[count] = stream.arrived(i) ? reportTime - offset * 1_000_000_000L / 1024 : LOST;
      // The oldest first: how long before the newest it left.
      int age = newest - (int) (entry & 0xffff) & 0xffff;
      order[count] = (long) -age << 32 | count;
      count++;
    }
  }

  private static void noteOutcome(Sent known, int sequence, long entry, boolean arrived) {
    boolean wasLost = (entry & REPORTED_LOST) != 0;
    if (arrived && wasLost) {
      known.recovered++;
      known.entries[sequence & MASK] = entry & ~REPORTED_LOST;
    } else if (!arrived && !wasLost) {
      known.lost++;
      known.entries[sequence & MASK] = entry | REPORTED_LOST;
    }
  }

  /// Packets of a stream that feedback told to be lost, once each time they were not before.
  long lost(int ssrc) {
    Sent known = streams.get(ssrc);
    return known == null ? 0 : known.lost;
  }

  /// Of those, packets that later feedback told to have come.
  long recovered(int ssrc) {
    Sent known = streams.get(ssrc);
    return known == null ? 0 : known.recovered;
  }

  /// Packets that the feedback translated last tells of.
  int count() {
    return count;
  }

  int[] numbers() {
    return numbers;
  }

  /// Arrivals by the receiver's clock, in nanoseconds; [#LOST] for a packet that did not come.
  long[] arrivals() {
    return arrivals;
  }
}
