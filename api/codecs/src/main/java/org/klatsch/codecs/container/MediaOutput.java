package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;

/// Where a writer puts its bytes: collected until [#flush], and where the channel can seek, changed
/// later.
final class MediaOutput implements AutoCloseable {
  private final WritableByteChannel channel;
  private ByteBuffer pending;
  private long flushed;

  MediaOutput(WritableByteChannel channel, ByteOrder order) {
    this.channel = channel;
    pending = ByteBuffer.allocate(8_192).order(order);
  }

  /// The buffer to put into, with room for so many bytes.
  ByteBuffer room(int bytes) {
    if (pending.remaining() < bytes) {
      ByteBuffer larger =
          ByteBuffer.allocate(Math.max(pending.capacity() * 2, pending.position() + bytes))
              .order(pending.order());
      larger.put(pending.flip());
      pending = larger;
    }
    return pending;
  }

  void put(byte[] bytes) {
    room(bytes.length).put(bytes);
  }

  /// Where the next byte will be in the file.
  long position() {
    return flushed + pending.position();
  }

  /// Hands everything to the system.
  void flush() throws IOException {
    pending.flip();
    flushed += pending.remaining();
    while (pending.hasRemaining()) {
      channel.write(pending);
    }
    pending.clear();
  }

  boolean isSeekable() {
    return channel instanceof SeekableByteChannel;
  }

  /// Overwrites bytes that were flushed; nothing where the channel cannot seek.
  void patch(long position, ByteBuffer bytes) throws IOException {
    if (channel instanceof SeekableByteChannel seekable) {
      seekable.position(position);
      while (bytes.hasRemaining()) {
        seekable.write(bytes);
      }
      seekable.position(flushed);
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      flush();
    }
  }
}
