package org.klatsch.codecs.ffmpeg;

import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.EncodedVideo;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.codecs.VideoEncoderOptions;
import org.klatsch.codecs.VideoFrame;

/// One track's encoder. The library's context lives as long as size and target stay about the same.
final class FfmpegVideoEncoder implements VideoEncoder {
  private static final int CLOCK_RATE_HZ = 90_000;

  /// Lowest target that still makes a picture.
  private static final int MIN_BITRATE = 30_000;

  /// The encoder is restarted when the target leaves this share of what it runs at, because the
  /// dropping of pictures below and unused room above would be seen.
  private static final double RESTART_BELOW = 0.8;

  private static final double RESTART_ABOVE = 1.25;

  /// Pictures are dropped when so many seconds of the target wait to be sent: more would be delay.
  private static final double MAX_DEBT_SECONDS = 0.6;

  private final VideoCodec codec;
  private final Map<String, String> settings;
  private final VideoEncoderOptions options;
  private final AVFrame frame;
  private final AVPacket packet;
  private @Nullable AVCodecContext context;
  private int width;
  private int height;
  private int target;
  private double frameRate;

  /// What the running context was opened with.
  private int openedBitrate;

  private long openedAtNanos;
  private long lastPts = -1;
  private long lastNanos;

  /// Bits beyond the target that have not drained yet.
  private double debt;

  private boolean closed;

  FfmpegVideoEncoder(VideoCodec codec, CodecFormat format, VideoEncoderOptions options) {
    this.codec = codec;
    settings = codec.options(format);
    this.options = options;
    target = Math.max(MIN_BITRATE, options.bitrateBps());
    frameRate = options.frameRate();
    frame = avutil.av_frame_alloc();
    packet = avcodec.av_packet_alloc();
  }

  @Override
  public String implementation() {
    return codec.encoder();
  }

  @Override
  public void bitrate(int bitsPerSecond) {
    target = Math.max(MIN_BITRATE, bitsPerSecond);
  }

  @Override
  public void frameRate(double framesPerSecond) {
    frameRate = Math.clamp(framesPerSecond, 1, 240);
  }

  @Override
  public @Nullable EncodedVideo encode(VideoFrame picture, boolean keyFrame) {
    if (closed) {
      throw new IllegalStateException("the encoder is closed");
    }
    AVCodecContext running = contextFor(picture, keyFrame);
    drain(picture.timestampNanos());
    if (!keyFrame && lastPts >= 0 && debt > target * MAX_DEBT_SECONDS) {
      return null;
    }
    copy(picture);
    lastPts = Math.max(lastPts + 1, picture.timestampNanos() / 100_000 * 9);
    frame.pts(lastPts);
    frame.pict_type(keyFrame ? avutil.AV_PICTURE_TYPE_I : avutil.AV_PICTURE_TYPE_NONE);
    check(avcodec.avcodec_send_frame(running, frame), "send a picture to");
    int result = avcodec.avcodec_receive_packet(running, packet);
    if (result == avutil.AVERROR_EAGAIN()) {
      // Rate control dropped it.
      return null;
    }
    check(result, "receive a picture from");
    byte[] data = new byte[packet.size()];
    packet.data().get(data);
    boolean key = (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
    avcodec.av_packet_unref(packet);
    debt += data.length * 8.0;
    return new EncodedVideo(data, key, picture.width(), picture.height(), picture.timestampNanos());
  }

  private void drain(long nanos) {
    if (lastNanos != 0 && nanos > lastNanos) {
      debt = Math.max(0, debt - target * ((nanos - lastNanos) / 1e9));
    }
    lastNanos = nanos;
  }

  /// The running context, or a new one when the picture or the target no longer fits it.
  private AVCodecContext contextFor(VideoFrame picture, boolean keyFrame) {
    AVCodecContext running = context;
    if (running != null && picture.width() == width && picture.height() == height) {
      double change = (double) target / openedBitrate;
      // A key frame is due anyway: starting anew costs nothing. Otherwise once a second at most.
      boolean cheap = keyFrame && target != openedBitrate;
      boolean far = change < RESTART_BELOW || change > RESTART_ABOVE;
      if (!cheap && !(far && picture.timestampNanos() - openedAtNanos >= 1_000_000_000L)) {
        return running;
      }
    }
    closeContext();
    AVCodecContext opened = open(picture.width(), picture.height());
    context = opened;
    openedAtNanos = picture.timestampNanos();
    return opened;
  }

  private AVCodecContext open(int width, int height) {
    AVCodec library = avcodec.avcodec_find_encoder_by_name(codec.encoder());
    AVCodecContext opened = avcodec.avcodec_alloc_context3(library);
    int interval = options.keyFrameInterval();
    opened
        .width(width)
        .height(height)
        .pix_fmt(avutil.AV_PIX_FMT_YUV420P)
        .time_base(rational(1, CLOCK_RATE_HZ))
        .framerate(rational((int) Math.round(frameRate * 1_000), 1_000))
        .bit_rate(target)
        .rc_max_rate(target)
        .max_b_frames(0)
        .thread_count(options.threads());
    if (codec == VideoCodec.H264) {
      // Zero is OpenH264's word for key frames on request.
      opened.gop_size(interval);
    } else {
      // Equal limits make the rate constant; half a second of buffer bounds what queues up.
      opened
          .rc_min_rate(target)
          .rc_buffer_size(target)
          .rc_initial_buffer_occupancy(target / 2)
          .qmin(2)
          .qmax(56)
          .gop_size(interval == 0 ? Integer.MAX_VALUE / 2 : interval);
    }
    AVDictionary dictionary = new AVDictionary(null);
    for (Map.Entry<String, String> option : settings.entrySet()) {
      avutil.av_dict_set(dictionary, option.getKey(), option.getValue(), 0);
    }
    int result = avcodec.avcodec_open2(opened, library, dictionary);
    avutil.av_dict_free(dictionary);
    if (result < 0) {
      avcodec.avcodec_free_context(opened);
      throw new IllegalStateException(
          "%s does not start with %d x %d at %d bit/s: error %d"
              .formatted(codec.encoder(), width, height, target, result));
    }
    avutil.av_frame_unref(frame);
    frame.format(avutil.AV_PIX_FMT_YUV420P).width(width).height(height);
    check(avutil.av_frame_get_buffer(frame, 0), "allocate a picture for");
    this.width = width;
    this.height = height;
    openedBitrate = target;
    lastPts = -1;
    return opened;
  }

  private static AVRational rational(int numerator, int denominator) {
    return new AVRational().num(numerator).den(denominator);
  }

  private void copy(VideoFrame picture) {
    // The encoder may still hold the last picture: then this takes a new buffer.
    check(avutil.av_frame_make_writable(frame), "write a picture for");
    plane(0, picture.i420(), 0, width, height);
    plane(1, picture.i420(), picture.offsetU(), picture.chromaWidth(), picture.chromaHeight());
    plane(2, picture.i420(), picture.offsetV(), picture.chromaWidth(), picture.chromaHeight());
  }

  private void plane(int index, byte[] from, int offset, int columns, int rows) {
    BytePointer to = frame.data(index);
    int stride = frame.linesize(index);
    if (stride == columns) {
      to.put(from, offset, columns * rows);
      return;
    }
    for (int row = 0; row < rows; row++) {
      to.position((long) row * stride).put(from, offset + row * columns, columns);
    }
  }

  private void check(int result, String what) {
    if (result < 0) {
      throw new IllegalStateException(
          "could not %s %s: error %d".formatted(what, codec.encoder(), result));
    }
  }

  private void closeContext() {
    AVCodecContext running = context;
    if (running != null) {
      avcodec.avcodec_free_context(running);
      context = null;
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeContext();
      avutil.av_frame_free(frame);
      avcodec.av_packet_free(packet);
    }
  }
}
