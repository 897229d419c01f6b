package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.klatsch.codecs.VideoFrame;

/// Writes pictures uncompressed as YUV4MPEG2, at a fixed rate and size.
public final class Y4mWriter implements AutoCloseable {
  private final MediaOutput out;
  private final int width;
  private final int height;

  /// @param channel closed with the writer
  /// @param rateNumerator pictures in `rateDenominator` seconds
  public Y4mWriter(
      WritableByteChannel channel, int width, int height, int rateNumerator, int rateDenominator)
      throws IOException {
    this.width = width;
    this.height = height;
    out = new MediaOutput(channel, ByteOrder.BIG_ENDIAN);
    String header =
        "YUV4MPEG2 W%d H%d F%d:%d Ip A1:1 C420jpeg\n"
            .formatted(width, height, rateNumerator, rateDenominator);
    out.put(header.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /// Replaces a file.
  public static Y4mWriter create(Path file, int width, int height, int framesPerSecond)
      throws IOException {
    return new Y4mWriter(
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE),
        width,
        height,
        framesPerSecond,
        1);
  }

  public void write(VideoFrame frame) throws IOException {
    if (frame.width() != width || frame.height() != height) {
      throw new IllegalArgumentException(
          "%d x %d: expected %d x %d".formatted(frame.width(), frame.height(), width, height));
    }
    out.put("FRAME\n".getBytes(StandardCharsets.US_ASCII));
    out.put(frame.i420());
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
