package org.klatsch.rtp.payload;

/// Sizes of the parts of something cut into as few parts as fit, all of the same size but for the
/// last one, which lacks a byte for each part at most: a small last packet costs as much as a large
/// one and is no easier to pace, and the system sends packets of one size in one go.
final class Fragments {
  private int left;
  private int parts;
  private int size;

  /// Begins with `length` bytes, at least 1, in parts of at most `maxPart`.
  void start(int length, int maxPart) {
    if (maxPart < 1) {
      throw new IllegalArgumentException("parts of " + maxPart + " bytes, at least 1 expected");
    }
    left = length;
    parts = (length + maxPart - 1) / maxPart;
    size = parts == 0 ? 0 : (length + parts - 1) / parts;
  }

  boolean hasNext() {
    return parts > 0;
  }

  /// Bytes not handed out yet.
  int left() {
    return left;
  }

  int next() {
    int part = Math.min(left, size);
    left -= part;
    parts--;
    return part;
  }
}
