package org.klatsch.codecs.ffmpeg;

import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.device.Capture;
import org.klatsch.codecs.device.VideoInput;
import org.klatsch.codecs.device.VideoMode;

/// A camera through ffmpeg's devices.
///
/// @param format ffmpeg's name of the kind of device
/// @param url what it opens
/// @param label for people
record Camera(String format, String url, String label) implements VideoInput {
  /// What cameras of today have at least; a driver takes the nearest mode that it has.
  private static final VideoMode BEST = new VideoMode(1920, 1080, 30);

  private static final long PATIENCE_MILLIS = 2_000;

  @Override
  public String id() {
    return format + "|" + url + "|" + label;
  }

  @Override
  public String group() {
    return label;
  }

  @Override
  public boolean isDisplay() {
    return false;
  }

  @Override
  public VideoMode best() {
    return BEST;
  }

  @Override
  public Capture open(VideoMode mode, Consumer<VideoFrame> listener) throws IOException {
    try {
      avdevice.avdevice_register_all();
      avutil.av_log_set_level(avutil.AV_LOG_QUIET);
    } catch (LinkageError e) {
      throw new IOException(label + ": the ffmpeg libraries are missing", e);
    }
    return new Filming(this, mode, listener);
  }

  /// Reads, decodes and scales on a thread of its own, as reading blocks. That thread frees what it
  /// uses.
  private static final class Filming implements Capture {
    private final VideoMode mode;
    private final Consumer<VideoFrame> listener;
    private final AVFormatContext input;
    private final AVCodecContext decoder;
    private final int stream;
    private final Thread thread;
    private volatile boolean closed;

    Filming(Camera camera, VideoMode mode, Consumer<VideoFrame> listener) throws IOException {
      this.mode = mode;
      this.listener = listener;
      input = openInput(camera, mode);
      AVCodecContext opened = null;
      try {
        stream =
            avformat.av_find_best_stream(
                input, avutil.AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
        opened = stream < 0 ? null : openDecoder(input.streams(stream).codecpar());
      } finally {
        if (opened == null) {
          avformat.avformat_close_input(input);
        }
      }
      if (opened == null) {
        throw new IOException(camera.label() + " gives no pictures that can be decoded");
      }
      decoder = opened;
      thread = Thread.ofPlatform().daemon().name("klatsch-camera").unstarted(this::run);
      thread.start();
    }

    private static AVFormatContext openInput(Camera camera, VideoMode mode) throws IOException {
      AVInputFormat format = avformat.av_find_input_format(camera.format());
      if (format == null) {
        throw new IOException("these ffmpeg libraries have no " + camera.format());
      }
      AVFormatContext context = new AVFormatContext(null);
      AVDictionary options = new AVDictionary(null);
      try {
        if (camera.format().equals("video4linux2")) {
          avutil.av_dict_set(options, "video_size", mode.width() + "x" + mode.height(), 0);
          avutil.av_dict_set(
              options, "framerate", String.format(Locale.ROOT, "%.3f", mode.framesPerSecond()), 0);
        }
        int result = avformat.avformat_open_input(context, camera.url(), format, options);
        if (result < 0) {
          throw new IOException(
              camera.label() + " cannot be opened; perhaps another program uses it");
        }
        return context;
      } finally {
        avutil.av_dict_free(options);
      }
    }

    private static @Nullable AVCodecContext openDecoder(AVCodecParameters parameters) {
      AVCodec codec = avcodec.avcodec_find_decoder(parameters.codec_id());
      if (codec == null) {
        return null;
      }
      AVCodecContext context = avcodec.avcodec_alloc_context3(codec);
      if (avcodec.avcodec_parameters_to_context(context, parameters) < 0
          || avcodec.avcodec_open2(context, codec, (AVDictionary) null) < 0) {
        avcodec.avcodec_free_context(context);
        return null;
      }
      return context;
    }

    private void run() {
      AVPacket packet = avcodec.av_packet_alloc();
      AVFrame picture = avutil.av_frame_alloc();
      long began = System.nanoTime();
      try (Scaler scaler = new Scaler(mode.width(), mode.height())) {
        while (!closed && avformat.av_read_frame(input, packet) >= 0) {
          if (packet.stream_index() == stream
              && avcodec.avcodec_send_packet(decoder, packet) >= 0) {
            while (!closed && avcodec.avcodec_receive_frame(decoder, picture) >= 0) {
              listener.accept(scaler.scale(picture, System.nanoTime() - began));
            }
          }
          avcodec.av_packet_unref(packet);
        }
      } finally {
        avutil.av_frame_free(picture);
        avcodec.av_packet_free(packet);
        avcodec.avcodec_free_context(decoder);
        avformat.avformat_close_input(input);
      }
    }

    @Override
    public void close() {
      closed = true;
      if (Thread.currentThread() != thread) {
        try {
          thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /// Brings pictures of any form into I420 of one size.
  private static final class Scaler implements AutoCloseable {
    private final int width;
    private final int height;
    private final AVFrame target;
    private @Nullable SwsContext context;

    Scaler(int width, int height) {
      this.width = width;
      this.height = height;
      target = avutil.av_frame_alloc();
      target.format(avutil.AV_PIX_FMT_YUV420P).width(width).height(height);
      if (avutil.av_frame_get_buffer(target, 0) < 0) {
        throw new OutOfMemoryError("a picture of " + width + " x " + height);
      }
    }

    VideoFrame scale(AVFrame picture, long timestampNanos) {
      context =
          swscale.sws_getCachedContext(
              context,
              picture.width(),
              picture.height(),
              picture.format(),
              width,
              height,
              avutil.AV_PIX_FMT_YUV420P,
              swscale.SWS_BILINEAR,
              (SwsFilter) null,
              (SwsFilter) null,
              (DoublePointer) null);
      swscale.sws_scale(
          context,
          picture.data(),
          picture.linesize(),
          0,
          picture.height(),
          target.data(),
          target.linesize());
      VideoFrame frame =
          new VideoFrame(width, height, new byte[VideoFrame.size(width, height)], timestampNanos);
      copy(0, width, height, frame, 0);
      copy(1, frame.chromaWidth(), frame.chromaHeight(), frame, frame.offsetU());
      copy(2, frame.chromaWidth(), frame.chromaHeight(), frame, frame.offsetV());
      return frame;
    }

    private void copy(int plane, int columns, int rows, VideoFrame to, int offset) {
      for (int row = 0; row < rows; row++) {
        target
            .data(plane)
            .position((long) row * target.linesize(plane))
            .get(to.i420(), offset + row * columns, columns);
      }
    }

    @Override
    public void close() {
      avutil.av_frame_free(target);
      swscale.sws_freeContext(context);
    }
  }
}
