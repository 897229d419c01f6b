package org.klatsch.webrtc;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The messages of one channel that were received and not yet delivered. They hold the receive
/// window of the SCTP association (RFC 9260 §6.1 A) until a listener has returned or a stream has
/// read them.
///
/// Filled on the loop, emptied by tasks or by a reading thread; guarded by its own lock, which is
/// never held while listeners run.
final class Inbox {
  /// What a channel keeps while nobody has ever listened to it. A channel that nobody reads must
  /// not hold the window which it shares with all others.
  static final int UNHEARD_LIMIT = 256 * 1024;

  /// A message as received.
  ///
  /// @param data owned by the receiver
  /// @param held bytes of the receive window that it holds
  record Message(byte[] data, boolean text, int held) {
    Object content(BinaryType binaryType) {
      if (text) {
        return new String(data, StandardCharsets.UTF_8);
      }
      return binaryType == BinaryType.ARRAYBUFFER ? data : ByteBuffer.wrap(data).asReadOnlyBuffer();
    }
  }

  /// Who takes the messages.
  private enum Mode {
    /// Nobody yet: kept, up to [#UNHEARD_LIMIT].
    UNHEARD,
    LISTENERS,
    STREAM
  }

  private final ArrayDeque<Message> messages = new ArrayDeque<>();
  private final IntConsumer release;
  private final Runnable postDelivery;
  private Mode mode = Mode.UNHEARD;
  private long unheardBytes;
  private boolean paused;
  private boolean ended;

  /// @param release told how many bytes no longer hold the window
  /// @param postDelivery asks for one more call of [#next()] by a task
  Inbox(IntConsumer release, Runnable postDelivery) {
    this.release = release;
    this.postDelivery = postDelivery;
  }

  /// Takes a message from the association.
  void add(Message message) {
    boolean post = false;
    boolean drop = false;
    synchronized (this) {
      if (ended) {
        drop = true;
      } else if (mode == Mode.UNHEARD && unheardBytes + message.data.length > UNHEARD_LIMIT) {
        drop = true;
        mode = Mode.LISTENERS;
      } else {
        messages.add(message);
        switch (mode) {
          case UNHEARD -> unheardBytes += message.data.length;
          case LISTENERS -> post = !paused;
          case STREAM -> notifyAll();
        }
      }
    }
    if (drop) {
      release.accept(message.held);
    } else if (post) {
      postDelivery.run();
    }
  }

  /// The next message for listeners; null when a stream took it, or while paused.
  @Nullable Message next() {
    synchronized (this) {
      return mode == Mode.LISTENERS && !paused ? messages.poll() : null;
    }
  }

  /// Called when a listener has returned.
  void delivered(Message message) {
    release.accept(message.held);
  }

  /// The first listener is there: what was kept is delivered.
  void listen() {
    int waiting;
    synchronized (this) {
      if (mode != Mode.UNHEARD) {
        return;
      }
      mode = Mode.LISTENERS;
      waiting = paused ? 0 : messages.size();
    }
    for (int i = 0; i < waiting; i++) {
      postDelivery.run();
    }
  }

  /// Stops or restarts delivery to listeners.
  void pause(boolean value) {
    int waiting = 0;
    synchronized (this) {
      if (paused == value) {
        return;
      }
      paused = value;
      if (!paused && mode == Mode.LISTENERS) {
        waiting = messages.size();
      }
    }
    for (int i = 0; i < waiting; i++) {
      postDelivery.run();
    }
  }

  boolean isPaused() {
    synchronized (this) {
      return paused;
    }
  }

  /// Hands this message and all later ones to a reading thread.
  void stream() {
    synchronized (this) {
      mode = Mode.STREAM;
    }
  }

  /// The next message for a stream; waits for it. Null at the end.
  @Nullable Message take() throws InterruptedIOException {
    Message message;
    synchronized (this) {
      while (messages.isEmpty() && !ended) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while waiting for a message");
        }
      }
      message = messages.poll();
    }
    return message;
  }

  /// Bytes that a stream can read without waiting.
  int available() {
    synchronized (this) {
      long sum = 0;
      for (Message message : messages) {
        sum += message.data.length;
      }
      return (int) Math.min(sum, Integer.MAX_VALUE);
    }
  }

  /// No more messages will come; those that are there are still delivered.
  void end() {
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  /// Gives up what nobody will read.
  void discard() {
    int bytes = 0;
    synchronized (this) {
      ended = true;
      for (Message message : messages) {
        bytes += message.held;
      }
      messages.clear();
      notifyAll();
    }
    if (bytes > 0) {
      release.accept(bytes);
    }
  }
}
