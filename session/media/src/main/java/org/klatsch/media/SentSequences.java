package org.klatsch.media;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
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

  private final SsrcTable<long[]> streams = new SsrcTable<>();
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
    long[] known = streams.get(ssrc);
    if (known == null) {
      known = new long[CAPACITY];
      Arrays.fill(known, NONE);
      streams.put(ssrc, known);
    }
    known[sequence & MASK] = (long) sequence << NUMBER_BITS | number;
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
      long @Nullable [] known = streams.get(stream.ssrc());
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

  private void collect(CongestionFeedback.Stream stream, long[] known, int newest) {
    int reports = stream.reports().length;
    if (arrivals.length < count + reports) {
      int size = Math.max(256, 2 * (count + reports));
      arrivals = Arrays.copyOf(arrivals, size);
      order = Arrays.copyOf(order, size);
      numbers = Arrays.copyOf(numbers, size);
    }
    for (int i = 0; i < reports; i++) {
      int sequence = stream.sequence(i);
      long entry = known[sequence & MASK];
      if (entry == NONE || entry >> NUMBER_BITS != sequence) {
        continue;
      }
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
