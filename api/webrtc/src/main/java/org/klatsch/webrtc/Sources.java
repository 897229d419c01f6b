package org.klatsch.webrtc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.RtpSource;

/// Who was heard lately, as the W3C tells it.
final class Sources {
  private static final double NANOS_PER_MILLI = 1e6;

  private Sources() {}

  static List<RTCRtpContributingSource> contributing(
      Connection connection, @Nullable RtpReceiver receiver) {
    List<RTCRtpContributingSource> found = new ArrayList<>();
    if (receiver != null) {
      long now = connection.loop().now();
      for (RtpSource each : receiver.sources(now)) {
        if (each.contributing()) {
          found.add(
              new RTCRtpContributingSource.Csrc(
                  wall(now, each.time()),
                  Integer.toUnsignedLong(each.source()),
                  level(each),
                  Integer.toUnsignedLong(each.rtpTimestamp())));
        }
      }
    }
    return found;
  }

  static List<RTCRtpSynchronizationSource> synchronizing(
      Connection connection, @Nullable RtpReceiver receiver) {
    List<RTCRtpSynchronizationSource> found = new ArrayList<>();
    if (receiver != null) {
      long now = connection.loop().now();
      for (RtpSource each : receiver.sources(now)) {
        if (!each.contributing()) {
          found.add(
              new RTCRtpSynchronizationSource(
                  wall(now, each.time()),
                  Integer.toUnsignedLong(each.source()),
                  level(each),
                  Integer.toUnsignedLong(each.rtpTimestamp())));
        }
      }
    }
    return found;
  }

  private static @Nullable Double level(RtpSource source) {
    return source.audioLevel() < 0 ? null : LevelMeter.linear(source.audioLevel());
  }

  private static double wall(long now, long time) {
    return Instant.now().toEpochMilli() - (now - time) / NANOS_PER_MILLI;
  }
}
