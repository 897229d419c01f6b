package org.klatsch.codecs;

/// One picture as I420: a plane of luma, then two of chroma at half the width and height, rounded
/// up. The planes lie tightly behind each other in one array. Limited range, BT.601, as WebRTC
/// codecs assume when nothing is signalled.
///
/// @param i420 owned by the frame: whoever holds it must not change it
/// @param rotationDegrees clockwise turn to apply when shown: 0, 90, 180 or 270
/// @param timestampNanos time of capture on the source's own clock
public record VideoFrame(
    int width, int height, byte[] i420, int rotationDegrees, long timestampNanos) {
  public VideoFrame {
    if (width <= 0 || height <= 0 || i420.length != size(width, height)) {
      throw new IllegalArgumentException(
          "%d x %d with %d bytes: expected %d"
              .formatted(width, height, i420.length, size(width, height)));
    }
    if (rotationDegrees % 90 != 0 || rotationDegrees < 0 || rotationDegrees > 270) {
      throw new IllegalArgumentException(
          "rotation " + rotationDegrees + ": expected 0, 90, 180 or 270");
    }
  }

  public VideoFrame(int width, int height, byte[] i420, long timestampNanos) {
    this(width, height, i420, 0, timestampNanos);
  }

  /// Bytes of a picture of that size.
  public static int size(int width, int height) {
    return width * height + 2 * ((width + 1) / 2) * ((height + 1) / 2);
  }

  public int chromaWidth() {
    return (width + 1) / 2;
  }

  public int chromaHeight() {
    return (height + 1) / 2;
  }

  /// Where the first chroma plane (blue difference) begins.
  public int offsetU() {
    return width * height;
  }

  /// Where the second chroma plane (red difference) begins.
  public int offsetV() {
    return offsetU() + chromaWidth() * chromaHeight();
  }
}
