package org.klatsch.webrtc;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.CodecUnavailableException;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.EncodedVideo;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.codecs.VideoEncoderOptions;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.video.VideoScaler;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;

/// One encoding of a sent video: makes its pictures smaller and fewer as wished, and encodes them.
/// Works on the queue of its [VideoSending]; requests and figures may come from any thread.
final class VideoEncoding {
  /// What an encoder begins with while nothing is known of the path.
  private static final int START_BITRATE = 600_000;

  /// Bits for each pixel without which an upper encoding of a simulcast is left out rather than
  /// sent as mud: receivers have the lower ones. Resumed at a quarter more.
  private static final double STARVED = 0.012;

  private static final double FED = 0.015;

  private static final double BITS_PER_BYTE = 8;

  /// How early a picture may come and still count as due: sources are not exact.
  private static final double EARLY = 0.1;

  /// Pause after a failure of the encoder; doubles with each.
  private static final long RETRY_NANOS = 500_000_000L;

  private static final int MAX_DOUBLINGS = 6;

  /// What an encoding is to be, of one picture.
  ///
  /// @param maxBitrate 0 for no limit
  /// @param maxFramerate null for no limit; 0 freezes the picture, W3C WebRTC §5.2.5
  /// @param adapts whether resolution and rate may be given up; a simulcast leaves out encodings
  ///   instead
  /// @param sourceRate frames a second that come
  record Wish(
      RtpCodec codec,
      boolean active,
      long maxBitrate,
      double scale,
      @Nullable Double maxFramerate,
      RTCDegradationPreference preference,
      boolean adapts,
      double sourceRate) {}

  private final Codecs codecs;
  private final boolean upper;
  private final Consumer<String> complaints;
  private final EncodingFigures figures;
  private final LongSupplier stopwatch;
  private final VideoScaler scaler = new VideoScaler();
  private final VideoAdaptation adaptation = new VideoAdaptation();
  private final EncoderLoad load = new EncoderLoad();
  private double adaptedScale = 1;
  private final AtomicBoolean keyFrameWanted = new AtomicBoolean(true);
  private @Nullable RtpCodec codec;
  private @Nullable VideoEncoder encoder;
  private boolean unavailable;
  private boolean resting = true;
  private boolean starving;
  private long nextDue;
  private long retryAt;
  private int failures;
  private long appliedBitrate;
  private double appliedRate;

  private volatile long target;

  /// @param upper whether receivers have a lower encoding of the same picture
  /// @param complaints takes why nothing is sent
  /// @param figures what was encoded of it before, by another track too
  /// @param stopwatch measures, in nanoseconds, how long encoding takes
  VideoEncoding(
      Codecs codecs,
      boolean upper,
      Consumer<String> complaints,
      EncodingFigures figures,
      LongSupplier stopwatch) {
    this.codecs = codecs;
    this.upper = upper;
    this.complaints = complaints;
    this.figures = figures;
    this.stopwatch = stopwatch;
  }

  void requestKeyFrame() {
    keyFrameWanted.set(true);
  }

  /// What the path carries of it, in bits a second; 0 for nothing or while unknown.
  void target(long bitsPerSecond) {
    target = bitsPerSecond;
  }

  long target() {
    return target;
  }

  /// A frame of it goes out that was encoded elsewhere.
  void notePassed(EncodedVideoFrame frame) {
    figures.noteFrame(frame.width(), frame.height());
  }

  /// Encodes a picture.
  ///
  /// @param capturedAt the driver's time, which orders the encoder's pictures too: sources need not
  ///   know better
  /// @return null when it is left out
  @Nullable EncodedVideoFrame encode(VideoFrame source, long capturedAt, Wish wish) {
    if (!wish.active()) {
      figures.noteLimitation(RTCQualityLimitationReason.NONE);
      rest();
      return null;
    }
    if (isStarved(source, wish)) {
      rest();
      return null;
    }
    if (resting) {
      resting = false;
      nextDue = 0;
      keyFrameWanted.set(true);
    }
    long bitrate = bitrate(wish.maxBitrate());
    adapt(source, capturedAt, wish, bitrate);
    if (!isDue(capturedAt, wish)) {
      return null;
    }
    VideoEncoder current = encoderFor(wish.codec(), capturedAt, bitrate, encodedRate(wish));
    if (current == null) {
      return null;
    }
    long begin = stopwatch.getAsLong();
    VideoFrame picture = scaled(source, wish.scale() * adaptation.scale());
    boolean keyFrame = keyFrameWanted.getAndSet(false);
    long before = stopwatch.getAsLong();
    EncodedVideo encoded;
    try {
      encoded =
          current.encode(
              new VideoFrame(
                  picture.width(),
                  picture.height(),
                  picture.i420(),
                  picture.rotationDegrees(),
                  capturedAt),
              keyFrame);
    } catch (RuntimeException e) {
      failed(capturedAt, e);
      return null;
    }
    long done = stopwatch.getAsLong();
    figures.noteWork(done - before);
    if (load.note(done, done - begin) && wish.adapts()) {
      adaptation.load(capturedAt, load.share());
    }
    if (encoded == null) {
      if (keyFrame) {
        keyFrameWanted.set(true);
      }
      return null;
    }
    failures = 0;
    figures.noteEncoded(
        wish.codec(),
        encoded.data(),
        (long) ((bitrate > 0 ? bitrate : START_BITRATE) / BITS_PER_BYTE / appliedRate));
    figures.noteFrame(encoded.width(), encoded.height());
    return EncodedVideoFrame.of(
            wish.codec(),
            encoded.data(),
            Sending.timestamp(wish.codec(), capturedAt),
            encoded.keyFrame(),
            capturedAt)
        .withSize(encoded.width(), encoded.height())
        .withRotation(picture.rotationDegrees());
  }

  private boolean isStarved(VideoFrame source, Wish wish) {
    if (!upper) {
      return false;
    }
    double pixels =
        source.width()
            * (double) source.height()
            / (wish.scale() * wish.scale())
            * wish.sourceRate();
    starving = target < pixels * (starving ? FED : STARVED);
    figures.noteLimitation(
        starving ? RTCQualityLimitationReason.BANDWIDTH : RTCQualityLimitationReason.NONE);
    return starving;
  }

  /// The lower of what the path carries and what is allowed; 0 while nothing is known.
  private long bitrate(long limit) {
    long known = target;
    return limit > 0 && (known == 0 || limit < known) ? limit : known;
  }

  private static double encodedRate(Wish wish) {
    Double most = wish.maxFramerate();
    return Math.max(1, most == null ? wish.sourceRate() : Math.min(most, wish.sourceRate()));
  }

  private void adapt(VideoFrame source, long capturedAt, Wish wish, long bitrate) {
    if (wish.adapts()) {
      adaptation.update(
          capturedAt,
          wish.preference(),
          (int) (source.width() / wish.scale()),
          (int) (source.height() / wish.scale()),
          encodedRate(wish),
          bitrate);
    } else {
      adaptation.reset();
    }
    if (!upper) {
      figures.noteLimitation(adaptation.reason());
    }
    if (adaptation.scale() != adaptedScale) {
      adaptedScale = adaptation.scale();
      figures.noteResolutionChange();
      load.restart();
    }
  }

  /// Whether the frame rate has room for a picture of this time.
  private boolean isDue(long capturedAt, Wish wish) {
    Double most = wish.maxFramerate();
    if (most != null && most == 0) {
      return keyFrameWanted.get();
    }
    double limit = adaptation.rate() < 1 ? encodedRate(wish) * adaptation.rate() : 0;
    if (most != null && (limit == 0 || most < limit)) {
      limit = most;
    }
    if (limit == 0) {
      return true;
    }
    long interval = (long) (1e9 / limit);
    if (nextDue != 0 && capturedAt < nextDue - (long) (EARLY * interval)) {
      return false;
    }
    boolean behind = nextDue == 0 || capturedAt - nextDue > interval;
    nextDue = (behind ? capturedAt : nextDue) + interval;
    return true;
  }

  private VideoFrame scaled(VideoFrame source, double scale) {
    if (scale <= 1) {
      return source;
    }
    return scaler.scale(source, side(source.width(), scale), side(source.height(), scale));
  }

  /// Even, as chroma has half the resolution.
  private static int side(int pixels, double scale) {
    return Math.min(pixels, Math.max(2, (int) (pixels / scale) & ~1));
  }

  private @Nullable VideoEncoder encoderFor(
      RtpCodec wanted, long now, long bitrate, double framesPerSecond) {
    if (!wanted.equals(codec)) {
      close();
      codec = wanted;
    }
    VideoEncoder current = encoder;
    if (current == null && !unavailable && now >= retryAt) {
      current = open(wanted, now, bitrate, framesPerSecond);
    }
    if (current == null) {
      return null;
    }
    if (bitrate > 0 && bitrate != appliedBitrate) {
      appliedBitrate = bitrate;
      current.bitrate((int) Math.min(bitrate, Integer.MAX_VALUE));
    }
    double effective = framesPerSecond * adaptation.rate();
    if (Math.abs(effective - appliedRate) > appliedRate / 8) {
      appliedRate = effective;
      current.frameRate(effective);
    }
    return current;
  }

  private @Nullable VideoEncoder open(
      RtpCodec wanted, long now, long bitrate, double framesPerSecond) {
    appliedBitrate = bitrate;
    appliedRate = framesPerSecond;
    VideoEncoderOptions options =
        VideoEncoderOptions.defaults()
            .withBitrate((int) (bitrate > 0 ? Math.min(bitrate, Integer.MAX_VALUE) : START_BITRATE))
            .withFrameRate(framesPerSecond);
    try {
      VideoEncoder opened = codecs.videoEncoder(format(wanted), options);
      encoder = opened;
      figures.encoder(opened);
      load.restart();
      keyFrameWanted.set(true);
      return opened;
    } catch (CodecUnavailableException e) {
      unavailable = true;
      complaints.accept(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      failed(now, e);
    }
    return null;
  }

  /// Says explicitly what leaving the packetization mode out means, RFC 6184 §8.1.
  private static CodecFormat format(RtpCodec codec) {
    CodecFormat format = Formats.format(codec);
    if (!codec.is("h264")) {
      return format;
    }
    Map<String, String> parameters = new HashMap<>(format.parameters());
    parameters.put("packetization-mode", codec.parameter("packetization-mode", "0"));
    return format.withParameters(parameters);
  }

  private void failed(long now, RuntimeException e) {
    complaints.accept("its encoder failed: " + e);
    closeEncoder();
    retryAt = now + (RETRY_NANOS << Math.min(failures, MAX_DOUBLINGS));
    failures++;
  }

  /// Sends nothing for a time; what comes afterwards begins with a key frame.
  void rest() {
    if (!resting) {
      resting = true;
      closeEncoder();
    }
  }

  private void closeEncoder() {
    VideoEncoder old = encoder;
    encoder = null;
    if (old != null) {
      old.close();
    }
  }

  void close() {
    figures.noteLimitation(RTCQualityLimitationReason.NONE);
    closeEncoder();
    codec = null;
    unavailable = false;
    failures = 0;
    retryAt = 0;
  }
}
