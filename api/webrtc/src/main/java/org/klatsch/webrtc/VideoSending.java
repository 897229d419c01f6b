package org.klatsch.webrtc;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecUnavailableException;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.EncodedVideo;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.codecs.VideoEncoderOptions;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpSendParameters;

/// Encodes the video of a sender, on its own queue of the [MediaPool].
final class VideoSending extends Sending {
  /// One picture in work, one waiting: when the encoder is too slow, pictures are left out.
  private static final int WAITING = 1;

  private static final int CLOCK_RATE = 90_000;

  private final Codecs codecs;
  private final SerialQueue queue = new SerialQueue(WAITING);

  private @Nullable RtpCodec codec;
  private @Nullable VideoEncoder encoder;
  private volatile boolean keyFrameWanted = true;
  private volatile long targetBitrate;
  private long appliedBitrate;
  private final FrameRate rate = new FrameRate();
  private volatile long framesEncoded;
  private final AtomicLong frames = new AtomicLong();
  private volatile int width;
  private volatile int height;
  private volatile long encodeNanos;

  /// @param encodes false for a track whose frames are encoded already
  VideoSending(
      FrameSink sink,
      boolean encodes,
      RtpSendParameters parameters,
      Codecs codecs,
      LongSupplier clock) {
    super(sink, encodes, parameters, clock);
    this.codecs = codecs;
  }

  /// Whether any negotiated codec can be encoded.
  static boolean canEncode(RtpSendParameters parameters, Codecs codecs) {
    return parameters.codecs().stream()
        .anyMatch(each -> each.isMedia() && codecs.supports(Formats.format(each)));
  }

  void requestKeyFrame() {
    keyFrameWanted = true;
  }

  /// What the path carries, in bits a second.
  void targetBitrate(long bitsPerSecond) {
    targetBitrate = bitsPerSecond;
  }

  /// Pictures that came from the track.
  long frames() {
    return frames.get();
  }

  @Nullable Double framesPerSecond() {
    return rate.perSecond();
  }

  long framesEncoded() {
    return framesEncoded;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  long encodeNanos() {
    return encodeNanos;
  }

  @Override
  void passed(EncodedFrame frame) {
    frames.incrementAndGet();
    rate.note();
    if (frame instanceof EncodedVideoFrame video && video.width() > 0) {
      width = video.width();
      height = video.height();
    }
  }

  @Override
  public void video(VideoFrame frame) {
    frames.incrementAndGet();
    rate.note();
    width = frame.width();
    height = frame.height();
    long capturedAt = now();
    queue.execute(() -> encode(frame, capturedAt));
  }

  private synchronized void encode(VideoFrame frame, long capturedAt) {
    RtpCodec wanted = codec(0);
    if (wanted == null || !parameters().encodings().getFirst().active()) {
      return;
    }
    if (!wanted.equals(codec) && !change(wanted)) {
      return;
    }
    VideoEncoder current = encoder;
    if (current == null) {
      return;
    }
    long bitrate = bitrate();
    if (bitrate > 0 && bitrate != appliedBitrate) {
      appliedBitrate = bitrate;
      current.bitrate((int) Math.min(bitrate, Integer.MAX_VALUE));
    }
    boolean keyFrame = keyFrameWanted;
    keyFrameWanted = false;
    long before = System.nanoTime();
    EncodedVideo encoded = current.encode(frame, keyFrame);
    encodeNanos += System.nanoTime() - before;
    if (encoded == null) {
      keyFrameWanted |= keyFrame;
      return;
    }
    framesEncoded++;
    sink()
        .send(
            EncodedVideoFrame.of(
                    wanted,
                    encoded.data(),
                    (int) (capturedAt / 1_000 * CLOCK_RATE / 1_000_000),
                    encoded.keyFrame(),
                    capturedAt)
                .withSize(encoded.width(), encoded.height())
                .withRotation(frame.rotationDegrees()),
            0);
  }

  private long bitrate() {
    long limit = parameters().encodings().getFirst().maxBitrate();
    long target = targetBitrate;
    return limit > 0 && (target == 0 || limit < target) ? limit : target;
  }

  private boolean change(RtpCodec next) {
    VideoEncoder old = encoder;
    if (old != null) {
      old.close();
      encoder = null;
    }
    codec = next;
    try {
      encoder = codecs.videoEncoder(Formats.format(next), VideoEncoderOptions.defaults());
      keyFrameWanted = true;
      appliedBitrate = 0;
      return true;
    } catch (CodecUnavailableException e) {
      complain(String.valueOf(e.getMessage()));
      return false;
    }
  }

  @Override
  synchronized void close() {
    VideoEncoder old = encoder;
    if (old != null) {
      old.close();
      encoder = null;
    }
    codec = null;
  }
}
