package org.klatsch.srtp;

import org.jspecify.annotations.Nullable;

/// Streams by SSRC: open addressing with linear probing, so that a look-up boxes nothing. The table
/// is at most half full.
final class StreamTable {
  private static final int INITIAL_SLOTS = 8;

  private final int maxStreams;
  private @Nullable SrtpStream[] slots = new SrtpStream[INITIAL_SLOTS];
  private int size;

  /// The stream found last: packets come in trains.
  private @Nullable SrtpStream last;

  StreamTable(int maxStreams) {
    this.maxStreams = maxStreams;
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size >= maxStreams;
  }

  @Nullable SrtpStream find(int ssrc) {
    SrtpStream recent = last;
    if (recent != null && recent.ssrc == ssrc) {
      return recent;
    }
    SrtpStream found = slots[slotOf(slots, ssrc)];
    if (found != null) {
      last = found;
    }
    return found;
  }

  /// Adds a stream whose SSRC is not in the table. The caller has seen that it is not full.
  void add(SrtpStream stream) {
    if (2 * (size + 1) > slots.length) {
      resize(2 * slots.length, 0);
    }
    slots[slotOf(slots, stream.ssrc)] = stream;
    size++;
    last = stream;
  }

  boolean remove(int ssrc) {
    if (slots[slotOf(slots, ssrc)] == null) {
      return false;
    }
    // Streams end rarely: building the table anew is simpler than closing the gap.
    resize(slots.length, ssrc);
    size--;
    last = null;
    return true;
  }

  /// All streams, in no order; empty places are null.
  @Nullable SrtpStream[] slots() {
    return slots;
  }

  /// @param without an SSRC to leave out, if the table keeps its size
  private void resize(int length, int without) {
    @Nullable SrtpStream[] next = new SrtpStream[length];
    for (SrtpStream stream : slots) {
      if (stream != null && (length != slots.length || stream.ssrc != without)) {
        next[slotOf(next, stream.ssrc)] = stream;
      }
    }
    slots = next;
  }

  /// Where an SSRC is, or the empty place where it would be.
  private static int slotOf(@Nullable SrtpStream[] slots, int ssrc) {
    int mask = slots.length - 1;
    // SSRCs are random in theory and 1, 2, 3 in practice; the multiplier spreads both.
    int slot = ssrc * 0x9e3779b9 >>> 7 & mask;
    while (true) {
      SrtpStream stream = slots[slot];
      if (stream == null || stream.ssrc == ssrc) {
        return slot;
      }
      slot = slot + 1 & mask;
    }
  }
}
