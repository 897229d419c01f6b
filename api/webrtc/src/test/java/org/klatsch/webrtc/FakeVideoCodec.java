package org.klatsch.webrtc;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.CodecProvider;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.EncodedVideo;
import org.klatsch.codecs.VideoDecoder;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.codecs.VideoEncoderOptions;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.fake.FrameCounter;

/// A codec in Java that passes for VP8: of a picture it keeps the size and the number, in frames
/// that are as large as the target says.
final class FakeVideoCodec implements CodecProvider {
  private static final int HEADER = 16;
  private static final short MAGIC = 0x5a17;

  /// What the encoders were asked for, in order.
  final List<Encoder> encoders = new CopyOnWriteArrayList<>();

  final List<Decoder> decoders = new CopyOnWriteArrayList<>();

  /// While set, encoders and decoders wait for it.
  volatile @Nullable CountDownLatch brake;

  /// While set, runs for each picture that is encoded.
  volatile @Nullable Consumer<VideoFrame> burden;

  /// So many of the next calls fail.
  final AtomicInteger failures = new AtomicInteger();

  Codecs codecs() {
    return new Codecs(List.of(this));
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public List<CodecFormat> formats() {
    return List.of(CodecFormat.VP8);
  }

  @Override
  public @Nullable VideoEncoder videoEncoder(CodecFormat format, VideoEncoderOptions options) {
    if (!format.isSameCodec(CodecFormat.VP8)) {
      return null;
    }
    Encoder made = new Encoder(options);
    encoders.add(made);
    return made;
  }

  @Override
  public @Nullable VideoDecoder videoDecoder(CodecFormat format) {
    if (!format.isSameCodec(CodecFormat.VP8)) {
      return null;
    }
    Decoder made = new Decoder();
    decoders.add(made);
    return made;
  }

  private void work() {
    CountDownLatch wait = brake;
    if (wait != null) {
      try {
        wait.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("made to fail");
    }
  }

  final class Encoder implements VideoEncoder {
    final VideoEncoderOptions options;
    final List<EncodedVideo> made = new CopyOnWriteArrayList<>();
    volatile int bitrate;
    volatile double frameRate;
    volatile boolean closed;

    /// Whether the next picture is dropped as rate control would.
    volatile boolean dropsNext;

    private int width;

    Encoder(VideoEncoderOptions options) {
      this.options = options;
      bitrate = options.bitrateBps();
      frameRate = options.frameRate();
    }

    @Override
    public @Nullable EncodedVideo encode(VideoFrame frame, boolean keyFrame) {
      work();
      Consumer<VideoFrame> each = burden;
      if (each != null) {
        each.accept(frame);
      }
      if (dropsNext) {
        dropsNext = false;
        return null;
      }
      boolean key = keyFrame || width != frame.width();
      width = frame.width();
      OptionalInt number = FrameCounter.read(frame);
      byte[] data = new byte[Math.max(HEADER, (int) (bitrate / 8 / frameRate))];
      // RFC 6386 §9.1: the inverse key frame bit; start code and size of a key frame.
      ByteBuffer out = ByteBuffer.wrap(data);
      out.put((byte) (key ? 0x10 : 0x11)).putShort(MAGIC);
      out.put((byte) 0x9d).put((byte) 0x01).put((byte) 0x2a);
      out.putShort(Short.reverseBytes((short) frame.width()));
      out.putShort(Short.reverseBytes((short) frame.height()));
      out.putInt(number.orElse(-1));
      EncodedVideo encoded =
          new EncodedVideo(data, key, frame.width(), frame.height(), frame.timestampNanos());
      made.add(encoded);
      return encoded;
    }

    @Override
    public String implementation() {
      return "fake";
    }

    @Override
    public void bitrate(int bitsPerSecond) {
      bitrate = bitsPerSecond;
    }

    @Override
    public void frameRate(double framesPerSecond) {
      frameRate = framesPerSecond;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  final class Decoder implements VideoDecoder {
    volatile boolean closed;
    private boolean begun;
    private volatile long damaged;

    @Override
    public @Nullable VideoFrame decode(byte[] data, int offset, int length, long timestampNanos) {
      work();
      ByteBuffer in = ByteBuffer.wrap(data, offset, length);
      if (length < HEADER || in.getShort(offset + 1) != MAGIC) {
        damaged++;
        return null;
      }
      begun |= (data[offset] & 1) == 0;
      if (!begun) {
        damaged++;
        return null;
      }
      int width = Short.reverseBytes(in.getShort(offset + 6));
      int height = Short.reverseBytes(in.getShort(offset + 8));
      int number = in.getInt(offset + 10);
      VideoFrame picture =
          new VideoFrame(width, height, new byte[VideoFrame.size(width, height)], timestampNanos);
      if (number >= 0) {
        FrameCounter.write(picture, number);
      }
      return picture;
    }

    @Override
    public String implementation() {
      return "fake";
    }

    @Override
    public boolean isPowerEfficient() {
      return true;
    }

    @Override
    public long damagedFrames() {
      return damaged;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
