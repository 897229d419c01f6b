package org.klatsch.rtp.fec;

/// Which packets a repair packet protects: distances 0 to 127 from the base sequence number. Not
/// thread-safe.
public final class PacketMask {
  /// Distances a mask can hold.
  public static final int CAPACITY = 128;

  private long low;
  private long high;

  /// An empty mask.
  public PacketMask() {}

  /// Removes all.
  public PacketMask clear() {
    low = 0;
    high = 0;
    return this;
  }

  /// Adds a distance.
  public PacketMask set(int distance) {
    if (distance < 0 || distance >= CAPACITY) {
      throw new IllegalArgumentException("distance " + distance + ", 0 to 127 expected");
    }
    if (distance < 64) {
      low |= 1L << distance;
    } else {
      high |= 1L << (distance - 64);
    }
    return this;
  }

  /// Whether a distance is in the mask; false beyond its capacity.
  public boolean get(int distance) {
    if (distance < 0 || distance >= CAPACITY) {
      return false;
    }
    return ((distance < 64 ? low >>> distance : high >>> (distance - 64)) & 1) != 0;
  }

  /// Number of distances in the mask.
  public int count() {
    return Long.bitCount(low) + Long.bitCount(high);
  }

  /// The greatest distance, or -1.
  public int highest() {
    return high != 0 ? 127 - Long.numberOfLeadingZeros(high) : 63 - Long.numberOfLeadingZeros(low);
  }

  /// The smallest distance not below `from`, or -1.
  public int next(int from) {
    for (int i = from; i <= highest(); i++) {
      if (get(i)) {
        return i;
      }
    }
    return -1;
  }

  /// Takes over the distances of another mask.
  public void copy(PacketMask other) {
    low = other.low;
    high = other.high;
  }

  /// The `count` distances from `from` as a number, the first in its most significant place.
  long bits(int from, int count) {
    long bits = 0;
    for (int i = 0; i < count; i++) {
      bits = bits << 1 | (get(from + i) ? 1 : 0);
    }
    return bits;
  }

  /// Adds the distances from `from` that [#bits] would tell.
  void add(int from, int count, long bits) {
    for (int i = 0; i < count; i++) {
      if ((bits >>> (count - 1 - i) & 1) != 0) {
        set(from + i);
      }
    }
  }
}
