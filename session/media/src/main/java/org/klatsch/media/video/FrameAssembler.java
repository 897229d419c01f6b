package org.klatsch.media.video;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.payload.Depacketizer;

/// Puts frames together from the packets of one stream, in the order they can be decoded in: every
/// frame, or from a key frame on. What overtook others waits, in a ring of bounded size.
public final class FrameAssembler {
  private static final int MARKER = 1;
  private static final int STARTS = 2;
  private static final int KEY = 4;

  /// Padding: takes part in the numbering only.
  private static final int EMPTY = 8;

  private static final int NONE = -1;

  /// Spare arrays kept: a large frame's worth.
  private static final int MAX_SPARE = 64;

  private final int capacity;
  private final byte[] @Nullable [] payloads;
  private final int[] lengths;
  private final int[] timestamps;
  private final int[] flags;
  private final long[] sequences;
  private final long[] arrivals;
  private final int[] rotations;
  private final int[] pictures;
  private final ArrayDeque<byte[]> spare = new ArrayDeque<>();

  private long highest = NONE;

  /// First packet of the next frame; −1 until a stream began.
  private long next = NONE;

  private boolean awaitingKey = true;

  /// Packets from `next` up to here, exclusively, are known to be there.
  private long scanned;

  private long firstSequence;
  private long lastSequence;
  private int timestamp;
  private int rotation;
  private long firstArrival;
  private long lastArrival;
  private long framesDropped;

  /// The number of the picture put together last, as the format gives it; −1 when it gives none.
  private int picture = NONE;

  /// The newest packet that begins a key frame.
  private long newestKey = NONE;

  /// @param capacity packets kept at most, a power of two
  public FrameAssembler(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity " + capacity + ", expected a power of two");
    }
    this.capacity = capacity;
    payloads = new byte[capacity] @Nullable [];
    lengths = new int[capacity];
    timestamps = new int[capacity];
    flags = new int[capacity];
    sequences = new long[capacity];
    arrivals = new long[capacity];
    rotations = new int[capacity];
    pictures = new int[capacity];
    Arrays.fill(sequences, NONE);
  }

  /// The sequence number without wrapping, nearest to those before.
  public long extend(int sequence) {
    if (highest < 0) {
      // Room below for packets that the first one overtook.
      return sequence + 0x1_0000L;
    }
    return highest + (short) (sequence - (int) highest);
  }

  /// Takes a packet.
  ///
  /// @param sequence as [#extend] gives it
  /// @param turned degrees that the frame is to be turned by, −1 when the packet does not say
  /// @return whether it was kept; false for a duplicate or one too late
  public boolean insert(
      long now,
      long sequence,
      int rtpTimestamp,
      boolean marker,
      int turned,
      Depacketizer format,
      byte[] array,
      int offset,
      int length) {
    if (highest >= 0 && sequence <= highest - capacity || next >= 0 && sequence < next) {
      return false;
    }
    int at = (int) sequence & capacity - 1;
    if (sequences[at] == sequence) {
      return false;
    }
    if (next >= 0 && sequence - next >= capacity) {
      // Too far ahead to ever complete what is waited for.
      clear();
      next = sequence;
    }
    release(at);
    byte[] copy = array(length);
    System.arraycopy(array, offset, copy, 0, length);
    payloads[at] = copy;
    lengths[at] = length;
    timestamps[at] = rtpTimestamp;
    sequences[at] = sequence;
    arrivals[at] = now;
    rotations[at] = turned;
    pictures[at] = NONE;
    int value = marker ? MARKER : 0;
    if (length == 0) {
      value |= EMPTY;
    } else {
      if (format.startsFrame(array, offset, length)) {
        value |= STARTS;
        pictures[at] = format.picture(array, offset, length);
      }
      if (format.startsKeyFrame(array, offset, length)) {
        value |= KEY;
        newestKey = Math.max(newestKey, sequence);
      }
    }
    flags[at] = value;
    highest = Math.max(highest, sequence);
    if (next < 0) {
      next = sequence;
      scanned = sequence;
    } else if (awaitingKey && sequence < next) {
      next = sequence;
    }
    return true;
  }

  /// Puts the next frame together, into `format`.
  ///
  /// @return whether there is one
  /// @throws MalformedRtpException for a frame that breaks its format; it is passed over
  public boolean next(Depacketizer format) throws MalformedRtpException {
    while (true) {
      if (awaitingKey && !findKey()) {
        return false;
      }
      skipEmpty();
      long end = end();
      if (end == NONE) {
        if (!awaitingKey && (skipMissing() || jumpToKey(format))) {
          continue;
        }
        return false;
      }
      boolean anyFrame = !awaitingKey;
      // Until the frame has shown to be good.
      awaitingKey = true;
      framesDropped++;
      boolean good;
      try {
        good = join(format, end);
      } finally {
        pass(end);
      }
      if (good && (anyFrame || format.keyFrame())) {
        awaitingKey = false;
        framesDropped--;
        return true;
      }
    }
  }

  private void pass(long end) {
    for (long sequence = next; sequence <= end; sequence++) {
      release((int) sequence & capacity - 1);
    }
    next = end + 1;
    scanned = next;
  }

  /// Moves to the first key frame that is whole; what is before it can no longer be of use.
  private boolean findKey() {
    for (long sequence = next; sequence <= highest; sequence++) {
      int at = (int) sequence & capacity - 1;
      if (sequences[at] != sequence
          || (flags[at] & (KEY | STARTS)) != (KEY | STARTS)
          || continuesFrame(sequence)) {
        continue;
      }
      long before = next;
      next = sequence;
      scanned = sequence;
      if (end() != NONE) {
        for (long old = before; old < sequence; old++) {
          release((int) old & capacity - 1);
        }
        return true;
      }
      next = before;
      scanned = before;
    }
    return false;
  }

  /// Passes over packets that are missing between two frames, where the numbers of the pictures
  /// show that nothing of the video was in them: repair packets, RFC 5109 §14.2.
  ///
  /// @return whether the next frame begins here now
  private boolean skipMissing() {
    if (picture == NONE || sequences[(int) next & capacity - 1] == next) {
      return false;
    }
    for (long sequence = next + 1; sequence <= highest; sequence++) {
      int at = (int) sequence & capacity - 1;
      if (sequences[at] != sequence || (flags[at] & EMPTY) != 0) {
        continue;
      }
      if ((flags[at] & STARTS) == 0 || !follows(pictures[at])) {
        return false;
      }
      release(next, sequence);
      next = sequence;
      scanned = sequence;
      return true;
    }
    return false;
  }

  /// Whether a picture is the one behind that put together last.
  private boolean follows(int number) {
    if (number == NONE || ((number ^ picture) & Depacketizer.LONG_PICTURE) != 0) {
      return false;
    }
    int mask = (number & Depacketizer.LONG_PICTURE) != 0 ? 0x7fff : 0x7f;
    return (number - picture & mask) == 1;
  }

  /// Goes on with a whole key frame behind what is missing: nothing before it is needed any more.
  private boolean jumpToKey(Depacketizer format) {
    if (newestKey <= next) {
      return false;
    }
    for (long sequence = next + 1; sequence <= newestKey; sequence++) {
      int at = (int) sequence & capacity - 1;
      // Formats that cannot tell a frame's first packet need the one before.
      boolean begins =
          sequences[at] == sequence
              && (flags[at] & (KEY | STARTS)) == (KEY | STARTS)
              && !continuesFrame(sequence)
              && (format.tellsStart() || has(sequence - 1));
      if (!begins) {
        continue;
      }
      long before = next;
      next = sequence;
      scanned = sequence;
      if (end() != NONE) {
        release(before, sequence);
        framesDropped++;
        return true;
      }
      next = before;
      scanned = before;
    }
    return false;
  }

  private boolean has(long sequence) {
    return sequences[(int) sequence & capacity - 1] == sequence;
  }

  private void release(long from, long to) {
    for (long old = from; old < to; old++) {
      release((int) old & capacity - 1);
    }
  }

  /// Whether a packet is a further one of the frame of the packet before it, as the second
  /// parameter set of H.264 is.
  private boolean continuesFrame(long sequence) {
    long before = sequence - 1;
    int at = (int) before & capacity - 1;
    return before >= next
        && sequences[at] == before
        && (flags[at] & (MARKER | EMPTY)) == 0
        && timestamps[at] == timestamps[(int) sequence & capacity - 1];
  }

  private void skipEmpty() {
    while (next <= highest) {
      int at = (int) next & capacity - 1;
      if (sequences[at] != next || (flags[at] & EMPTY) == 0) {
        return;
      }
      release(at);
      next++;
      scanned = Math.max(scanned, next);
    }
  }

  /// The last packet of the frame that begins at `next`, −1 when it is not whole.
  private long end() {
    if (scanned < next) {
      scanned = next;
    }
    while (scanned <= highest) {
      int at = (int) scanned & capacity - 1;
      if (sequences[at] != scanned) {
        return NONE;
      }
      if (scanned > next
          && (flags[at] & EMPTY) == 0
          && timestamps[at] != timestamps[(int) next & capacity - 1]) {
        // A new timestamp ends the frame too, should the marker be missing.
        return scanned - 1;
      }
      if ((flags[at] & MARKER) != 0) {
        return scanned;
      }
      scanned++;
    }
    return NONE;
  }

  private boolean join(Depacketizer format, long end) throws MalformedRtpException {
    format.reset();
    firstSequence = next;
    lastSequence = end;
    picture = pictures[(int) next & capacity - 1];
    timestamp = timestamps[(int) next & capacity - 1];
    rotation = NONE;
    firstArrival = Long.MAX_VALUE;
    lastArrival = 0;
    if ((flags[(int) next & capacity - 1] & STARTS) == 0) {
      return false;
    }
    for (long sequence = next; sequence <= end; sequence++) {
      int at = (int) sequence & capacity - 1;
      firstArrival = Math.min(firstArrival, arrivals[at]);
      lastArrival = Math.max(lastArrival, arrivals[at]);
      rotation = Math.max(rotation, rotations[at]);
      byte[] payload = payloads[at];
      if (payload != null && lengths[at] > 0) {
        format.append(payload, 0, lengths[at]);
      }
    }
    return format.complete() && format.frameLength() > 0;
  }

  /// Gives up what cannot be completed: frames go on with the next key frame.
  public void awaitKeyFrame() {
    if (!awaitingKey) {
      awaitingKey = true;
      framesDropped++;
    }
  }

  /// Whether only a key frame helps.
  public boolean isAwaitingKeyFrame() {
    return awaitingKey;
  }

  /// Whether packets wait behind one that is missing.
  public boolean isBlocked() {
    return next >= 0 && highest >= next;
  }

  /// Whether a key frame has begun to arrive.
  public boolean hasKeyFrameBegun() {
    for (long sequence = Math.max(0, next); sequence <= highest; sequence++) {
      int at = (int) sequence & capacity - 1;
      if (sequences[at] == sequence && (flags[at] & KEY) != 0) {
        return true;
      }
    }
    return false;
  }

  /// The first packet that is still wanted.
  public long nextSequence() {
    return next;
  }

  /// First packet of the frame put together last.
  public long firstSequence() {
    return firstSequence;
  }

  /// Last packet of the frame put together last.
  public long lastSequence() {
    return lastSequence;
  }

  /// RTP timestamp of the frame put together last.
  public int timestamp() {
    return timestamp;
  }

  /// Degrees to turn the frame put together last by, −1 when no packet said.
  public int rotation() {
    return rotation;
  }

  /// When the first packet of the frame put together last came.
  public long firstArrival() {
    return firstArrival;
  }

  /// When the last packet of the frame put together last came.
  public long lastArrival() {
    return lastArrival;
  }

  public long framesDropped() {
    return framesDropped;
  }

  private void clear() {
    picture = NONE;
    newestKey = NONE;
    for (int at = 0; at < capacity; at++) {
      release(at);
    }
    awaitingKey = true;
    framesDropped++;
  }

  private void release(int at) {
    byte[] payload = payloads[at];
    if (payload != null && payload.length > 0 && spare.size() < MAX_SPARE) {
      spare.add(payload);
    }
    payloads[at] = null;
    sequences[at] = NONE;
  }

  private byte[] array(int length) {
    byte[] free = spare.poll();
    return free != null && free.length >= length ? free : new byte[Math.max(length, 1_200)];
  }
}
