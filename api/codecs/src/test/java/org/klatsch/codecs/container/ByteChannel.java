package org.klatsch.codecs.container;

import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/// Bytes as a file that can only be read.
final class ByteChannel implements SeekableByteChannel {
  private final byte[] bytes;
  private int position;
  private boolean closed;

  ByteChannel(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read(ByteBuffer to) {
    if (position >= bytes.length) {
      return -1;
    }
    int count = Math.min(to.remaining(), bytes.length - position);
    to.put(bytes, position, count);
    position += count;
    return count;
  }

  @Override
  public int write(ByteBuffer from) {
    throw new UnsupportedOperationException("only to be read");
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long value) {
    position = (int) Math.min(bytes.length, value);
    return this;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new UnsupportedOperationException("only to be read");
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
  }
}
