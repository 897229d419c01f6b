package org.klatsch.webrtc;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.container.Quantizer;
import org.klatsch.media.RtpCodec;

/// How coarsely the frames of a video are quantized altogether, W3C WebRTC Statistics §8.4 and
/// §8.7. Frames of one thread at a time; read by any.
final class QuantizerSum {
  private static final long UNKNOWN = -1;

  private final AtomicLong sum = new AtomicLong(UNKNOWN);

  /// Adds a frame.
  void add(RtpCodec codec, byte[] frame) {
    int index = Quantizer.index(Formats.format(codec), frame);
    if (index >= 0) {
      sum.set(Math.max(0, sum.get()) + index);
    }
  }

  /// Null while no frame told.
  @Nullable Long get() {
    long value = sum.get();
    return value == UNKNOWN ? null : value;
  }
}
