package org.klatsch.codecs.ffmpeg;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.VideoDecoder;
import org.klatsch.codecs.VideoFrame;

/// One track's decoder.
final class FfmpegVideoDecoder implements VideoDecoder {
  /// 4K with some room: what a stranger claims beyond it would only cost memory.
  private static final long MAX_PIXELS = 4_096L * 2_304;

  /// Larger than any picture of a call; the libraries count bytes in an int.
  private static final int MAX_BYTES = 16 << 20;

  private final VideoCodec codec;
  private final AVCodecContext context;
  private final AVFrame frame;
  private final AVPacket packet;
  private long damaged;
  private boolean closed;

  FfmpegVideoDecoder(VideoCodec codec) {
    this.codec = codec;
    AVCodec library = avcodec.avcodec_find_decoder_by_name(codec.decoder());
    context = avcodec.avcodec_alloc_context3(library);
    context.thread_count(1).max_pixels(MAX_PIXELS);
    // A picture must come out at once: no waiting for those that would be shown earlier.
    context.flags(context.flags() | avcodec.AV_CODEC_FLAG_LOW_DELAY);
    int result = avcodec.avcodec_open2(context, library, (PointerPointer<?>) null);
    if (result < 0) {
      avcodec.avcodec_free_context(context);
      throw new IllegalStateException(codec.decoder() + " does not start: error " + result);
    }
    frame = avutil.av_frame_alloc();
    packet = avcodec.av_packet_alloc();
  }

  /// The library's own decoders are named by their format alone.
  @Override
  public String implementation() {
    return codec.decoder().startsWith("lib") ? codec.decoder() : "libavcodec " + codec.decoder();
  }

  @Override
  public @Nullable VideoFrame decode(byte[] data, int offset, int length, long timestampNanos) {
    if (closed) {
      throw new IllegalStateException("the decoder is closed");
    }
    if (length <= 0 || length > MAX_BYTES || avcodec.av_new_packet(packet, length) < 0) {
      damaged++;
      return null;
    }
    packet.data().put(data, offset, length);
    int sent = avcodec.avcodec_send_packet(context, packet);
    avcodec.av_packet_unref(packet);
    VideoFrame latest = null;
    // Several pictures come out only after errors; the last one is the one to show.
    while (avcodec.avcodec_receive_frame(context, frame) >= 0) {
      latest = copy(timestampNanos);
      avutil.av_frame_unref(frame);
    }
    if (sent < 0 || latest == null) {
      damaged++;
    }
    return latest;
  }

  private @Nullable VideoFrame copy(long timestampNanos) {
    int format = frame.format();
    if (format != avutil.AV_PIX_FMT_YUV420P && format != avutil.AV_PIX_FMT_YUVJ420P) {
      return null;
    }
    int width = frame.width();
    int height = frame.height();
    byte[] i420 = new byte[VideoFrame.size(width, height)];
    VideoFrame picture = new VideoFrame(width, height, i420, timestampNanos);
    plane(0, i420, 0, width, height);
    plane(1, i420, picture.offsetU(), picture.chromaWidth(), picture.chromaHeight());
    plane(2, i420, picture.offsetV(), picture.chromaWidth(), picture.chromaHeight());
    return picture;
  }

  private void plane(int index, byte[] to, int offset, int columns, int rows) {
    BytePointer from = frame.data(index);
    int stride = frame.linesize(index);
    if (stride == columns) {
      from.get(to, offset, columns * rows);
      return;
    }
    for (int row = 0; row < rows; row++) {
      from.position((long) row * stride).get(to, offset + row * columns, columns);
    }
  }

  @Override
  public long damagedFrames() {
    return damaged;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      avcodec.avcodec_free_context(context);
      avutil.av_frame_free(frame);
      avcodec.av_packet_free(packet);
    }
  }
}
