package org.klatsch.dtls;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Copies of packets or records that came before they could be used, oldest first, bounded in
/// number and bytes.
final class EarlyBuffer {
  private final ArrayDeque<byte[]> kept = new ArrayDeque<>(0);
  private final int maxCount;
  private final int maxBytes;
  private int bytes;

  EarlyBuffer(int maxCount, int maxBytes) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
  }

  /// Keeps a copy; false when there is no room.
  boolean add(byte[] array, int offset, int length) {
    if (kept.size() >= maxCount || length > maxBytes - bytes) {
      return false;
    }
    byte[] copy = new byte[length];
    System.arraycopy(array, offset, copy, 0, length);
    kept.add(copy);
    bytes += length;
    return true;
  }

  byte @Nullable [] poll() {
    byte[] oldest = kept.poll();
    if (oldest != null) {
      bytes -= oldest.length;
    }
    return oldest;
  }

  int size() {
    return kept.size();
  }

  void clear() {
    kept.clear();
    bytes = 0;
  }
}
