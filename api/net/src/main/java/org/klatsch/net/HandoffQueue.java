package org.klatsch.net;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// Packets that one loop read and another loop's session must have: a bounded ring into which any
/// loop copies and from which one loop takes.
///
/// Each slot carries the number of the round it is free or filled for, so producers meet only in
/// one compare-and-set. The arrays of the slots grow to the packets they carry and stay: nothing is
/// allocated once the ring has been round.
final class HandoffQueue {
  /// Takes a packet out; the array is borrowed.
  interface Taker {
    void packet(
        CoreDriver<?> driver,
        TransportAddress local,
        TransportAddress remote,
        int ecn,
        byte[] buffer,
        int length);
  }

  private static final byte[] NONE = {};

  private static final class Slot {
    @Nullable CoreDriver<?> driver;
    @Nullable TransportAddress local;
    @Nullable TransportAddress remote;
    int ecn;
    byte[] bytes = NONE;
    int length;
  }

  private final int mask;
  private final Slot[] slots;
  private final AtomicLongArray rounds;
  private final AtomicLong tail = new AtomicLong();
  private long head;

  /// @param capacity rounded up to a power of two
  HandoffQueue(int capacity) {
    int size = Integer.highestOneBit(Math.max(2, capacity) * 2 - 1);
    this.mask = size - 1;
    this.slots = new Slot[size];
    this.rounds = new AtomicLongArray(size);
    for (int i = 0; i < size; i++) {
      slots[i] = new Slot();
      rounds.set(i, i);
    }
  }

  /// Copies a packet in; any thread.
  ///
  /// @return false when the ring is full and the packet is dropped
  boolean offer(
      CoreDriver<?> driver,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    long ticket;
    int index;
    while (true) {
      ticket = tail.get();
      index = (int) ticket & mask;
      long round = rounds.get(index);
      if (round < ticket) {
        return false;
      }
      if (round == ticket && tail.compareAndSet(ticket, ticket + 1)) {
        break;
      }
    }
    Slot slot = slots[index];
    if (slot.bytes.length < length) {
      slot.bytes = new byte[Math.max(length, 1536)];
    }
    System.arraycopy(buffer, offset, slot.bytes, 0, length);
    slot.driver = driver;
    slot.local = local;
    slot.remote = remote;
    slot.ecn = ecn;
    slot.length = length;
    rounds.set(index, ticket + 1);
    return true;
  }

  boolean isEmpty() {
    return rounds.get((int) head & mask) != head + 1;
  }

  /// Hands over at most `max` packets; the loop's thread only.
  ///
  /// @return how many
  int drain(int max, Taker taker) {
    int count = 0;
    while (count < max) {
      int index = (int) head & mask;
      if (rounds.get(index) != head + 1) {
        break;
      }
      Slot slot = slots[index];
      CoreDriver<?> driver = slot.driver;
      TransportAddress local = slot.local;
      TransportAddress remote = slot.remote;
      slot.driver = null;
      slot.local = null;
      slot.remote = null;
      if (driver != null && local != null && remote != null) {
        taker.packet(driver, local, remote, slot.ecn, slot.bytes, slot.length);
      }
      rounds.set(index, head + slots.length);
      head++;
      count++;
    }
    return count;
  }
}
