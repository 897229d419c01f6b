package org.klatsch.sctp.rx;

import java.util.Arrays;

/// One message growing fragment by fragment. Starts with the length of the stream's previous
/// message, so that with messages of equal length each byte is copied once, from packet to message.
final class MessageAssembler {
  private byte[] buffer = new byte[0];
  private int size;

  void start(int expectedLength) {
    buffer = new byte[expectedLength];
    size = 0;
  }

  void append(byte[] source, int offset, int length) {
    if (size + length > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(size + length, buffer.length * 2));
    }
    System.arraycopy(source, offset, buffer, size, length);
    size += length;
  }

  int size() {
    return size;
  }

  /// The message, which is no longer held here.
  byte[] finish() {
    byte[] message = size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
    buffer = new byte[0];
    size = 0;
    return message;
  }
}
