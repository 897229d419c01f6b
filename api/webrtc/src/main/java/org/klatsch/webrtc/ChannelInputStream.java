package org.klatsch.webrtc;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The bytes of a channel's messages one after the other. What is read no longer holds the receive
/// window.
final class ChannelInputStream extends InputStream {
  private final Inbox inbox;
  private Inbox.@Nullable Message current;
  private int position;
  private boolean closed;

  ChannelInputStream(Inbox inbox) {
    this.inbox = inbox;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    synchronized (this) {
      if (closed) {
        throw new IOException("the stream is closed");
      }
      Inbox.Message message = current;
      while (message == null || position == message.data().length) {
        if (message != null) {
          inbox.delivered(message);
          current = null;
        }
        message = inbox.take();
        current = message;
        position = 0;
        if (message == null) {
          return -1;
        }
      }
      int count = Math.min(length, message.data().length - position);
      System.arraycopy(message.data(), position, buffer, offset, count);
      position += count;
      if (position == message.data().length) {
        inbox.delivered(message);
        current = null;
      }
      return count;
    }
  }

  @Override
  public int available() throws IOException {
    synchronized (this) {
      int rest = current == null ? 0 : current.data().length - position;
      return (int) Math.min(Integer.MAX_VALUE, (long) rest + inbox.available());
    }
  }

  /// Later messages are discarded; the channel stays open.
  @Override
  public void close() {
    inbox.discard();
    synchronized (this) {
      closed = true;
      if (current != null) {
        inbox.delivered(current);
        current = null;
      }
    }
  }
}
