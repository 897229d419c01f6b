package org.klatsch.turn.server;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// Packets between coming in and going out: a ring of bytes and a ring of their addresses, of fixed
/// size, made with the first packet. What does not fit is refused.
final class PacketQueue {
  /// Bytes a packet has at least on average; voice over IPv4 has some 100.
  private static final int BYTES_PER_PACKET = 64;

  private final int capacity;
  private final int maxPackets;
  private byte[] bytes = {};
  private int[] offsets = {};
  private int[] lengths = {};
  private @Nullable TransportAddress[] locals = {};
  private @Nullable TransportAddress[] remotes = {};
  private int first;
  private int count;

  /// Where the next packet is written.
  private int writeAt;

  PacketQueue(int capacity) {
    this.capacity = capacity;
    this.maxPackets = capacity / BYTES_PER_PACKET;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /// Finds a place for a packet of `length` bytes.
  ///
  /// @return its index in [#bytes], or -1 when there is none; [#commit] makes it a packet
  int reserve(int length) {
    if (bytes.length == 0) {
      bytes = new byte[capacity];
      offsets = new int[maxPackets];
      lengths = new int[maxPackets];
      locals = new TransportAddress[maxPackets];
      remotes = new TransportAddress[maxPackets];
    }
    if (count == maxPackets) {
      return -1;
    }
    if (count == 0) {
      writeAt = 0;
      return length <= capacity ? 0 : -1;
    }
    int oldest = offsets[first];
    if (writeAt > oldest) {
      if (length <= capacity - writeAt) {
        return writeAt;
      }
      // The packet does not fit behind the others: it goes before them.
      if (length < oldest) {
        writeAt = 0;
        return 0;
      }
      return -1;
    }
    return length < oldest - writeAt ? writeAt : -1;
  }

  byte[] bytes() {
    return bytes;
  }

  /// Makes the reserved place a packet.
  void commit(TransportAddress local, TransportAddress remote, int length) {
    int index = (first + count) % maxPackets;
    offsets[index] = writeAt;
    lengths[index] = length;
    locals[index] = local;
    remotes[index] = remote;
    writeAt += length;
    count++;
  }

  /// Copies a packet in; false when there is no room.
  boolean add(
      TransportAddress local, TransportAddress remote, byte[] packet, int offset, int length) {
    int at = reserve(length);
    if (at < 0) {
      return false;
    }
    System.arraycopy(packet, offset, bytes, at, length);
    commit(local, remote, length);
    return true;
  }

  /// Moves the oldest packet into `out`; false when there is none or it has no room there now.
  boolean poll(TransmitBuffer out) {
    if (count == 0) {
      return false;
    }
    int length = lengths[first];
    if (length > out.remaining() && out.packetCount() > 0) {
      return false;
    }
    if (length <= out.remaining()) {
      System.arraycopy(bytes, offsets[first], out.array(), out.position(), length);
      out.route(locals[first], remotes[first]);
      out.commit(length);
    }
    // A packet that is larger than an empty buffer is dropped: it could never be sent.
    locals[first] = null;
    remotes[first] = null;
    first = (first + 1) % maxPackets;
    count--;
    return true;
  }
}
