package org.klatsch.webrtc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Messages between the two ends of a connection, W3C WebRTC §6.2 over RFC 8831. Every method may
/// be called on any thread.
///
/// Undelivered messages hold the receive window of the association, so that a slow receiver slows
/// the sender down. A channel that nobody has ever listened to keeps at most 256 KiB, then discards
/// what comes.
public final class RTCDataChannel extends EventTarget implements AutoCloseable {
  private static final byte[] REPLACEMENT_CHARACTER = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};

  private final Connection connection;
  private final String label;
  private final RTCDataChannelInit init;
  private final Inbox inbox;
  private final long sendLimit;

  /// Bytes sent and not yet acknowledged or given up: raised by `send`, lowered on the loop.
  private final AtomicLong buffered = new AtomicLong();

  private volatile long bufferedAmountLowThreshold;
  private volatile @Nullable Integer id;
  private volatile RTCDataChannelState readyState = RTCDataChannelState.CONNECTING;
  private volatile BinaryType binaryType = BinaryType.ARRAYBUFFER;

  /// Set when `open` was fired and nobody listened; the first listener is told late.
  private boolean openUnheard;

  /// How many threads wait for [#buffered] to fall; guarded by [#writerLock].
  private int waitingWriters;

  private final Object writerLock = new Object();

  /// The loop's half. Confined to the loop.
  final ChannelState loopState = new ChannelState();

  RTCDataChannel(
      Connection connection, String label, RTCDataChannelInit init, @Nullable Integer id) {
    this.connection = connection;
    this.label = label;
    this.init = init;
    this.id = id;
    this.sendLimit = connection.options().sendLimit();
    this.inbox =
        new Inbox(connection.channels()::release, () -> connection.tasks().post(this::deliverNext));
  }

  public String label() {
    return label;
  }

  public boolean ordered() {
    return init.ordered();
  }

  public @Nullable Integer maxPacketLifeTime() {
    return init.maxPacketLifeTime();
  }

  public @Nullable Integer maxRetransmits() {
    return init.maxRetransmits();
  }

  public String protocol() {
    return init.protocol();
  }

  public boolean negotiated() {
    return init.negotiated();
  }

  public RTCPriorityType priority() {
    return init.priority();
  }

  /// The SCTP stream; null until the DTLS roles are known.
  public @Nullable Integer id() {
    return id;
  }

  public RTCDataChannelState readyState() {
    return readyState;
  }

  /// Bytes of messages that `send` took and the network has not. It keeps its value when the
  /// channel closes.
  public long bufferedAmount() {
    return buffered.get();
  }

  public long bufferedAmountLowThreshold() {
    return bufferedAmountLowThreshold;
  }

  /// `bufferedamountlow` is fired when [#bufferedAmount()] falls to this or below.
  public void bufferedAmountLowThreshold(long value) {
    if (value < 0 || value > 0xffff_ffffL) {
      throw DOMException.typeError("threshold " + value + " is not in 0 to 4294967295");
    }
    bufferedAmountLowThreshold = value;
  }

  public BinaryType binaryType() {
    return binaryType;
  }

  public void binaryType(BinaryType value) {
    binaryType = Objects.requireNonNull(value, "value");
  }

  /// Sends text. Never blocks.
  ///
  /// @throws DOMException InvalidStateError unless the channel is open, TypeError when the message
  ///   is longer than the peer takes, OperationError when too much waits already
  public void send(String text) {
    byte[] bytes = encode(text);
    enqueue(bytes, true);
  }

  /// Sends a binary message; the array is copied. Never blocks.
  ///
  /// @throws DOMException as [#send(String)]
  public void send(byte[] data) {
    send(data, 0, data.length);
  }

  /// Sends a part of an array as one binary message; it is copied. Never blocks.
  ///
  /// @throws DOMException as [#send(String)]
  public void send(byte[] data, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, data.length);
    checkSend(length);
    enqueue(Arrays.copyOfRange(data, offset, offset + length), false);
  }

  /// Sends what remains in the buffer as one binary message; its position moves to its limit. Never
  /// blocks.
  ///
  /// @throws DOMException as [#send(String)]
  public void send(ByteBuffer data) {
    checkSend(data.remaining());
    byte[] bytes = new byte[data.remaining()];
    data.get(data.position(), bytes);
    enqueue(bytes, false);
    data.position(data.limit());
  }

  private static byte[] encode(String text) {
    try {
      ByteBuffer encoded =
          StandardCharsets.UTF_8
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .replaceWith(REPLACEMENT_CHARACTER)
              .encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("UTF-8 writes every character or its replacement", e);
    }
  }

  private void checkSend(int length) {
    if (readyState != RTCDataChannelState.OPEN) {
      throw DOMException.invalidState("the channel is " + readyState + ", not open");
    }
    long max = connection.channels().maxMessageSize();
    if (length > max) {
      throw DOMException.typeError(
          "a message of " + length + " bytes is longer than the " + max + " that the peer takes");
    }
  }

  private void enqueue(byte[] data, boolean text) {
    checkSend(data.length);
    if (buffered.addAndGet(data.length) > sendLimit && data.length > 0) {
      long waiting = buffered.addAndGet(-data.length);
      throw DOMException.operation(
          waiting + " bytes wait already, " + data.length + " more would pass " + sendLimit);
    }
    connection.channels().send(this, data, text);
  }

  /// Ends the channel in both directions after what was sent; returns at once.
  @Override
  public void close() {
    synchronized (this) {
      if (readyState == RTCDataChannelState.CLOSING || readyState == RTCDataChannelState.CLOSED) {
        return;
      }
      readyState = RTCDataChannelState.CLOSING;
    }
    wakeWriters();
    connection.onLoop(() -> connection.channels().close(this));
  }

  /// Stops (true) or restarts (false) the delivery of `message` events. Messages that come
  /// meanwhile hold the receive window.
  public void receivePaused(boolean value) {
    inbox.pause(value);
  }

  public boolean receivePaused() {
    return inbox.isPaused();
  }

  /// The bytes of this and all later messages one after the other, text as UTF-8; the borders
  /// between messages are lost. `message` events are no longer fired. Ends when the channel closes.
  public InputStream inputStream() {
    inbox.stream();
    return new ChannelInputStream(inbox);
  }

  /// Bytes that become binary messages. A write waits while 1 MiB waits to be sent; nothing is kept
  /// back, so flushing does nothing. Closing the stream closes the channel.
  public OutputStream outputStream() {
    return new ChannelOutputStream(this);
  }

  /// [#inputStream()] as a channel.
  public ReadableByteChannel readableByteChannel() {
    return Channels.newChannel(inputStream());
  }

  /// [#outputStream()] as a channel.
  public WritableByteChannel writableByteChannel() {
    return Channels.newChannel(outputStream());
  }

  public void onOpen(@Nullable EventListener<Event> listener) {
    handler("open", listener);
  }

  public void onMessage(@Nullable EventListener<MessageEvent> listener) {
    handler("message", listener);
  }

  public void onBufferedAmountLow(@Nullable EventListener<Event> listener) {
    handler("bufferedamountlow", listener);
  }

  public void onError(@Nullable EventListener<RTCErrorEvent> listener) {
    handler("error", listener);
  }

  public void onClosing(@Nullable EventListener<Event> listener) {
    handler("closing", listener);
  }

  public void onClose(@Nullable EventListener<Event> listener) {
    handler("close", listener);
  }

  @Override
  void listenersChanged(String type) {
    if (type.equals("message") && hasListener("message")) {
      inbox.listen();
    } else if (type.equals("open") && hasListener("open")) {
      synchronized (this) {
        if (!openUnheard) {
          return;
        }
        openUnheard = false;
      }
      connection.tasks().post(() -> dispatchEvent(new Event("open")));
    }
  }

  /// Waits until at most `max` bytes wait to be sent.
  void awaitBuffered(long max) throws IOException {
    if (connection.isOnLoop()) {
      if (buffered.get() > max) {
        throw new IOException("the loop's thread cannot wait for itself; use another executor");
      }
      return;
    }
    synchronized (writerLock) {
      waitingWriters++;
      try {
        while (buffered.get() > max && readyState == RTCDataChannelState.OPEN) {
          writerLock.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("interrupted while waiting to send");
      } finally {
        waitingWriters--;
      }
    }
    if (readyState != RTCDataChannelState.OPEN) {
      throw new IOException("the channel is " + readyState);
    }
  }

  long maxMessageSize() {
    return connection.channels().maxMessageSize();
  }

  private void wakeWriters() {
    synchronized (writerLock) {
      if (waitingWriters > 0) {
        writerLock.notifyAll();
      }
    }
  }

  // The rest is called on the loop.

  void receive(Inbox.Message message) {
    inbox.add(message);
  }

  /// Bytes have left for good.
  void sent(long bytes) {
    long after = buffered.addAndGet(-bytes);
    long threshold = bufferedAmountLowThreshold;
    wakeWriters();
    if (after <= threshold && after + bytes > threshold) {
      connection
          .tasks()
          .post(() -> {
            if (readyState == RTCDataChannelState.OPEN) {
              dispatchEvent(new Event("bufferedamountlow"));
            }
          });
    }
  }

  void publishId(int value) {
    id = value;
  }

  // The rest is called by tasks.

  private void deliverNext() {
    Inbox.Message message = inbox.next();
    if (message == null) {
      return;
    }
    if (readyState == RTCDataChannelState.OPEN || readyState == RTCDataChannelState.CLOSING) {
      dispatchEvent(new MessageEvent("message", message.content(binaryType)));
    }
    inbox.delivered(message);
  }

  /// Announces the channel as open, W3C WebRTC §6.2 "announce a data channel as open".
  void announceOpen() {
    synchronized (this) {
      if (readyState != RTCDataChannelState.CONNECTING) {
        return;
      }
      readyState = RTCDataChannelState.OPEN;
      if (!hasListener("open")) {
        openUnheard = true;
        return;
      }
    }
    dispatchEvent(new Event("open"));
  }

  /// The peer opened the channel: it is open before `datachannel` is fired, W3C WebRTC §6.4.
  void markOpen() {
    synchronized (this) {
      if (readyState == RTCDataChannelState.CONNECTING) {
        readyState = RTCDataChannelState.OPEN;
      }
    }
  }

  /// Fires `open` behind `datachannel`.
  void fireOpen() {
    synchronized (this) {
      if (readyState != RTCDataChannelState.OPEN) {
        return;
      }
      if (!hasListener("open")) {
        openUnheard = true;
        return;
      }
    }
    dispatchEvent(new Event("open"));
  }

  /// The peer closes the channel.
  void announceClosing() {
    synchronized (this) {
      if (readyState == RTCDataChannelState.CLOSING || readyState == RTCDataChannelState.CLOSED) {
        return;
      }
      readyState = RTCDataChannelState.CLOSING;
    }
    wakeWriters();
    dispatchEvent(new Event("closing"));
  }

  /// Announces the channel as closed, W3C WebRTC §6.2 "announce a data channel as closed".
  void announceClosed(@Nullable RTCError error) {
    synchronized (this) {
      if (readyState == RTCDataChannelState.CLOSED) {
        return;
      }
      readyState = RTCDataChannelState.CLOSED;
    }
    inbox.end();
    wakeWriters();
    if (error != null) {
      dispatchEvent(new RTCErrorEvent("error", new RTCErrorEventInit(error)));
    }
    dispatchEvent(new Event("close"));
  }

  /// The connection was closed: no event is fired, W3C WebRTC §4.4.1.10.
  void closeSilently() {
    synchronized (this) {
      readyState = RTCDataChannelState.CLOSED;
    }
    inbox.end();
    wakeWriters();
  }

  @Override
  public String toString() {
    return "RTCDataChannel[" + label + ", id " + id + ", " + readyState + "]";
  }
}
