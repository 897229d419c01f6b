package org.klatsch.webrtc;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/// Bytes that become binary messages of a channel.
final class ChannelOutputStream extends OutputStream {
  /// A write waits while more than this waits to be sent: enough for 100 Mbit/s at 80 ms, little
  /// enough that progress shown to people is true.
  private static final long HIGH_WATER = 1 << 20;

  /// Longest message written: what every WebRTC stack takes without a limit being announced (RFC
  /// 8841 §6.1).
  private static final int MAX_MESSAGE = 64 * 1024;

  private final RTCDataChannel channel;
  private volatile boolean closed;

  ChannelOutputStream(RTCDataChannel channel) {
    this.channel = channel;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    int max = (int) Math.min(MAX_MESSAGE, channel.maxMessageSize());
    int end = offset + length;
    for (int position = offset; position < end; ) {
      if (closed) {
        throw new IOException("the stream is closed");
      }
      channel.awaitBuffered(HIGH_WATER);
      int count = Math.min(max, end - position);
      try {
        channel.send(buffer, position, count);
      } catch (DOMException e) {
        throw new IOException(e);
      }
      position += count;
    }
  }

  @Override
  public void close() {
    closed = true;
    channel.close();
  }
}
