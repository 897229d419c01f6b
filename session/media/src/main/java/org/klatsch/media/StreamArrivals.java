package org.klatsch.media;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.NtpTime;
import org.klatsch.rtp.rtcp.CongestionFeedback;
import org.klatsch.rtp.rtcp.RtcpPacket;
import org.klatsch.sansio.ProtocolCore;

/// When the packets of each stream arrived, and the feedback on it, RFC 8888 §3. For senders that
/// number their packets by stream alone, see [ArrivalLog] for the others.
final class StreamArrivals {
  /// Packets of a stream between two reports at most: 100 ms at 100 Mbit/s.
  private static final int CAPACITY = 1024;

  private static final int MASK = CAPACITY - 1;
  private static final long MISSING = -1;

  /// Streams at most; others are not reported on.
  private static final int MAX_STREAMS = 32;

  /// RFC 8888 §6.1 wants more than one report for each round trip and frame.
  private static final long INTERVAL = 50_000_000;

  /// Header, sender and report timestamp.
  private static final int FIXED = 16;

  /// SSRC, first sequence number and count.
  private static final int STREAM_HEADER = 8;

  private static final class Stream {
    final int ssrc;
    final long[] arrivals = new long[CAPACITY];
    long next;
    long highest;
    long lost;

    Stream(int ssrc, int first) {
      this.ssrc = ssrc;
      next = first + 0x1_0000L;
      highest = next - 1;
      Arrays.fill(arrivals, MISSING);
    }
  }

  private final List<Stream> streams = new ArrayList<>();
  private long due = ProtocolCore.NEVER;

  /// Takes note of a packet.
  void add(long now, int ssrc, int sequence) {
    Stream stream = stream(ssrc, sequence);
    if (stream == null) {
      return;
    }
    long extended = stream.highest + (short) (sequence - (int) stream.highest);
    if (extended < stream.next) {
      return;
    }
    if (extended - stream.next >= CAPACITY) {
      // A jump: what lies between was never sent.
      Arrays.fill(stream.arrivals, MISSING);
      stream.next = extended;
    }
    stream.highest = Math.max(stream.highest, extended);
    int at = (int) extended & MASK;
    if (stream.arrivals[at] == MISSING) {
      stream.arrivals[at] = now;
    }
    if (due == ProtocolCore.NEVER) {
      due = now + INTERVAL;
    }
  }

  private @Nullable Stream stream(int ssrc, int sequence) {
    for (int i = 0; i < streams.size(); i++) {
      if (streams.get(i).ssrc == ssrc) {
        return streams.get(i);
      }
    }
    if (streams.size() == MAX_STREAMS) {
      return null;
    }
    Stream stream = new Stream(ssrc, sequence);
    streams.add(stream);
    return stream;
  }

  /// Packets of a stream that were reported to be lost. Each is reported once.
  long lost(int ssrc) {
    for (int i = 0; i < streams.size(); i++) {
      if (streams.get(i).ssrc == ssrc) {
        return streams.get(i).lost;
      }
    }
    return 0;
  }

  long nextTimeout() {
    return due;
  }

  /// Reports what arrived, when it is time.
  ///
  /// @param ntpTime the wall clock at `now`
  /// @param ssrc that feedback comes from
  void feedback(long now, long ntpTime, int ssrc, int maxLength, Consumer<RtcpPacket> out) {
    if (now < due) {
      return;
    }
    due = ProtocolCore.NEVER;
    List<CongestionFeedback.Stream> reports = new ArrayList<>();
    int room = maxLength - FIXED;
    for (Stream stream : streams) {
      while (stream.next <= stream.highest) {
        // Two bytes each, in words of four.
        int most = (room - STREAM_HEADER) / 4 * 2;
        if (most < 2) {
          out.accept(new CongestionFeedback(ssrc, reports, NtpTime.middle(ntpTime)));
          reports.clear();
          room = maxLength - FIXED;
          continue;
        }
        int count = (int) Math.min(most, stream.highest - stream.next + 1);
        reports.add(take(now, stream, count));
        room -= STREAM_HEADER + (count + 1) / 2 * 4;
      }
    }
    if (!reports.isEmpty()) {
      out.accept(new CongestionFeedback(ssrc, reports, NtpTime.middle(ntpTime)));
    }
  }

  private static CongestionFeedback.Stream take(long now, Stream stream, int count) {
    int[] reports = new int[count];
    int begin = (int) (stream.next & 0xffff);
    for (int i = 0; i < count; i++) {
      int at = (int) (stream.next + i) & MASK;
      long arrival = stream.arrivals[at];
      if (arrival != MISSING) {
        reports[i] = CongestionFeedback.received(0, now - arrival);
        stream.arrivals[at] = MISSING;
      } else {
        stream.lost++;
      }
    }
    stream.next += count;
    return new CongestionFeedback.Stream(stream.ssrc, begin, reports);
  }
}
