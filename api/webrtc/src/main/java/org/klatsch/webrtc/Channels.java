package org.klatsch.webrtc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.Session;
import org.klatsch.sctp.dcep.ChannelOptions;
import org.klatsch.sctp.dcep.DataChannel;
import org.klatsch.sctp.dcep.DataChannelEvent;
import org.klatsch.sctp.dcep.DataChannels;

/// The data channels of a connection. Confined to the loop except [#send], [#release] and
/// [#maxMessageSize].
final class Channels {
  /// Consumed bytes are given back to the association in portions of this size from other threads:
  /// a small part of its window, so that the loop is not woken for every message.
  private static final int RELEASE_PORTION = 64 * 1024;

  /// The priorities of RFC 8831 §6.4.
  private static final int BELOW_NORMAL = 128;

  private static final int NORMAL = 256;
  private static final int HIGH = 512;
  private static final int EXTRA_HIGH = 1024;

  /// A message on its way to the loop.
  private record Outgoing(RTCDataChannel channel, byte[] data, boolean text) {}

  private final Connection connection;
  private final List<RTCDataChannel> unopened = new ArrayList<>();
  private final IdentityHashMap<DataChannel, RTCDataChannel> open = new IdentityHashMap<>();
  private final Queue<Outgoing> outgoing = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean sendScheduled = new AtomicBoolean();
  private final Runnable sendTask = this::runSendTask;
  private final AtomicInteger released = new AtomicInteger();
  private final AtomicBoolean releaseScheduled = new AtomicBoolean();
  private final Runnable releaseTask = this::runReleaseTask;

  /// RFC 8841 §6.1: 64 KiB when the peer does not say.
  private volatile long maxMessageSize = 64 * 1024;

  private int opened;
  private int closed;

  Channels(Connection connection) {
    this.connection = connection;
  }

  // What other threads may call.

  long maxMessageSize() {
    return maxMessageSize;
  }

  void send(RTCDataChannel channel, byte[] data, boolean text) {
    outgoing.add(new Outgoing(channel, data, text));
    if (connection.isOnLoop()) {
      drainOutgoing();
      connection.requestTurn();
    } else {
      schedule(sendScheduled, sendTask);
    }
  }

  void release(int bytes) {
    int sum = released.addAndGet(bytes);
    if (connection.isOnLoop()) {
      giveBack();
    } else if (sum >= RELEASE_PORTION) {
      schedule(releaseScheduled, releaseTask);
    }
  }

  /// Puts one task on the loop for any number of callers.
  private void schedule(AtomicBoolean scheduled, Runnable task) {
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      try {
        connection.loop().execute(task);
      } catch (RejectedExecutionException e) {
        scheduled.set(false);
      }
    }
  }

  // The rest runs on the loop.

  private void runSendTask() {
    sendScheduled.set(false);
    drainOutgoing();
    connection.requestTurn();
  }

  private void runReleaseTask() {
    releaseScheduled.set(false);
    giveBack();
  }

  private void giveBack() {
    int bytes = released.getAndSet(0);
    Session session = connection.session();
    if (bytes > 0 && session != null) {
      session.consumed(connection.loop().now(), bytes);
      connection.requestTurn();
    }
  }

  private void drainOutgoing() {
    Session session = connection.session();
    if (session == null) {
      return;
    }
    long now = connection.loop().now();
    for (Outgoing next = outgoing.poll(); next != null; next = outgoing.poll()) {
      ChannelState state = next.channel.loopState;
      DataChannel handle = state.handle;
      // What was sent on a channel that has ended meanwhile is lost, as on any connection.
      if (handle != null && handle.state() == DataChannel.State.OPEN && !state.closeRequested) {
        state.messagesSent++;
        state.bytesSent += next.data.length;
        session.send(now, handle, next.text, next.data, 0, next.data.length);
      }
    }
  }

  int opened() {
    return opened;
  }

  int closed() {
    return closed;
  }

  /// All that are not closed.
  List<RTCDataChannel> all() {
    List<RTCDataChannel> all = new ArrayList<>(unopened);
    all.addAll(open.values());
    return all;
  }

  RTCDataChannel create(String label, RTCDataChannelInit init) {
    Integer id = init.negotiated() ? init.id() : null;
    if (id != null) {
      for (RTCDataChannel each : all()) {
        if (id.equals(each.id())) {
          throw DOMException.operation("id " + id + " is taken");
        }
      }
    }
    RTCDataChannel channel = new RTCDataChannel(connection, label, init, id);
    Session session = connection.session();
    if (session != null && session.channels() != null) {
      try {
        open(session, channel);
      } catch (IllegalStateException e) {
        throw new DOMException(String.valueOf(e.getMessage()), "OperationError", e);
      }
    } else {
      unopened.add(channel);
    }
    return channel;
  }

  private void open(Session session, RTCDataChannel channel) {
    DataChannel handle =
        session.openChannel(connection.loop().now(), channel.label(), options(channel));
    channel.loopState.handle = handle;
    open.put(handle, channel);
    publishId(channel, handle);
  }

  private static void publishId(RTCDataChannel channel, DataChannel handle) {
    if (handle.id() >= 0 && channel.id() == null) {
      channel.publishId(handle.id());
    }
  }

  private static ChannelOptions options(RTCDataChannel channel) {
    Integer id = channel.id();
    Integer retransmits = channel.maxRetransmits();
    Integer lifetime = channel.maxPacketLifeTime();
    return new ChannelOptions(
        channel.ordered(),
        retransmits == null ? -1 : retransmits,
        lifetime == null ? null : Duration.ofMillis(lifetime),
        channel.protocol(),
        switch (channel.priority()) {
          case VERY_LOW -> BELOW_NORMAL;
          case LOW -> NORMAL;
          case MEDIUM -> HIGH;
          case HIGH -> EXTRA_HIGH;
        },
        channel.negotiated(),
        id == null ? -1 : id);
  }

  private static RTCDataChannelInit init(ChannelOptions options, int id) {
    Duration lifetime = options.maxLifetime();
    RTCPriorityType priority =
        options.priority() <= BELOW_NORMAL
            ? RTCPriorityType.VERY_LOW
            : options.priority() <= NORMAL
                ? RTCPriorityType.LOW
                : options.priority() <= HIGH ? RTCPriorityType.MEDIUM : RTCPriorityType.HIGH;
    return new RTCDataChannelInit(
        options.ordered(),
        lifetime == null ? null : (int) Math.min(lifetime.toMillis(), 0xffff),
        options.maxRetransmits() < 0 ? null : Math.min(options.maxRetransmits(), 0xffff),
        options.protocol(),
        options.negotiated(),
        id,
        priority);
  }

  /// An association is agreed on, or its parameters changed.
  void agreed() {
    Session session = connection.session();
    DataChannels transport = session == null ? null : session.channels();
    if (session == null || transport == null) {
      return;
    }
    maxMessageSize = transport.maxMessageSize();
    List<RTCDataChannel> waiting = List.copyOf(unopened);
    unopened.clear();
    for (RTCDataChannel channel : waiting) {
      if (channel.loopState.closeRequested) {
        closed++;
        connection.task(_ -> channel.announceClosed(null));
        continue;
      }
      try {
        open(session, channel);
      } catch (IllegalStateException e) {
        fail(channel, String.valueOf(e.getMessage()));
      }
    }
    open.forEach((handle, channel) -> publishId(channel, handle));
  }

  void close(RTCDataChannel channel) {
    channel.loopState.closeRequested = true;
    Session session = connection.session();
    DataChannel handle = channel.loopState.handle;
    if (handle != null && session != null) {
      drainOutgoing();
      session.closeChannel(connection.loop().now(), handle);
    } else if (unopened.remove(channel)) {
      closed++;
      connection.task(_ -> channel.announceClosed(null));
    }
  }

  void handle(DataChannelEvent event) {
    switch (event) {
      case DataChannelEvent.Message e -> {
        RTCDataChannel channel = open.get(e.channel());
        if (channel == null) {
          release(e.windowBytes());
          return;
        }
        channel.loopState.messagesReceived++;
        channel.loopState.bytesReceived += e.data().length;
        channel.receive(new Inbox.Message(e.data(), e.text(), e.windowBytes()));
      }
      case DataChannelEvent.Connected e ->
          connection.sctpChanged(RTCSctpTransportState.CONNECTED, e.maxChannels());
      case DataChannelEvent.Announced e -> announced(e.channel());
      case DataChannelEvent.Opened e -> {
        RTCDataChannel channel = open.get(e.channel());
        if (channel != null) {
          opened++;
          publishId(channel, e.channel());
          connection.task(_ -> channel.announceOpen());
        }
      }
      case DataChannelEvent.BufferedAmountLow _ -> {
        // The application's threshold is compared with what it sees, in RTCDataChannel.
      }
      case DataChannelEvent.Closing e -> {
        RTCDataChannel channel = open.get(e.channel());
        if (channel != null) {
          channel.loopState.closeRequested = true;
          connection.task(_ -> channel.announceClosing());
        }
      }
      case DataChannelEvent.Closed e -> {
        RTCDataChannel channel = open.remove(e.channel());
        if (channel != null) {
          if (e.failed()) {
            fail(channel, e.detail());
          } else {
            closed++;
            connection.task(_ -> channel.announceClosed(null));
          }
        }
      }
      case DataChannelEvent.Disconnected _ ->
          connection.sctpChanged(RTCSctpTransportState.CLOSED, 0);
    }
  }

  void handleSent(DataChannel handle, long bytes) {
    RTCDataChannel channel = open.get(handle);
    if (channel != null) {
      channel.sent(bytes);
    }
  }

  private void announced(DataChannel handle) {
    RTCDataChannel channel =
        new RTCDataChannel(
            connection, handle.label(), init(handle.options(), handle.id()), handle.id());
    channel.loopState.handle = handle;
    open.put(handle, channel);
    opened++;
    connection.task(pc -> {
      channel.markOpen();
      pc.dispatchEvent(
          new RTCDataChannelEvent("datachannel", new RTCDataChannelEventInit(channel)));
      channel.fireOpen();
    });
  }

  private void fail(RTCDataChannel channel, String detail) {
    closed++;
    RTCError error = Errors.dataChannel(detail);
    connection.task(_ -> channel.announceClosed(error));
  }

  /// The connection cannot go on.
  void failAll(String detail) {
    for (RTCDataChannel channel : all()) {
      fail(channel, detail);
    }
    unopened.clear();
    open.clear();
  }

  /// The application closed the connection.
  void closeAll() {
    for (RTCDataChannel channel : all()) {
      closed++;
      channel.closeSilently();
    }
    unopened.clear();
    open.clear();
  }

  @Nullable RTCDataChannel find(DataChannel handle) {
    return open.get(handle);
  }
}
