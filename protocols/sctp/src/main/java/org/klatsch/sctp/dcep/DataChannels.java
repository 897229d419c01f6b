package org.klatsch.sctp.dcep;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sctp.SctpAssociation;
import org.klatsch.sctp.SctpCloseCause;
import org.klatsch.sctp.SctpEvent;
import org.klatsch.sctp.SendOptions;
import org.klatsch.sctp.packet.SctpMalformedException;

/// WebRTC data channels over one SCTP association, RFC 8831 and RFC 8832.
///
/// Owns the association: packets and timers go through here. A channel is a pair of streams with
/// the same id, one each way. It is announced by DATA_CHANNEL_OPEN on its stream unless both sides
/// agreed on it beforehand, and closed by resetting both streams.
public final class DataChannels implements ProtocolCore<DataChannelEvent> {
  static final byte[] EMPTY = {};

  /// Payload protocol identifiers, RFC 8831 §8.
  private static final int PPID_DCEP = 50;

  private static final int PPID_STRING = 51;
  private static final int PPID_BINARY_PARTIAL = 52;
  private static final int PPID_BINARY = 53;
  private static final int PPID_STRING_PARTIAL = 54;
  private static final int PPID_STRING_EMPTY = 56;
  private static final int PPID_BINARY_EMPTY = 57;

  /// SCTP carries no empty message: one byte that the receiver ignores stands for it, RFC 8831
  /// §6.6.
  private static final byte[] EMPTY_MESSAGE = {0};

  private static final byte[] ACK = {DataChannelOpen.ACK_MESSAGE_TYPE};

  private final SctpAssociation association;
  private final DataChannelOptions options;
  private final ArrayDeque<DataChannelEvent> events = new ArrayDeque<>();
  private final Map<Integer, DataChannel> byId = new HashMap<>();

  /// Opened before their id could be chosen, oldest first.
  private final List<DataChannel> withoutId = new ArrayList<>();

  /// Messages on streams without a channel, oldest first.
  private final ArrayDeque<SctpEvent.Message> early = new ArrayDeque<>();

  private int earlyBytes;
  private @Nullable Boolean dtlsClient;
  private boolean connected;
  private int maxChannels;
  private long maxMessageSize = 65_536;
  private @Nullable SctpCloseCause closed;
  private long opened;
  private long closedCount;
  private long malformed;
  private long dropped;
  private long now;

  /// @param association not yet connected; owned from now on
  public DataChannels(SctpAssociation association, DataChannelOptions options) {
    this.association = association;
    this.options = options;
  }

  /// The association under the channels, for statistics and settings.
  public SctpAssociation association() {
    return association;
  }

  /// Tells the DTLS role, which decides who takes even ids: the client, RFC 8832 §6. Channels
  /// opened before get their ids now.
  public void dtlsRole(long now, boolean client) {
    if (dtlsClient != null) {
      return;
    }
    dtlsClient = client;
    List<DataChannel> waiting = List.copyOf(withoutId);
    withoutId.clear();
    for (DataChannel channel : waiting) {
      assignId(now, channel);
    }
  }

  /// The longest message the peer takes (`a=max-message-size`, RFC 8841 §6); 0 for any length.
  public void maxMessageSize(long bytes) {
    maxMessageSize = bytes == 0 ? Long.MAX_VALUE : bytes;
  }

  /// The longest message that may be sent.
  public long maxMessageSize() {
    return maxMessageSize;
  }

  /// Opens a channel. It is [DataChannel.State#CONNECTING] until the association is established.
  ///
  /// @throws IllegalArgumentException for a label or protocol above 65,535 bytes
  /// @throws IllegalStateException when the id is taken, no id is free or the association ended
  public DataChannel open(long now, String label, ChannelOptions channelOptions) {
    requireShort("label", label);
    requireShort("protocol", channelOptions.protocol());
    if (closed != null) {
      throw new IllegalStateException("the association ended: " + closed);
    }
    if (byId.size() + withoutId.size() >= options.maxChannels()) {
      throw new IllegalStateException("all " + options.maxChannels() + " channels are in use");
    }
    DataChannel channel = new DataChannel(this, label, channelOptions, false);
    channel.confirmed = channelOptions.negotiated();
    if (channel.id >= 0) {
      if (byId.containsKey(channel.id)) {
        throw new IllegalStateException("id " + channel.id + " is in use");
      }
      if (connected && channel.id >= maxChannels) {
        throw new IllegalStateException("id " + channel.id + " is not below " + maxChannels);
      }
      byId.put(channel.id, channel);
      register(now, channel);
    } else if (dtlsClient == null) {
      withoutId.add(channel);
    } else if (!assignId(now, channel)) {
      throw new IllegalStateException("no id is free");
    }
    return channel;
  }

  /// All channels that are not closed.
  public Collection<DataChannel> channels() {
    List<DataChannel> all = new ArrayList<>(byId.values());
    all.addAll(withoutId);
    return Collections.unmodifiableList(all);
  }

  /// Channels opened so far, by either side.
  public long channelsOpened() {
    return opened;
  }

  /// Channels closed so far.
  public long channelsClosed() {
    return closedCount;
  }

  /// DCEP messages dropped because they were malformed or made no sense.
  public long malformedMessages() {
    return malformed;
  }

  /// Messages dropped: no channel on their stream, or an unknown payload protocol.
  public long droppedMessages() {
    return dropped;
  }

  /// Starts the association; both sides do, RFC 8831 §6.1.
  public void connect(long now) {
    association.connect(now);
  }

  /// Sets the association up with the peer's INIT chunk from signalling, which has ours.
  public void connect(long now, byte[] remoteInit) {
    this.now = now;
    association.acceptRemoteInit(now, remoteInit);
    translateEvents();
  }

  /// Takes a packet that the record layer decrypted; `packet` is borrowed.
  public void handlePacket(long now, byte[] packet, int offset, int length) {
    this.now = now;
    association.handlePacket(now, packet, offset, length);
    translateEvents();
  }

  @Override
  public void handleTimeout(long now) {
    this.now = now;
    association.handleTimeout(now);
    translateEvents();
  }

  @Override
  public long nextTimeout() {
    return association.nextTimeout();
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    this.now = now;
    return association.pollTransmit(now, out);
  }

  @Override
  public @Nullable DataChannelEvent pollEvent() {
    translateEvents();
    return events.pollFirst();
  }

  boolean send(
      long now, DataChannel channel, boolean text, byte[] data, int off, int length, boolean copy) {
    if (channel.state != DataChannel.State.OPEN) {
      throw new IllegalStateException("channel is " + channel.state + ", not OPEN");
    }
    if (length > maxMessageSize) {
      throw new IllegalArgumentException(
          "message of " + length + " bytes, the peer takes " + maxMessageSize);
    }
    SendOptions sendOptions =
        channel.confirmed || !channel.sendOptions.unordered()
            ? channel.sendOptions
            : new SendOptions(
                false, channel.sendOptions.maxRetransmits(), channel.sendOptions.lifetime());
    if (length == 0) {
      int ppid = text ? PPID_STRING_EMPTY : PPID_BINARY_EMPTY;
      return association.send(now, channel.id, ppid, EMPTY_MESSAGE, 0, 1, 0, sendOptions);
    }
    byte[] message = data;
    int start = off;
    if (copy) {
      message = Arrays.copyOfRange(data, off, off + length);
      start = 0;
    }
    int ppid = text ? PPID_STRING : PPID_BINARY;
    return association.send(now, channel.id, ppid, message, start, length, length, sendOptions);
  }

  void close(long now, DataChannel channel) {
    this.now = now;
    if (channel.state == DataChannel.State.CLOSING || channel.state == DataChannel.State.CLOSED) {
      return;
    }
    channel.closedLocally = true;
    if (channel.id < 0 || !connected) {
      finish(channel, false, "closed before it was connected");
      return;
    }
    channel.state = DataChannel.State.CLOSING;
    requestReset(channel);
  }

  long bufferedAmount(DataChannel channel) {
    return channel.id < 0 ? 0 : association.bufferedAmount(channel.id);
  }

  void applyThreshold(DataChannel channel) {
    if (channel.id >= 0 && channel.state != DataChannel.State.CLOSED) {
      association.bufferedAmountLowThreshold(channel.id, channel.lowThreshold);
    }
  }

  private static void requireShort(String name, String value) {
    int length = value.getBytes(StandardCharsets.UTF_8).length;
    if (length > 0xffff) {
      throw new IllegalArgumentException(name + " of " + length + " bytes, at most 65535");
    }
  }

  private boolean assignId(long now, DataChannel channel) {
    boolean even = Boolean.TRUE.equals(dtlsClient);
    int limit = connected ? maxChannels : ChannelOptions.MAX_ID + 1;
    for (int id = even ? 0 : 1; id < limit; id += 2) {
      if (!byId.containsKey(id)) {
        channel.id = id;
        byId.put(id, channel);
        register(now, channel);
        return true;
      }
    }
    channel.state = DataChannel.State.CLOSED;
    events.add(new DataChannelEvent.Closed(channel, true, "no id is free"));
    return false;
  }

  private void register(long now, DataChannel channel) {
    opened++;
    if (connected) {
      activate(now, channel);
    }
  }

  private void activate(long now, DataChannel channel) {
    association.priority(channel.id, Math.max(1, channel.options().priority()));
    applyThreshold(channel);
    channel.state = DataChannel.State.OPEN;
    if (!channel.options().negotiated() && !channel.announcedByPeer) {
      ChannelOptions o = channel.options();
      byte[] open =
          new DataChannelOpen(
                  o.ordered(),
                  o.maxRetransmits(),
                  o.maxLifetime(),
                  o.priority(),
                  channel.label(),
                  o.protocol())
              .toByteArray();
      if (!association.send(
          now, channel.id, PPID_DCEP, open, 0, open.length, 0, SendOptions.RELIABLE)) {
        finish(channel, true, "the send buffer is full");
        return;
      }
    }
    events.add(new DataChannelEvent.Opened(channel));
    replayEarly(channel.id);
  }

  private void translateEvents() {
    for (SctpEvent event = association.pollEvent();
        event != null;
        event = association.pollEvent()) {
      switch (event) {
        case SctpEvent.Connected e -> handleConnected(e);
        case SctpEvent.Message e -> handleMessage(e);
        case SctpEvent.IncomingStreamsReset e -> handleIncomingReset(e.streamIds());
        case SctpEvent.OutgoingStreamsReset e -> handleOutgoingReset(e);
        case SctpEvent.BufferedAmountLow e -> {
          DataChannel channel = byId.get(e.streamId());
          if (channel != null) {
            events.add(new DataChannelEvent.BufferedAmountLow(channel));
          }
        }
        case SctpEvent.StreamsAdded e ->
            maxChannels = Math.min(e.outgoingStreams(), e.incomingStreams());
        case SctpEvent.Restarted _ ->
            // RFC 8831 knows no restart: the peer lost every channel with its association.
            association.abort(now, "association restarted");
        case SctpEvent.Closed e -> handleClosed(e.cause());
      }
    }
  }

  private void handleConnected(SctpEvent.Connected e) {
    connected = true;
    maxChannels = Math.min(e.outgoingStreams(), e.incomingStreams());
    events.add(new DataChannelEvent.Connected(maxChannels));
    List<DataChannel> waiting = new ArrayList<>(byId.values());
    waiting.sort((a, b) -> Integer.compare(a.id, b.id));
    for (DataChannel channel : waiting) {
      if (channel.id >= maxChannels) {
        finish(channel, true, "id " + channel.id + " is not below " + maxChannels);
      } else {
        activate(now, channel);
      }
    }
  }

  private void handleMessage(SctpEvent.Message message) {
    DataChannel channel = byId.get(message.streamId());
    if (message.ppid() == PPID_DCEP) {
      handleDcep(message, channel);
    } else if (channel == null || channel.incomingReset) {
      holdEarly(message);
    } else {
      deliver(channel, message);
    }
  }

  private void handleDcep(SctpEvent.Message message, @Nullable DataChannel channel) {
    int type = message.data().length == 0 ? -1 : message.data()[0] & 0xff;
    if (type == DataChannelOpen.MESSAGE_TYPE && channel != null && channel.incomingReset) {
      // The peer uses the id again and its confirmation of our reset is still under way.
      holdEarly(message);
      return;
    }
    association.consumed(now, message.windowBytes());
    if (type == DataChannelOpen.ACK_MESSAGE_TYPE) {
      if (channel != null) {
        channel.confirmed = true;
      } else {
        malformed++;
      }
    } else if (type == DataChannelOpen.MESSAGE_TYPE) {
      handleOpen(message, channel);
    } else {
      malformed++;
    }
  }

  private void handleOpen(SctpEvent.Message message, @Nullable DataChannel existing) {
    int id = message.streamId();
    DataChannelOpen open;
    try {
      open = DataChannelOpen.parse(message.data(), options.maxLabelLength());
    } catch (SctpMalformedException _) {
      malformed++;
      if (existing == null) {
        association.resetOutgoingStreams(now, id);
      }
      return;
    }
    if (existing != null) {
      // RFC 8832 §6: a stream in use cannot be opened; both sides took the same id.
      malformed++;
      close(now, existing);
      return;
    }
    if (id > ChannelOptions.MAX_ID || id >= maxChannels || byId.size() >= options.maxChannels()) {
      dropped++;
      association.resetOutgoingStreams(now, id);
      return;
    }
    DataChannel channel =
        new DataChannel(
            this,
            open.label(),
            new ChannelOptions(
                open.ordered(),
                open.maxRetransmits(),
                open.maxLifetime(),
                open.protocol(),
                open.priority(),
                false,
                id),
            true);
    channel.confirmed = true;
    channel.state = DataChannel.State.OPEN;
    byId.put(id, channel);
    opened++;
    association.priority(id, Math.max(1, open.priority()));
    association.bufferedAmountLowThreshold(id, 0);
    association.send(now, id, PPID_DCEP, ACK, 0, ACK.length, 0, SendOptions.RELIABLE);
    events.add(new DataChannelEvent.Announced(channel));
    replayEarly(id);
  }

  private void deliver(DataChannel channel, SctpEvent.Message message) {
    // RFC 8832 §6: user data proves as well as an ACK that the peer knows the channel.
    channel.confirmed = true;
    byte[] data = message.data();
    int held = message.windowBytes();
    switch (message.ppid()) {
      case PPID_STRING_PARTIAL, PPID_BINARY_PARTIAL -> {
        if ((long) channel.partial.length + data.length
            > association.options().maxReceivedMessageSize()) {
          association.abort(now, "partial messages above max-message-size");
          return;
        }
        channel.partial = concatenate(channel.partial, data);
        channel.partialWindowBytes += held;
      }
      case PPID_STRING, PPID_BINARY -> {
        if (channel.partial.length > 0) {
          data = concatenate(channel.partial, data);
          held += channel.partialWindowBytes;
          channel.partial = EMPTY;
          channel.partialWindowBytes = 0;
        }
        emit(channel, message.ppid() == PPID_STRING, data, held);
      }
      case PPID_STRING_EMPTY -> emit(channel, true, EMPTY, held);
      case PPID_BINARY_EMPTY -> emit(channel, false, EMPTY, held);
      default -> {
        dropped++;
        association.consumed(now, held);
      }
    }
  }

  private void emit(DataChannel channel, boolean text, byte[] data, int held) {
    // What arrives after our own close is still delivered: the peer may not have seen it, and
    // the W3C's closing procedure lets it through.
    events.add(new DataChannelEvent.Message(channel, text, data, held));
  }

  private void holdEarly(SctpEvent.Message message) {
    int length = message.windowBytes();
    if (early.size() >= options.maxEarlyMessages()
        || (long) earlyBytes + length > options.maxEarlyBytes()) {
      dropped++;
      association.consumed(now, length);
      return;
    }
    early.add(message);
    earlyBytes += length;
  }

  private void replayEarly(int id) {
    if (early.isEmpty()) {
      return;
    }
    List<SctpEvent.Message> mine = new ArrayList<>();
    early.removeIf(message -> message.streamId() == id && mine.add(message));
    for (SctpEvent.Message message : mine) {
      earlyBytes -= message.windowBytes();
      handleMessage(message);
    }
  }

  private void dropEarly(int id) {
    early.removeIf(message -> {
      if (message.streamId() != id) {
        return false;
      }
      earlyBytes -= message.windowBytes();
      dropped++;
      association.consumed(now, message.windowBytes());
      return true;
    });
  }

  private void handleIncomingReset(List<Integer> streamIds) {
    // RFC 6525 §4.1: an empty list means all streams.
    List<DataChannel> affected = new ArrayList<>();
    if (streamIds.isEmpty()) {
      affected.addAll(byId.values());
    } else {
      for (int id : streamIds) {
        DataChannel channel = byId.get(id);
        if (channel != null) {
          affected.add(channel);
        } else {
          dropEarly(id);
        }
      }
    }
    for (DataChannel channel : affected) {
      channel.incomingReset = true;
      if (channel.state == DataChannel.State.OPEN) {
        channel.state = DataChannel.State.CLOSING;
        events.add(new DataChannelEvent.Closing(channel));
        requestReset(channel);
      } else if (channel.outgoingReset) {
        finish(channel, false, "closed");
      }
    }
  }

  private void handleOutgoingReset(SctpEvent.OutgoingStreamsReset e) {
    for (int id : e.streamIds()) {
      DataChannel channel = byId.get(id);
      if (channel == null || !channel.resetRequested) {
        continue;
      }
      channel.outgoingReset = true;
      if (!e.performed()) {
        finish(channel, true, "the peer refused to reset stream " + id);
      } else if (channel.incomingReset) {
        finish(channel, false, "closed");
      }
    }
  }

  private void requestReset(DataChannel channel) {
    if (!channel.resetRequested) {
      channel.resetRequested = true;
      association.resetOutgoingStreams(now, channel.id);
    }
  }

  private void handleClosed(SctpCloseCause cause) {
    closed = cause;
    boolean failed = cause.kind() != SctpCloseCause.Kind.SHUTDOWN;
    for (DataChannel channel : channels()) {
      finish(channel, failed && !channel.closedLocally, cause.detail());
    }
    early.clear();
    earlyBytes = 0;
    events.add(new DataChannelEvent.Disconnected(cause));
  }

  private void finish(DataChannel channel, boolean failed, String detail) {
    channel.state = DataChannel.State.CLOSED;
    byId.remove(channel.id, channel);
    withoutId.remove(channel);
    closedCount++;
    if (channel.partialWindowBytes > 0) {
      association.consumed(now, channel.partialWindowBytes);
      channel.partialWindowBytes = 0;
      channel.partial = EMPTY;
    }
    events.add(new DataChannelEvent.Closed(channel, failed, detail));
    if (channel.id >= 0 && closed == null) {
      replayEarly(channel.id);
    }
  }

  private static byte[] concatenate(byte[] a, byte[] b) {
    byte[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }
}
