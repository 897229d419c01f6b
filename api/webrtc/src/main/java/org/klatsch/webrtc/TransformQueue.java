package org.klatsch.webrtc;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedFrame;

/// The way of frames through the [RTCRtpTransform] of a sender or receiver, if there is one. Any
/// thread.
final class TransformQueue {
  /// Two seconds of video: what waits longer is of no use to anybody.
  private static final int WAITING = 60;

  private final SerialQueue queue = new SerialQueue(WAITING);
  private volatile @Nullable RTCRtpTransform transform;

  @Nullable RTCRtpTransform transform() {
    return transform;
  }

  void transform(@Nullable RTCRtpTransform value) {
    transform = value;
  }

  /// Hands a frame on: at once without a transform, else on a pool thread.
  void pass(EncodedFrame frame, Consumer<EncodedFrame> next) {
    RTCRtpTransform current = transform;
    if (current == null) {
      next.accept(frame);
      return;
    }
    queue.execute(() -> {
      EncodedFrame changed = current.transform(frame);
      if (changed != null) {
        next.accept(changed);
      }
    });
  }
}
