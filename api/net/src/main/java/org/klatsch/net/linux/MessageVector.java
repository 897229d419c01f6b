package org.klatsch.net.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An array of `struct mmsghdr`, each with an address, one piece of data and control messages:
///
/// ```
/// mmsghdr  0 name   8 namelen   16 iov   24 iovlen   32 control   40 controllen   48 flags   56 len
/// iovec    0 base   8 length
/// cmsghdr  0 length   8 level   12 type   16 data, each message padded to 8 bytes
/// ```
///
/// as in the 64-bit ABI of Linux.
final class MessageVector {
  private static final int HEADER_SIZE = 64;
  private static final int IOVEC_SIZE = 16;
  private static final int CMSG_HEADER = 16;

  /// Room for four control messages of up to 8 bytes.
  private static final int CONTROL_SIZE = 4 * (CMSG_HEADER + 8);

  final int capacity;
  final MemorySegment headers;
  final MemorySegment names;
  private final MemorySegment iovecs;
  private final MemorySegment controls;

  MessageVector(Arena arena, int capacity) {
    this.capacity = capacity;
    this.headers = arena.allocate((long) HEADER_SIZE * capacity, 8);
    this.names = arena.allocate((long) SockAddr.SIZE * capacity, 8);
    this.iovecs = arena.allocate((long) IOVEC_SIZE * capacity, 8);
    this.controls = arena.allocate((long) CONTROL_SIZE * capacity, 8);
    for (int i = 0; i < capacity; i++) {
      long at = (long) i * HEADER_SIZE;
      headers.set(ADDRESS, at, names.asSlice(nameAt(i), SockAddr.SIZE));
      headers.set(JAVA_INT, at + 8, SockAddr.SIZE);
      headers.set(ADDRESS, at + 16, iovecs.asSlice((long) i * IOVEC_SIZE, IOVEC_SIZE));
      headers.set(JAVA_LONG, at + 24, 1);
      headers.set(ADDRESS, at + 32, controls.asSlice(controlAt(i), CONTROL_SIZE));
    }
  }

  long nameAt(int index) {
    return (long) index * SockAddr.SIZE;
  }

  private static long controlAt(int index) {
    return (long) index * CONTROL_SIZE;
  }

  /// The data of message `index`; `address` is that of native memory of the same arena.
  void data(int index, long address, long length) {
    iovecs.set(JAVA_LONG, (long) index * IOVEC_SIZE, address);
    iovecs.set(JAVA_LONG, (long) index * IOVEC_SIZE + 8, length);
  }

  /// Starts message `index` for sending, without control messages.
  void begin(int index, int nameLength) {
    long at = (long) index * HEADER_SIZE;
    headers.set(JAVA_INT, at + 8, nameLength);
    headers.set(JAVA_LONG, at + 40, 0);
    headers.set(JAVA_INT, at + 48, 0);
  }

  /// Adds a control message of a 16- or 32-bit value.
  ///
  /// @param size 2 or 4
  void addControl(int index, int level, int type, int size, int value) {
    long lengthAt = (long) index * HEADER_SIZE + 40;
    long used = headers.get(JAVA_LONG, lengthAt);
    long at = controlAt(index) + used;
    controls.set(JAVA_LONG, at, CMSG_HEADER + size);
    controls.set(JAVA_INT, at + 8, level);
    controls.set(JAVA_INT, at + 12, type);
    if (size == 2) {
      controls.set(JAVA_SHORT, at + 16, (short) value);
    } else {
      controls.set(JAVA_INT, at + 16, value);
    }
    headers.set(JAVA_LONG, lengthAt, used + CMSG_HEADER + 8);
  }

  /// Takes away the control messages of message `index`.
  void clearControl(int index) {
    headers.set(JAVA_LONG, (long) index * HEADER_SIZE + 40, 0);
  }

  /// Makes the first `count` messages ready to be received into.
  void beginReceive(int count) {
    for (int i = 0; i < count; i++) {
      long at = (long) i * HEADER_SIZE;
      headers.set(JAVA_INT, at + 8, SockAddr.SIZE);
      headers.set(JAVA_LONG, at + 40, CONTROL_SIZE);
      headers.set(JAVA_INT, at + 48, 0);
    }
  }

  /// Bytes received into message `index`.
  int received(int index) {
    return headers.get(JAVA_INT, (long) index * HEADER_SIZE + 56);
  }

  boolean isTruncated(int index) {
    return (headers.get(JAVA_INT, (long) index * HEADER_SIZE + 48) & Libc.MSG_TRUNC) != 0;
  }

  /// Looks through the control messages of a received message.
  ///
  /// @return the value, or -1 when there is none of this kind
  int control(int index, int level, int type) {
    long start = controlAt(index);
    long end = start + headers.get(JAVA_LONG, (long) index * HEADER_SIZE + 40);
    long at = start;
    while (at + CMSG_HEADER < end) {
      long length = controls.get(JAVA_LONG, at);
      if (length < CMSG_HEADER || at + length > end) {
        return -1;
      }
      if (controls.get(JAVA_INT, at + 8) == level && controls.get(JAVA_INT, at + 12) == type) {
        // IP_TOS arrives as one byte, IPV6_TCLASS and UDP_GRO as an int.
        return length - CMSG_HEADER >= 4
            ? controls.get(JAVA_INT, at + 16)
            : controls.get(JAVA_BYTE, at + 16) & 0xff;
      }
      at += length + 7 & ~7L;
    }
    return -1;
  }

  /// The headers from message `index` on, for a system call.
  MemorySegment from(int index) {
    return index == 0 ? headers : headers.asSlice((long) index * HEADER_SIZE);
  }
}
