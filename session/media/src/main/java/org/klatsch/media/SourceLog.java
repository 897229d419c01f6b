package org.klatsch.media;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.rtp.HeaderExtensions;
import org.klatsch.rtp.RtpPacket;

/// Who was heard in the last ten seconds, W3C WebRTC §5.3 `getContributingSources`; the oldest is
/// forgotten when there are too many.
final class SourceLog {
  private static final long REMEMBERED = 10_000_000_000L;
  private static final int CAPACITY = 32;

  private final int[] sources = new int[CAPACITY];
  private final boolean[] contributing = new boolean[CAPACITY];
  private final long[] times = new long[CAPACITY];
  private final int[] timestamps = new int[CAPACITY];
  private final int[] levels = new int[CAPACITY];
  private final boolean[] voices = new boolean[CAPACITY];
  private int size;

  void note(long now, RtpPacket packet, HeaderExtensions extensions) {
    int timestamp = packet.timestamp();
    put(now, packet.ssrc(), false, timestamp, extensions.audioLevel(), extensions.voiceActivity());
    for (int i = 0; i < packet.csrcCount(); i++) {
      put(now, packet.csrc(i), true, timestamp, extensions.csrcAudioLevel(i), false);
    }
  }

  private void put(long now, int source, boolean isCsrc, int timestamp, int level, boolean voice) {
    int at = 0;
    while (at < size && (sources[at] != source || contributing[at] != isCsrc)) {
      at++;
    }
    if (at == CAPACITY) {
      at = oldest();
    } else if (at == size) {
      size++;
    }
    sources[at] = source;
    contributing[at] = isCsrc;
    times[at] = now;
    timestamps[at] = timestamp;
    levels[at] = level;
    voices[at] = voice;
  }

  private int oldest() {
    int oldest = 0;
    for (int i = 1; i < size; i++) {
      if (times[i] < times[oldest]) {
        oldest = i;
      }
    }
    return oldest;
  }

  /// Those heard lately, the last one first.
  List<RtpSource> list(long now) {
    List<RtpSource> list = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      if (now - times[i] <= REMEMBERED) {
        list.add(
            new RtpSource(
                sources[i], contributing[i], times[i], timestamps[i], levels[i], voices[i]));
      }
    }
    list.sort((a, b) -> Long.compare(b.time(), a.time()));
    return list;
  }
}
