package org.klatsch.media;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Streams by SSRC, looked up without boxing the number: open addressing with linear probing.
///
/// @param <V> the streams
final class SsrcTable<V> {
  private int[] keys = new int[16];
  private @Nullable Object[] values = new @Nullable Object[16];
  private int size;

  @SuppressWarnings("unchecked")
  @Nullable V get(int ssrc) {
    int mask = keys.length - 1;
    for (int i = hash(ssrc) & mask; values[i] != null; i = i + 1 & mask) {
      if (keys[i] == ssrc) {
        return (V) values[i];
      }
    }
    return null;
  }

  void put(int ssrc, V value) {
    if (2 * (size + 1) > keys.length) {
      grow();
    }
    int mask = keys.length - 1;
    int i = hash(ssrc) & mask;
    while (values[i] != null && keys[i] != ssrc) {
      i = i + 1 & mask;
    }
    if (values[i] == null) {
      size++;
    }
    keys[i] = ssrc;
    values[i] = value;
  }

  void remove(int ssrc) {
    int mask = keys.length - 1;
    int i = hash(ssrc) & mask;
    while (values[i] != null && keys[i] != ssrc) {
      i = i + 1 & mask;
    }
    if (values[i] == null) {
      return;
    }
    size--;
    // Moves back those behind that would no longer be found.
    int hole = i;
    for (int j = i + 1 & mask; values[j] != null; j = j + 1 & mask) {
      int home = hash(keys[j]) & mask;
      if ((j - home & mask) >= (j - hole & mask)) {
        keys[hole] = keys[j];
        values[hole] = values[j];
        hole = j;
      }
    }
    values[hole] = null;
  }

  int size() {
    return size;
  }

  @SuppressWarnings("unchecked")
  void forEach(Consumer<? super V> consumer) {
    for (Object value : values.clone()) {
      if (value != null) {
        consumer.accept((V) value);
      }
    }
  }

  private void grow() {
    int[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new int[2 * oldKeys.length];
    values = new @Nullable Object[keys.length];
    int mask = keys.length - 1;
    for (int j = 0; j < oldKeys.length; j++) {
      if (oldValues[j] != null) {
        int i = hash(oldKeys[j]) & mask;
        while (values[i] != null) {
          i = i + 1 & mask;
        }
        keys[i] = oldKeys[j];
        values[i] = oldValues[j];
      }
    }
  }

  /// The peer chooses SSRCs, but only as many as the cap of streams: mixing is enough.
  private static int hash(int ssrc) {
    int mixed = ssrc * 0x9e37_79b9;
    return mixed ^ mixed >>> 16;
  }
}
