package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.FrameOrigin;

/// The frames of a received video that were decoded, W3C WebRTC Statistics §8.4. Times are
/// nanoseconds of the driver. Any thread.
final class DecodedFrames {
  private static final double NANOS_PER_SECOND = 1e9;

  private long count;
  private long keyFrames;
  private long decodeNanos;
  private long processingNanos;
  private long assembled;
  private long assemblyNanos;
  private @Nullable PlayoutPoint shown;

  /// A decoder has worked, whether or not it brought a picture.
  synchronized void noteWork(long nanos) {
    decodeNanos += nanos;
  }

  /// A frame became a picture, which is shown now.
  synchronized void note(long now, EncodedVideoFrame frame) {
    count++;
    keyFrames += frame.keyFrame() ? 1 : 0;
    FrameOrigin origin = frame.origin();
    if (origin == null) {
      return;
    }
    processingNanos += now - origin.firstArrival();
    if (origin.firstSequenceNumber() != origin.lastSequenceNumber()) {
      assembled++;
      assemblyNanos += frame.captureTime() - origin.firstArrival();
    }
    shown = new PlayoutPoint(origin.ssrc(), frame.rtpTimestamp(), now);
  }

  synchronized long count() {
    return count;
  }

  synchronized long keyFrames() {
    return keyFrames;
  }

  /// The picture shown last; null before the first.
  synchronized @Nullable PlayoutPoint shown() {
    return shown;
  }

  /// Notes the members of an inbound stream.
  synchronized void putInto(StatsValues values) {
    values
        .put("framesDecoded", count)
        .put("keyFramesDecoded", keyFrames)
        .put("totalDecodeTime", decodeNanos / NANOS_PER_SECOND)
        .put("totalProcessingDelay", processingNanos / NANOS_PER_SECOND)
        .put("framesAssembledFromMultiplePackets", assembled)
        .put("totalAssemblyTime", assemblyNanos / NANOS_PER_SECOND);
  }
}
