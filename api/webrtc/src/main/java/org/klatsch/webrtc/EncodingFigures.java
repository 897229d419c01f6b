package org.klatsch.webrtc;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.media.RtpCodec;

/// What was encoded of one encoding of a sent video, whichever tracks it came from. Any thread.
final class EncodingFigures {
  private static final double NANOS_PER_SECOND = 1e9;

  private final LongSupplier stopwatch;
  private final FrameRate rate = new FrameRate();
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong encodeNanos = new AtomicLong();
  private final AtomicLong targetBytes = new AtomicLong();
  private final QuantizerSum quantizers = new QuantizerSum();
  private final QualityLimitation limitation = new QualityLimitation();
  private volatile int width;
  private volatile int height;
  private volatile String implementation = "";
  private volatile boolean powerEfficient;

  /// @param stopwatch tells how long a limitation holds, in nanoseconds
  EncodingFigures(LongSupplier stopwatch) {
    this.stopwatch = stopwatch;
  }

  void encoder(VideoEncoder opened) {
    implementation = opened.implementation();
    powerEfficient = opened.isPowerEfficient();
  }

  /// An encoder has worked, whether or not it brought a frame.
  void noteWork(long nanos) {
    encodeNanos.addAndGet(nanos);
  }

  /// A frame was encoded.
  ///
  /// @param target bytes that it was to have
  void noteEncoded(RtpCodec codec, byte[] frame, long target) {
    frames.incrementAndGet();
    targetBytes.addAndGet(target);
    quantizers.add(codec, frame);
  }

  /// A frame goes out, encoded here or elsewhere.
  ///
  /// @param newWidth 0 when unknown
  void noteFrame(int newWidth, int newHeight) {
    rate.note();
    if (newWidth > 0) {
      width = newWidth;
      height = newHeight;
    }
  }

  void noteLimitation(RTCQualityLimitationReason reason) {
    limitation.note(stopwatch.getAsLong(), reason);
  }

  void noteResolutionChange() {
    limitation.noteResolutionChange();
  }

  @Nullable Double framesPerSecond() {
    return rate.perSecond();
  }

  long framesEncoded() {
    return frames.get();
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /// Why the video has less than its source.
  RTCQualityLimitationReason limitation() {
    return limitation.reason();
  }

  /// Notes the members of an outbound stream that is encoded here.
  void putInto(StatsValues values) {
    values
        .put("framesEncoded", framesEncoded())
        .put("totalEncodeTime", encodeNanos.get() / NANOS_PER_SECOND)
        .put("totalEncodedBytesTarget", targetBytes.get())
        .put("qpSum", quantizers.get())
        .put("qualityLimitationReason", limitation.reason())
        .put("qualityLimitationDurations", limitation.durations(stopwatch.getAsLong()))
        .put("qualityLimitationResolutionChanges", limitation.resolutionChanges())
        // Encoders make one layer.
        .put("scalabilityMode", "L1T1");
    String name = implementation;
    if (!name.isEmpty()) {
      values.put("encoderImplementation", name);
    }
    if (framesEncoded() > 0) {
      values.put("powerEfficientEncoder", powerEfficient);
    }
  }
}
