package org.klatsch.codecs.fake;

import java.util.Arrays;
import java.util.OptionalInt;
import org.klatsch.codecs.VideoFrame;

/// A number of 24 bits in the upper quarter of a picture, as black and white cells with a checksum.
/// It is laid out in shares of the picture, so it survives scaling, and coding down to about 100
/// kbit/s.
public final class FrameCounter {
  /// Numbers wrap here.
  public static final int LIMIT = 1 << 24;

  private static final int COLUMNS = 16;
  private static final int ROWS = 2;

  /// Rows of cells that would fill the picture.
  private static final int ROWS_OF_PICTURE = 8;

  private static final byte BLACK = 16;
  private static final byte WHITE = (byte) 235;
  private static final int MIDDLE = 126;

  private FrameCounter() {}

  /// Draws a number over the picture's upper quarter.
  public static void write(VideoFrame frame, int number) {
    int bits = (number & LIMIT - 1) << 8 | checksum(number & LIMIT - 1);
    byte[] i420 = frame.i420();
    for (int row = 0; row < ROWS; row++) {
      int top = frame.height() * row / ROWS_OF_PICTURE;
      int bottom = frame.height() * (row + 1) / ROWS_OF_PICTURE;
      for (int column = 0; column < COLUMNS; column++) {
        boolean on = (bits >>> 31 - row * COLUMNS - column & 1) != 0;
        int left = frame.width() * column / COLUMNS;
        int right = frame.width() * (column + 1) / COLUMNS;
        for (int y = top; y < bottom; y++) {
          int line = y * frame.width();
          Arrays.fill(i420, line + left, line + right, on ? WHITE : BLACK);
        }
      }
    }
    int chroma = frame.chromaWidth() * (frame.chromaHeight() * ROWS / ROWS_OF_PICTURE);
    Arrays.fill(i420, frame.offsetU(), frame.offsetU() + chroma, (byte) 128);
    Arrays.fill(i420, frame.offsetV(), frame.offsetV() + chroma, (byte) 128);
  }

  /// Reads the number of a picture; empty when it has none or it cannot be read with certainty.
  public static OptionalInt read(VideoFrame frame) {
    if (frame.width() < COLUMNS || frame.height() < ROWS_OF_PICTURE) {
      return OptionalInt.empty();
    }
    int bits = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < COLUMNS; column++) {
        bits = bits << 1 | (luma(frame, row, column) > MIDDLE ? 1 : 0);
      }
    }
    int number = bits >>> 8;
    return checksum(number) == (bits & 0xff) ? OptionalInt.of(number) : OptionalInt.empty();
  }

  /// Mean of the middle of a cell, which coding disturbs least.
  private static int luma(VideoFrame frame, int row, int column) {
    int left = frame.width() * (4 * column + 1) / (4 * COLUMNS);
    int right = Math.max(left + 1, frame.width() * (4 * column + 3) / (4 * COLUMNS));
    int top = frame.height() * (4 * row + 1) / (4 * ROWS_OF_PICTURE);
    int bottom = Math.max(top + 1, frame.height() * (4 * row + 3) / (4 * ROWS_OF_PICTURE));
    int sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += frame.i420()[y * frame.width() + x] & 0xff;
      }
    }
    return sum / ((right - left) * (bottom - top));
  }

  /// CRC-8 with the polynomial of ITU-T I.432.1; begun at 0xff so that a black picture is no
  /// number.
  private static int checksum(int number) {
    int crc = 0xff;
    for (int shift = 16; shift >= 0; shift -= 8) {
      crc ^= number >> shift & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x80) != 0 ? (crc << 1 ^ 0x07) & 0xff : crc << 1;
      }
    }
    return crc;
  }
}
