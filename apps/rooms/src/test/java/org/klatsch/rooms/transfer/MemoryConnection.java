package org.klatsch.rooms.transfer;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// Two ends joined in memory: messages of a direction arrive in order, on a thread of their own, as
/// from a data channel.
final class MemoryConnection {
  final End left = new End();
  final End right = new End();
  private final AtomicLong bytes = new AtomicLong();
  private volatile long cutAfterBytes = Long.MAX_VALUE;
  private volatile boolean cut;

  /// One end: the channels that its peer writes to, and the peer itself.
  final class End {
    final Channel control = new Channel(true);
    final Channel bulk = new Channel(false);
    private final BlockingQueue<Object> outbox = new LinkedBlockingQueue<>();
    private volatile TransferPeer peer;
    private volatile Predicate<String> controlFilter = _ -> true;

    TransferPeer peer(TransferOptions options, TransferListener listener) {
      peer = new TransferPeer(control, bulk, options, listener, new java.security.SecureRandom());
      return peer;
    }

    /// Control messages that do not pass are lost on their way out.
    void controlFilter(Predicate<String> filter) {
      controlFilter = filter;
    }

    final class Channel implements MessageChannel {
      private final boolean text;
      private final AtomicLong buffered = new AtomicLong();
      private volatile long threshold;

      Channel(boolean text) {
        this.text = text;
      }

      @Override
      public void send(String message) {
        if (cut) {
          throw new IllegalStateException("closed");
        }
        if (controlFilter.test(message)) {
          outbox.add(message);
        }
      }

      @Override
      public void send(byte[] data, int off, int length) {
        if (cut) {
          throw new IllegalStateException("closed");
        }
        byte[] copy = new byte[length];
        System.arraycopy(data, off, copy, 0, length);
        buffered.addAndGet(length);
        outbox.add(copy);
      }

      @Override
      public long bufferedAmount() {
        return buffered.get();
      }

      @Override
      public void bufferedAmountLowThreshold(long bytes) {
        threshold = bytes;
      }

      @Override
      public long maxMessageSize() {
        return 65_536;
      }
    }
  }

  /// Begins to carry messages, also those sent before.
  void start(Access leftAccess, Access rightAccess) {
    left.peer.handleOpen(leftAccess);
    right.peer.handleOpen(rightAccess);
    carry(left, right);
    carry(right, left);
  }

  /// The connection dies when so many more bytes of files have been carried.
  void cutAfter(long more) {
    cutAfterBytes = bytes.get() + more;
  }

  void cut() {
    if (!cut) {
      cut = true;
      left.outbox.add(this);
      right.outbox.add(this);
      left.peer.handleClosed();
      right.peer.handleClosed();
    }
  }

  long bytes() {
    return bytes.get();
  }

  private void carry(End from, End to) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (!cut) {
              switch (from.outbox.take()) {
                case String text -> to.peer.handleControl(text);
                case byte[] data -> {
                  long before = from.bulk.buffered.getAndAdd(-data.length);
                  if (before > from.bulk.threshold && before - data.length <= from.bulk.threshold) {
                    from.peer.handleBufferedAmountLow();
                  }
                  to.peer.handleBulk(data, 0, data.length);
                  if (bytes.addAndGet(data.length) >= cutAfterBytes) {
                    cut();
                  }
                }
                default -> {
                  return;
                }
              }
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
