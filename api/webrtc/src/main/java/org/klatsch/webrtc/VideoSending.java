package org.klatsch.webrtc;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.video.VideoRotation;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.media.RtpSendParameters;
import org.klatsch.rtp.ExtensionType;

/// Encodes the video of a sender, each encoding of a simulcast, on its own queue of the
/// [MediaPool].
final class VideoSending extends Sending {
  /// One picture in work, one waiting: when the encoder is too slow, pictures are left out.
  private static final int WAITING = 1;

  /// Taken until the source has shown its own.
  private static final double USUAL_RATE = 30;

  private static final double NANOS_PER_SECOND = 1e9;

  /// How much a new interval between pictures counts.
  private static final double SMOOTHING = 0.125;

  private final MediaStreamTrack track;
  private final Codecs codecs;
  private final IntFunction<EncodingFigures> figures;
  private final SerialQueue queue = new SerialQueue(WAITING);
  private final AtomicLong frames = new AtomicLong();
  private final FrameRate rate = new FrameRate();

  /// One for each encoding that was ever agreed on; replaced as a whole on the loop.
  private volatile VideoEncoding[] encodings = {};

  private volatile List<RTCRtpEncodingParameters> wishes = List.of();
  private volatile @Nullable RTCDegradationPreference preference;
  private volatile int width;
  private volatile int height;

  /// On the queue.
  private double interval = NANOS_PER_SECOND / USUAL_RATE;

  private long lastCapture;

  /// @param encodes false for a track whose frames are encoded already
  /// @param figures of each encoding, by index
  VideoSending(
      MediaStreamTrack track,
      FrameSink sink,
      boolean encodes,
      RtpSendParameters parameters,
      Codecs codecs,
      IntFunction<EncodingFigures> figures,
      LongSupplier clock) {
    super(sink, encodes, parameters, clock);
    this.track = track;
    this.codecs = codecs;
    this.figures = figures;
    grow(parameters);
  }

  @Override
  void parameters(RtpSendParameters value) {
    grow(value);
    super.parameters(value);
  }

  private void grow(RtpSendParameters value) {
    VideoEncoding[] known = encodings;
    int count = value.encodings().size();
    if (known.length < count) {
      VideoEncoding[] more = Arrays.copyOf(known, count);
      for (int i = known.length; i < count; i++) {
        more[i] =
            new VideoEncoding(codecs, i > 0, this::complain, figures.apply(i), System::nanoTime);
      }
      encodings = more;
    }
  }

  /// Takes over what `setParameters` says of each encoding, in their order.
  ///
  /// @param first what is given up first; null leaves it to the content
  void wishes(
      List<RTCRtpEncodingParameters> ofEncodings, @Nullable RTCDegradationPreference first) {
    wishes = List.copyOf(ofEncodings);
    preference = first;
  }

  void requestKeyFrame(int index) {
    VideoEncoding[] known = encodings;
    if (index < known.length) {
      known[index].requestKeyFrame();
    }
  }

  /// What the path carries of an encoding, in bits a second.
  void targetBitrate(int index, long bitsPerSecond) {
    VideoEncoding[] known = encodings;
    if (index < known.length) {
      known[index].target(bitsPerSecond);
    }
  }

  /// Pictures that came from the track.
  long frames() {
    return frames.get();
  }

  /// Pictures left out because the encoders were busy.
  long framesDropped() {
    return queue.dropped();
  }

  @Nullable Double framesPerSecond() {
    return rate.perSecond();
  }

  /// Of the source.
  int width() {
    return width;
  }

  int height() {
    return height;
  }

  @Override
  boolean canEncode(RtpCodec each) {
    return takesEncoded() || codecs.supports(Formats.format(each));
  }

  @Override
  void passed(EncodedFrame frame) {
    frames.incrementAndGet();
    rate.note();
    if (frame instanceof EncodedVideoFrame video) {
      encodings[0].notePassed(video);
      if (video.width() > 0) {
        width = video.width();
        height = video.height();
      }
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

  private void encode(VideoFrame frame, long capturedAt) {
    if (lastCapture != 0 && capturedAt > lastCapture) {
      double passed = Math.min((double) (capturedAt - lastCapture), NANOS_PER_SECOND);
      interval += (passed - interval) * SMOOTHING;
    }
    lastCapture = capturedAt;
    RtpSendParameters parameters = parameters();
    VideoFrame picture = tellsRotation(parameters) ? frame : VideoRotation.upright(frame);
    List<RTCRtpEncodingParameters> wanted = wishes;
    VideoEncoding[] all = encodings;
    int count = Math.min(all.length, parameters.encodings().size());
    for (int i = 0; i < count; i++) {
      RtpCodec codec = codec(i);
      if (codec == null) {
        continue;
      }
      RTCRtpEncodingParameters wish =
          i < wanted.size() ? wanted.get(i) : new RTCRtpEncodingParameters();
      EncodedVideoFrame encoded =
          all[i].encode(
              picture, capturedAt, wish(codec, parameters.encodings().get(i), wish, count == 1));
      if (encoded != null) {
        sink().send(encoded, i);
      }
    }
    for (int i = count; i < all.length; i++) {
      all[i].rest();
    }
  }

  private VideoEncoding.Wish wish(
      RtpCodec codec, RtpEncoding encoding, RTCRtpEncodingParameters wish, boolean single) {
    Double scale = wish.scaleResolutionDownBy();
    return new VideoEncoding.Wish(
        codec,
        encoding.active(),
        encoding.maxBitrate(),
        scale == null ? 1 : scale,
        wish.maxFramerate(),
        preference(),
        single,
        NANOS_PER_SECOND / interval);
  }

  /// Text that moves slowly can be read, blurred text cannot; W3C MediaStreamTrack Content Hints
  /// §5.
  private RTCDegradationPreference preference() {
    RTCDegradationPreference chosen = preference;
    if (chosen != null) {
      return chosen;
    }
    return switch (track.contentHint()) {
      case "motion" -> RTCDegradationPreference.MAINTAIN_FRAMERATE;
      case "detail", "text" -> RTCDegradationPreference.MAINTAIN_RESOLUTION;
      default ->
          track.source().isDisplay()
              ? RTCDegradationPreference.MAINTAIN_RESOLUTION
              : RTCDegradationPreference.BALANCED;
    };
  }

  /// Whether the receiver turns pictures itself.
  private static boolean tellsRotation(RtpSendParameters parameters) {
    String uri = ExtensionType.VIDEO_ORIENTATION.uri();
    return parameters.headerExtensions().stream().anyMatch(each -> each.uri().equals(uri));
  }

  @Override
  void close() {
    queue.close(() -> {
      for (VideoEncoding each : encodings) {
        each.close();
      }
    });
  }
}
