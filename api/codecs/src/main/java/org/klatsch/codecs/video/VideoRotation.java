package org.klatsch.codecs.video;

import org.klatsch.codecs.VideoFrame;

/// Turns pictures upright, for who does not do so itself when showing them.
public final class VideoRotation {
  private VideoRotation() {}

  /// The picture with its rotation applied; the same one when there is none.
  public static VideoFrame upright(VideoFrame frame) {
    int degrees = frame.rotationDegrees();
    if (degrees == 0) {
      return frame;
    }
    boolean across = degrees != 180;
    int width = across ? frame.height() : frame.width();
    int height = across ? frame.width() : frame.height();
    byte[] i420 = new byte[VideoFrame.size(width, height)];
    VideoFrame turned = new VideoFrame(width, height, i420, frame.timestampNanos());
    byte[] from = frame.i420();
    turn(from, 0, frame.width(), frame.height(), i420, 0, degrees);
    int columns = frame.chromaWidth();
    int rows = frame.chromaHeight();
    turn(from, frame.offsetU(), columns, rows, i420, turned.offsetU(), degrees);
    turn(from, frame.offsetV(), columns, rows, i420, turned.offsetV(), degrees);
    return turned;
  }

  private static void turn(
      byte[] from, int fromOffset, int columns, int rows, byte[] to, int toOffset, int degrees) {
    for (int y = 0; y < rows; y++) {
      int line = fromOffset + y * columns;
      // Where the row's first pixel goes, and how far apart its pixels are there.
      int start;
      int step;
      switch (degrees) {
        case 90 -> {
          start = rows - 1 - y;
          step = rows;
        }
        case 180 -> {
          start = (rows - 1 - y) * columns + columns - 1;
          step = -1;
        }
        default -> {
          start = (columns - 1) * rows + y;
          step = -rows;
        }
      }
      int at = toOffset + start;
      for (int x = 0; x < columns; x++, at += step) {
        to[at] = from[line + x];
      }
    }
  }
}
