package org.klatsch.media.forwarding;

import java.util.Arrays;

/// Gives the numbers of a stream that is forwarded in part new ones without gaps. A number that did
/// not come keeps its place, so that the receiver sees what was lost; one that was left out on
/// purpose has none. Numbers that come late get what they would have had.
final class Numbering {
  /// Stands for a number that has no successor here.
  static final int NONE = -1;

  private static final int UNSEEN = -2;

  private final int mask;
  private final int half;
  private final int[] known;
  private final int[] given;
  private boolean open;
  private int highest;
  private int next;

  /// @param bits of the numbers
  /// @param remembered numbers that may come late, a power of two
  /// @param first number given
  Numbering(int bits, int remembered, int first) {
    mask = (1 << bits) - 1;
    half = 1 << bits - 1;
    known = new int[Math.min(remembered, 1 << bits)];
    given = new int[known.length];
    next = first & mask;
    Arrays.fill(known, UNSEEN);
  }

  /// Goes on with another stream: its number `first` follows what was given last.
  void restart(int first) {
    Arrays.fill(known, UNSEEN);
    highest = first - 1 & mask;
    open = true;
  }

  /// The next number given is this: those from it on were never used.
  void goOnAt(int number) {
    Arrays.fill(known, UNSEEN);
    next = number & mask;
  }

  /// The new number of `number`; [#NONE] when it was left out or is too old.
  ///
  /// @param leftOut whether it is left out, when it is seen for the first time
  int map(int number, boolean leftOut) {
    if (!open) {
      restart(number);
    }
    int ahead = number - highest & mask;
    if (ahead == 0 || ahead >= half) {
      return late(number & mask, leftOut);
    }
    // Those between may still come, and have their places.
    if (ahead > known.length) {
      Arrays.fill(known, UNSEEN);
      next = next + ahead - 1 & mask;
    } else {
      for (int missing = 1; missing < ahead; missing++) {
        put(highest + missing & mask, next);
        next = next + 1 & mask;
      }
    }
    highest = number & mask;
    int value = leftOut ? NONE : next;
    put(highest, value);
    if (!leftOut) {
      next = next + 1 & mask;
    }
    return value;
  }

  /// The number that ends in `number` and is nearest to the highest one.
  ///
  /// @param bits of `number`, fewer than those of the numbering
  int extend(int number, int bits) {
    int count = 1 << bits;
    int ahead = number - highest & count - 1;
    return highest + (ahead < count / 2 ? ahead : ahead - count) & mask;
  }

  private int late(int number, boolean leftOut) {
    int at = number & known.length - 1;
    if (known[at] != number) {
      return NONE;
    }
    if (leftOut) {
      given[at] = NONE;
    }
    return given[at];
  }

  private void put(int number, int value) {
    int at = number & known.length - 1;
    known[at] = number;
    given[at] = value;
  }
}
