package org.klatsch.media;

import java.util.Arrays;
import java.util.function.Consumer;
import org.klatsch.rtp.rtcp.RtcpPacket;
import org.klatsch.rtp.rtcp.TransportFeedback;
import org.klatsch.sansio.ProtocolCore;

/// When packets arrived by their transport-wide sequence number, and the feedback on it,
/// draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.
final class ArrivalLog {
  private static final int CAPACITY = 2048;
  private static final int MASK = CAPACITY - 1;
  private static final long MISSING = -1;

  /// Share of what is received that feedback may take.
  private static final double SHARE = 0.05;

  /// A usual feedback packet with the headers below.
  private static final double FEEDBACK_BITS = 68 * 8;

  private static final long MIN_INTERVAL = 50_000_000;
  private static final long MAX_INTERVAL = 250_000_000;

  private final long[] arrivals = new long[CAPACITY];
  private final TransportFeedback.Builder builder = new TransportFeedback.Builder();
  private boolean begun;
  private long next;
  private long highest;
  private int mediaSsrc;
  private int feedbackCount;
  private long due = ProtocolCore.NEVER;
  private long bytes;
  private long bytesSince;
  private long interval = 100_000_000;

  /// Takes note of a packet.
  void add(long now, int sequence, int ssrc, int length) {
    bytes += length;
    mediaSsrc = ssrc;
    if (!begun) {
      begun = true;
      bytesSince = now;
      next = sequence + 0x1_0000L;
      highest = next - 1;
      Arrays.fill(arrivals, MISSING);
    }
    long extended = highest + (short) (sequence - (int) highest);
    if (extended < next) {
      return;
    }
    if (extended - next >= CAPACITY) {
      // A jump: what lies between was never sent.
      Arrays.fill(arrivals, MISSING);
      next = extended;
    }
    highest = Math.max(highest, extended);
    int at = (int) extended & MASK;
    if (arrivals[at] == MISSING) {
      arrivals[at] = now;
    }
    if (due == ProtocolCore.NEVER) {
      due = now + interval;
    }
  }

  long nextTimeout() {
    return due;
  }

  /// Reports what arrived, when it is time.
  ///
  /// @param ssrc that feedback comes from
  void feedback(long now, int ssrc, int maxLength, Consumer<RtcpPacket> out) {
    if (now < due) {
      return;
    }
    due = ProtocolCore.NEVER;
    long passed = Math.max(1, now - bytesSince);
    double rate = Math.max(1, bytes * 8e9 / passed);
    interval =
        Math.clamp((long) (FEEDBACK_BITS / (SHARE * rate) * 1e9), MIN_INTERVAL, MAX_INTERVAL);
    bytes = 0;
    bytesSince = now;
    boolean open = false;
    for (long sequence = next; sequence <= highest; sequence++) {
      int at = (int) sequence & MASK;
      long arrival = arrivals[at];
      if (arrival == MISSING) {
        continue;
      }
      arrivals[at] = MISSING;
      int number = (int) (sequence & 0xffff);
      if (!open) {
        builder.start((int) (next & 0xffff), arrival);
        open = true;
      }
      if (!builder.add(number, arrival, maxLength)) {
        out.accept(builder.build(ssrc, mediaSsrc, feedbackCount++));
        builder.start(number, arrival);
        builder.add(number, arrival, maxLength);
      }
      next = sequence + 1;
    }
    if (open) {
      out.accept(builder.build(ssrc, mediaSsrc, feedbackCount++));
    }
  }
}
