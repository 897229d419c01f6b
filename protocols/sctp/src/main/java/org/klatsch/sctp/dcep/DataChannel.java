package org.klatsch.sctp.dcep;

import java.nio.charset.StandardCharsets;
import org.klatsch.sctp.SendOptions;

/// One data channel, RFC 8831 §6. Made and owned by [DataChannels]; same thread.
public final class DataChannel {
  /// The W3C's `RTCDataChannelState`.
  public enum State {
    CONNECTING,
    OPEN,
    CLOSING,
    CLOSED
  }

  private final DataChannels channels;
  private final String label;
  private final ChannelOptions options;
  final SendOptions sendOptions;
  final boolean announcedByPeer;
  int id;
  State state = State.CONNECTING;
  long lowThreshold;

  /// Until the peer is known to know the channel everything is sent in order, RFC 8832 §6.
  boolean confirmed;

  /// The peer's direction was reset.
  boolean incomingReset;

  /// Our direction was reset and the peer agreed.
  boolean outgoingReset;

  /// Our reset was asked for.
  boolean resetRequested;

  /// Whether `close` was called here.
  boolean closedLocally;

  /// Beginning of a message in the deprecated partial PPIDs, empty when there is none.
  byte[] partial = DataChannels.EMPTY;

  /// Receive window held by [#partial].
  int partialWindowBytes;

  DataChannel(DataChannels channels, String label, ChannelOptions options, boolean announced) {
    this.channels = channels;
    this.label = label;
    this.options = options;
    this.announcedByPeer = announced;
    this.id = options.id();
    this.sendOptions =
        new SendOptions(!options.ordered(), options.maxRetransmits(), options.maxLifetime());
  }

  public String label() {
    return label;
  }

  public ChannelOptions options() {
    return options;
  }

  /// The stream id, -1 until it is known: a channel opened before the DTLS role is settled has
  /// none.
  public int id() {
    return id;
  }

  public State state() {
    return state;
  }

  /// Whether the peer opened this channel.
  public boolean announcedByPeer() {
    return announcedByPeer;
  }

  /// Bytes of messages of which no part was handed to the network yet, and the unsent rest of the
  /// one in progress.
  public long bufferedAmount() {
    return channels.bufferedAmount(this);
  }

  public long bufferedAmountLowThreshold() {
    return lowThreshold;
  }

  /// Sets the amount at or below which [DataChannelEvent.BufferedAmountLow] is reported when
  /// crossed from above.
  public void bufferedAmountLowThreshold(long bytes) {
    lowThreshold = bytes;
    channels.applyThreshold(this);
  }

  /// Queues a text message.
  ///
  /// @return false when the send buffer is full: nothing was queued
  /// @throws IllegalStateException when the channel is not open
  /// @throws IllegalArgumentException when the message is longer than the peer takes
  public boolean sendText(long now, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return channels.send(now, this, true, utf8, 0, utf8.length, false);
  }

  /// Queues a text message given as UTF-8, which is copied.
  public boolean sendText(long now, byte[] utf8, int offset, int length) {
    return channels.send(now, this, true, utf8, offset, length, true);
  }

  /// Queues a binary message, which is copied. Results as [#sendText(long, String)].
  public boolean sendBinary(long now, byte[] data, int offset, int length) {
    return channels.send(now, this, false, data, offset, length, true);
  }

  /// Queues a binary message without a copy: `data` belongs to the channel from now on unless false
  /// is returned.
  public boolean sendBinaryOwned(long now, byte[] data, int offset, int length) {
    return channels.send(now, this, false, data, offset, length, false);
  }

  /// Queues a text message given as UTF-8 without a copy, as [#sendBinaryOwned].
  public boolean sendTextOwned(long now, byte[] utf8, int offset, int length) {
    return channels.send(now, this, true, utf8, offset, length, false);
  }

  /// Gives back receive window that a message held, [DataChannelEvent.Message#windowBytes()].
  public void consumed(long now, int windowBytes) {
    channels.association().consumed(now, windowBytes);
  }

  /// Closes in order: what is queued is delivered first, RFC 8831 §6.7. Repeated calls do nothing.
  public void close(long now) {
    channels.close(now, this);
  }

  @Override
  public String toString() {
    return "DataChannel[" + id + " \"" + label + "\" " + state + "]";
  }
}
