package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Several frames in one block, RFC 9559 §10.3.
final class Lacing {
  private static final int NONE = 0;
  private static final int XIPH = 1;
  private static final int FIXED = 2;

  private Lacing() {}

  /// Takes the frames out of what follows a block's header.
  static List<byte[]> frames(ByteBuffer block, int lacing) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    if (lacing == NONE) {
      frames.add(take(block, block.remaining()));
      return frames;
    }
    if (!block.hasRemaining()) {
      throw new MalformedMediaException("laced frames without their number");
    }
    int count = (block.get() & 0xff) + 1;
    int[] sizes = new int[count];
    if (lacing == FIXED) {
      Arrays.fill(sizes, block.remaining() / count);
    } else {
      readSizes(block, lacing == XIPH, sizes);
    }
    for (int size : sizes) {
      frames.add(take(block, size));
    }
    return frames;
  }

  /// The last size is what the others leave.
  private static void readSizes(ByteBuffer block, boolean xiph, int[] sizes) throws IOException {
    long total = 0;
    long size = 0;
    for (int i = 0; i < sizes.length - 1; i++) {
      if (xiph) {
        size = xiphSize(block);
      } else if (i == 0) {
        size = WebmReader.number(block);
      } else {
        size += difference(block);
      }
      if (size < 0 || size > block.remaining()) {
        throw new MalformedMediaException("laced frame of " + size + " bytes");
      }
      sizes[i] = (int) size;
      total += size;
    }
    if (total > block.remaining()) {
      throw new MalformedMediaException("laced frames of " + total + " bytes");
    }
    sizes[sizes.length - 1] = (int) (block.remaining() - total);
  }

  private static int xiphSize(ByteBuffer block) throws IOException {
    int size = 0;
    while (block.hasRemaining()) {
      int next = block.get() & 0xff;
      size += next;
      if (next < 255) {
        return size;
      }
    }
    throw new MalformedMediaException("laced frames without their sizes");
  }

  /// A signed number: half of the range of its length is zero.
  private static long difference(ByteBuffer block) throws IOException {
    int before = block.position();
    long value = WebmReader.number(block);
    int length = block.position() - before;
    return value - ((1L << 7 * length - 1) - 1);
  }

  private static byte[] take(ByteBuffer block, int size) throws IOException {
    if (size > block.remaining()) {
      throw new MalformedMediaException(
          "frame of %d bytes where %d are left".formatted(size, block.remaining()));
    }
    byte[] frame = new byte[size];
    block.get(frame);
    return frame;
  }
}
