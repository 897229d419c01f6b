package org.klatsch.codecs.video;

import java.util.Arrays;
import org.klatsch.codecs.VideoFrame;

/// Makes pictures smaller: each new pixel is the mean of the area it covers, so nothing flickers
/// that is finer than the new grid. One thread at a time; keeps its working memory.
public final class VideoScaler {
  /// A full pixel's weight in a sum.
  private static final int UNIT = 256;

  /// Kept of a row's mean between the two passes, so that rounding does not add up.
  private static final int EXTRA = 16;

  private int[] row = new int[0];

  /// For pictures of any size, which may change.
  public VideoScaler() {}

  /// A picture of that size; the same one when it has it already.
  ///
  /// @throws IllegalArgumentException for a size beyond that of the picture, or below 1
  public VideoFrame scale(VideoFrame frame, int width, int height) {
    if (width < 1 || height < 1 || width > frame.width() || height > frame.height()) {
      throw new IllegalArgumentException(
          "%d x %d of %d x %d: expected 1 up to the picture's size"
              .formatted(width, height, frame.width(), frame.height()));
    }
    if (width == frame.width() && height == frame.height()) {
      return frame;
    }
    byte[] i420 = new byte[VideoFrame.size(width, height)];
    VideoFrame scaled =
        new VideoFrame(width, height, i420, frame.rotationDegrees(), frame.timestampNanos());
    if (row.length < frame.width()) {
      row = new int[frame.width()];
    }
    byte[] from = frame.i420();
    plane(from, 0, frame.width(), frame.height(), i420, 0, width, height);
    int columns = frame.chromaWidth();
    int rows = frame.chromaHeight();
    int toColumns = scaled.chromaWidth();
    int toRows = scaled.chromaHeight();
    plane(from, frame.offsetU(), columns, rows, i420, scaled.offsetU(), toColumns, toRows);
    plane(from, frame.offsetV(), columns, rows, i420, scaled.offsetV(), toColumns, toRows);
    return scaled;
  }

  private void plane(
      byte[] from,
      int fromOffset,
      int columns,
      int rows,
      byte[] to,
      int toOffset,
      int toColumns,
      int toRows) {
    for (int y = 0; y < toRows; y++) {
      addRows(from, fromOffset, columns, rows, y, toRows);
      shrinkRow(columns, to, toOffset + y * toColumns, toColumns);
    }
  }

  /// Writes the mean of the rows that row `y` covers into `row`.
  private void addRows(byte[] from, int offset, int columns, int rows, int y, int toRows) {
    int begin = (int) ((long) y * rows * UNIT / toRows);
    int end = (int) ((y + 1L) * rows * UNIT / toRows);
    Arrays.fill(row, 0, columns, 0);
    for (int at = begin; at < end; ) {
      int source = at / UNIT;
      int next = Math.min(end, (source + 1) * UNIT);
      int weight = next - at;
      int line = offset + source * columns;
      for (int x = 0; x < columns; x++) {
        row[x] += weight * (from[line + x] & 0xff);
      }
      at = next;
    }
    int total = end - begin;
    for (int x = 0; x < columns; x++) {
      row[x] = (int) ((long) row[x] * EXTRA / total);
    }
  }

  private void shrinkRow(int columns, byte[] to, int offset, int toColumns) {
    for (int x = 0; x < toColumns; x++) {
      int begin = (int) ((long) x * columns * UNIT / toColumns);
      int end = (int) ((x + 1L) * columns * UNIT / toColumns);
      long sum = 0;
      for (int at = begin; at < end; ) {
        int source = at / UNIT;
        int next = Math.min(end, (source + 1) * UNIT);
        sum += (long) (next - at) * row[source];
        at = next;
      }
      int total = (end - begin) * EXTRA;
      to[offset + x] = (byte) ((sum + total / 2) / total);
    }
  }
}
