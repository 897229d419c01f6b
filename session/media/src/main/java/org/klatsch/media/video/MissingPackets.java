package org.klatsch.media.video;

import java.util.Arrays;
import java.util.List;
import org.klatsch.sansio.ProtocolCore;

/// The packets of a stream that did not come, and when to ask for them, RFC 4585 §6.2.1.
public final class MissingPackets {
  /// More are hopeless: a key frame is cheaper than to repeat them.
  private static final int MAX_MISSING = 512;

  /// A packet is asked for so often at most.
  private static final int MAX_REQUESTS = 10;

  /// Asked for at once at most, so that the request fits one datagram.
  private static final int MAX_AT_ONCE = 200;

  /// After this a repetition comes too late for anybody who looks.
  private static final long MAX_AGE = 1_000_000_000L;

  /// A packet that others overtook may still come by itself.
  private static final long PATIENCE = 5_000_000;

  /// Between requests at least, beyond the round trip.
  private static final long SPARE = 10_000_000;

  private final long[] sequences = new long[MAX_MISSING];
  private final long[] noticed = new long[MAX_MISSING];
  private final long[] due = new long[MAX_MISSING];
  private final int[] requests = new int[MAX_MISSING];
  private int size;
  private long highest = -1;
  private boolean hopeless;

  /// Takes note of a packet.
  ///
  /// @param sequence extended sequence number
  public void handle(long now, long sequence) {
    if (highest < 0) {
      highest = sequence;
      return;
    }
    if (sequence <= highest) {
      remove(sequence);
      return;
    }
    long gap = sequence - highest - 1;
    if (gap > MAX_MISSING - size) {
      size = 0;
      hopeless = true;
    } else {
      for (long missing = highest + 1; missing < sequence; missing++) {
        sequences[size] = missing;
        noticed[size] = now;
        due[size] = now + PATIENCE;
        requests[size] = 0;
        size++;
      }
    }
    highest = sequence;
  }

  private void remove(long sequence) {
    int at = Arrays.binarySearch(sequences, 0, size, sequence);
    if (at >= 0) {
      removeRange(at, at + 1);
    }
  }

  private void removeRange(int from, int to) {
    System.arraycopy(sequences, to, sequences, from, size - to);
    System.arraycopy(noticed, to, noticed, from, size - to);
    System.arraycopy(due, to, due, from, size - to);
    System.arraycopy(requests, to, requests, from, size - to);
    size -= to - from;
  }

  /// Gives up all before a sequence number, as when frames up to there are no longer wanted.
  public void forgetBefore(long sequence) {
    int to = 0;
    while (to < size && sequences[to] < sequence) {
      to++;
    }
    if (to > 0) {
      removeRange(0, to);
    }
  }

  /// Adds the sequence numbers (16 bits) to ask for now.
  public void collect(long now, long roundTrip, List<Integer> out) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (due[i] <= now && out.size() < MAX_AT_ONCE) {
        if (requests[i] >= MAX_REQUESTS || now - noticed[i] > MAX_AGE) {
          hopeless = true;
          continue;
        }
        out.add((int) (sequences[i] & 0xffff));
        requests[i]++;
        // Longer each time: the way may have become slower than the round trip says.
        due[i] = now + (roundTrip + SPARE) * requests[i];
      }
      sequences[kept] = sequences[i];
      noticed[kept] = noticed[i];
      due[kept] = due[i];
      requests[kept] = requests[i];
      kept++;
    }
    size = kept;
  }

  /// When to call [#collect] next.
  public long nextTimeout() {
    long next = ProtocolCore.NEVER;
    for (int i = 0; i < size; i++) {
      next = Math.min(next, due[i]);
    }
    return next;
  }

  /// Whether packets were given up since the last call: only a key frame helps.
  public boolean takeHopeless() {
    boolean value = hopeless;
    hopeless = false;
    return value;
  }

  public int size() {
    return size;
  }
}
