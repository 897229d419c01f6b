package org.klatsch.rtp.payload;

/// Sizes of the parts of something cut into as few parts as fit, all of about the same size: a
/// small last packet costs as much as a large one and is no easier to pace.
final class Fragments {
  private int left;
  private int parts;

  /// Begins with `length` bytes, at least 1, in parts of at most `maxPart`.
  void start(int length, int maxPart) {
    if (maxPart < 1) {
      throw new IllegalArgumentException("parts of " + maxPart + " bytes, at least 1 expected");
    }
    left = length;
    parts = (length + maxPart - 1) / maxPart;
  }

  boolean hasNext() {
    return parts > 0;
  }

  /// Bytes not handed out yet.
  int left() {
    return left;
  }

  int next() {
    int size = (left + parts - 1) / parts;
    left -= size;
    parts--;
    return size;
  }
}
