package org.klatsch.sctp.tx;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Messages that are not sent yet, by stream, and the scheduler that chooses among the streams.
///
/// Weighted fair queueing, RFC 8260 §3.6, by start-time fair queueing: each stream carries the
/// virtual time at which its next unit starts, and the smallest goes first. With interleaving the
/// unit is a fragment; without it a message, whose fragments must be consecutive.
public final class SendQueue {
  /// Weight of priority "normal", RFC 8831 §6.4.
  public static final int DEFAULT_WEIGHT = 256;

  private static final int VIRTUAL_SCALE = 1 << 16;

  private final IntConsumer bufferedAmountLow;
  private @Nullable OutgoingStream[] streams = new OutgoingStream[4];
  private final PriorityQueue<OutgoingStream> ready =
      new PriorityQueue<>(4, Comparator.comparingLong(stream -> stream.virtualStart));

  /// The stream that was chosen and has not finished its unit.
  private @Nullable OutgoingStream current;

  private long virtualTime;
  private long bufferedAmount;
  private int queuedMessages;
  private long queuedBytes;
  private long messagesAbandoned;
  private boolean interleaved;

  /// @param bufferedAmountLow told the id of a stream whose buffered amount fell to its threshold
  public SendQueue(IntConsumer bufferedAmountLow) {
    this.bufferedAmountLow = bufferedAmountLow;
  }

  void interleaved(boolean negotiated) {
    interleaved = negotiated;
  }

  /// Queues a message; `data` is owned from now on.
  ///
  /// @param counted by how much the buffered amount grows
  /// @param expiresAt [Long#MAX_VALUE] for never
  public void add(
      int streamId,
      int ppid,
      byte[] data,
      int offset,
      int length,
      int counted,
      boolean unordered,
      int maxRetransmits,
      long expiresAt) {
    OutgoingStream stream = stream(streamId);
    stream.append(
        new OutgoingMessage(
            stream, ppid, data, offset, length, counted, unordered, maxRetransmits, expiresAt));
    stream.bufferedAmount += counted;
    bufferedAmount += counted;
    queuedBytes += length;
    queuedMessages++;
    schedule(stream);
  }

  /// Bytes counted for a stream and not sent yet.
  public long bufferedAmount(int streamId) {
    OutgoingStream stream = streamId < streams.length ? streams[streamId] : null;
    return stream == null ? 0 : stream.bufferedAmount;
  }

  /// Bytes counted for all streams and not sent yet.
  public long bufferedAmount() {
    return bufferedAmount;
  }

  /// Bytes of messages not sent yet, counted or not.
  long queuedBytes() {
    return queuedBytes;
  }

  /// Messages of which not every fragment was sent.
  public int queuedMessages() {
    return queuedMessages;
  }

  long messagesAbandoned() {
    return messagesAbandoned;
  }

  public void lowThreshold(int streamId, long bytes) {
    stream(streamId).lowThreshold = bytes;
  }

  public void weight(int streamId, int weight) {
    stream(streamId).weight = weight;
  }

  /// Holds a stream back, or lets it go on.
  public void paused(int streamId, boolean paused) {
    OutgoingStream stream = stream(streamId);
    stream.paused = paused;
    if (!paused) {
      schedule(stream);
    }
  }

  /// Whether a message of the stream is not wholly sent.
  public boolean hasMessages(int streamId) {
    OutgoingStream stream = streamId < streams.length ? streams[streamId] : null;
    return stream != null && stream.head != null;
  }

  /// Lets a stream's sequence numbers begin anew, RFC 6525 §5.1.2.
  public void resetSequence(int streamId) {
    OutgoingStream stream = stream(streamId);
    stream.nextSsn = 0;
    stream.nextOrderedMid = 0;
    stream.nextUnorderedMid = 0;
  }

  /// Drops everything, after a restart.
  void clear() {
    Arrays.fill(streams, null);
    ready.clear();
    current = null;
    virtualTime = 0;
    bufferedAmount = 0;
    queuedMessages = 0;
    queuedBytes = 0;
  }

  /// The message whose fragment is next, or null. Messages whose lifetime ended before any part was
  /// sent are dropped on the way, RFC 3758 §3.5 A4.
  @Nullable OutgoingMessage peek(long now, boolean mayAbandon) {
    while (true) {
      OutgoingStream stream = current;
      if (stream == null) {
        stream = ready.poll();
        if (stream == null) {
          return null;
        }
        stream.scheduled = false;
        // A message that was begun is finished without interleaving, even when paused.
        if (stream.paused && (stream.head == null || stream.head.sent == 0)) {
          continue;
        }
        current = stream;
        virtualTime = stream.virtualStart;
      }
      OutgoingMessage message = stream.head;
      if (message == null) {
        current = null;
      } else if (message.sent == 0 && mayAbandon && message.expiresAt <= now) {
        messagesAbandoned++;
        remove(message);
      } else {
        return message;
      }
    }
  }

  /// Gives the message its sequence number before its first fragment.
  void begin(OutgoingMessage message) {
    OutgoingStream stream = message.stream;
    if (interleaved) {
      message.sequence = message.unordered ? stream.nextUnorderedMid++ : stream.nextOrderedMid++;
    } else if (!message.unordered) {
      message.sequence = stream.nextSsn;
      stream.nextSsn = stream.nextSsn + 1 & 0xffff;
    }
  }

  /// Takes `bytes` of the message that [#peek] returned.
  void take(OutgoingMessage message, int bytes) {
    OutgoingStream stream = message.stream;
    message.sent += bytes;
    queuedBytes -= bytes;
    stream.virtualStart += (long) bytes * VIRTUAL_SCALE / stream.weight;
    uncount(message, message.sent == message.length ? message.counted : bytes);
    if (message.sent == message.length) {
      stream.removeHead();
      queuedMessages--;
      current = null;
      schedule(stream);
    } else if (interleaved) {
      current = null;
      schedule(stream);
    }
  }

  /// Removes the head message of its stream, begun or not.
  void remove(OutgoingMessage message) {
    OutgoingStream stream = message.stream;
    if (stream.head != message) {
      return;
    }
    queuedBytes -= message.remaining();
    queuedMessages--;
    stream.removeHead();
    uncount(message, message.counted);
    if (current == stream) {
      current = null;
    }
    schedule(stream);
  }

  private void uncount(OutgoingMessage message, int bytes) {
    int amount = Math.min(bytes, message.counted);
    if (amount == 0) {
      return;
    }
    OutgoingStream stream = message.stream;
    message.counted -= amount;
    bufferedAmount -= amount;
    long before = stream.bufferedAmount;
    stream.bufferedAmount = before - amount;
    if (before > stream.lowThreshold && stream.bufferedAmount <= stream.lowThreshold) {
      bufferedAmountLow.accept(stream.id);
    }
  }

  private void schedule(OutgoingStream stream) {
    if (stream.head != null && !stream.scheduled && stream != current) {
      stream.virtualStart = Math.max(stream.virtualStart, virtualTime);
      stream.scheduled = true;
      ready.add(stream);
    }
  }

  private OutgoingStream stream(int id) {
    if (id >= streams.length) {
      streams = Arrays.copyOf(streams, Math.max(id + 1, streams.length * 2));
    }
    OutgoingStream stream = streams[id];
    if (stream == null) {
      stream = new OutgoingStream(id);
      streams[id] = stream;
    }
    return stream;
  }
}
