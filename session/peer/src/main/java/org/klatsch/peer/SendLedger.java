package org.klatsch.peer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sctp.dcep.DataChannel;

/// Messages on their way into the association, and how much of them the network has not taken yet.
///
/// The association bounds what it holds. What it does not take waits here, in order; the layer
/// above bounds that by not sending more.
final class SendLedger {
  /// A message, or with null data the wish to close the channel behind it.
  private record Waiting(
      DataChannel channel, boolean text, byte @Nullable [] data, int offset, int length) {}

  /// A channel with bytes not yet reported as sent.
  private static final class Entry {
    final DataChannel channel;
    long unreported;
    long waiting;

    Entry(DataChannel channel) {
      this.channel = channel;
    }
  }

  private final ArrayDeque<Waiting> backlog = new ArrayDeque<>();
  private final IdentityHashMap<DataChannel, Entry> entries = new IdentityHashMap<>();
  private final ArrayList<Entry> active = new ArrayList<>();

  void send(long now, DataChannel channel, boolean text, byte[] data, int offset, int length) {
    Entry entry = entries.get(channel);
    if (entry == null) {
      entry = new Entry(channel);
      entries.put(channel, entry);
      active.add(entry);
    }
    entry.unreported += length;
    if (!backlog.isEmpty() || !hand(now, channel, text, data, offset, length)) {
      backlog.add(new Waiting(channel, text, data, offset, length));
      entry.waiting += length;
    }
  }

  /// Closes the channel after what waits for it.
  void close(long now, DataChannel channel) {
    Entry entry = entries.get(channel);
    if (entry != null && entry.waiting > 0) {
      backlog.add(new Waiting(channel, false, null, 0, 0));
    } else {
      channel.close(now);
    }
  }

  private static boolean hand(
      long now, DataChannel channel, boolean text, byte[] data, int offset, int length) {
    return text
        ? channel.sendTextOwned(now, data, offset, length)
        : channel.sendBinaryOwned(now, data, offset, length);
  }

  /// Hands over what waits, as far as the association takes it.
  void flush(long now) {
    for (Waiting next = backlog.peek(); next != null; next = backlog.peek()) {
      DataChannel channel = next.channel;
      byte[] data = next.data;
      if (data == null) {
        channel.close(now);
      } else if (channel.state() == DataChannel.State.OPEN) {
        if (!hand(now, channel, next.text, data, next.offset, next.length)) {
          return;
        }
        Entry entry = entries.get(channel);
        if (entry != null) {
          entry.waiting -= next.length;
        }
      }
      backlog.remove();
    }
  }

  /// Appends an event for each channel of which bytes were sent since the last call.
  void report(Queue<? super SessionEvent> events) {
    for (int i = active.size() - 1; i >= 0; i--) {
      Entry entry = active.get(i);
      long left = entry.channel.bufferedAmount() + entry.waiting;
      if (left < entry.unreported) {
        events.add(new SessionEvent.BytesSent(entry.channel, entry.unreported - left));
        entry.unreported = left;
      }
      if (left == 0) {
        entries.remove(entry.channel);
        Entry last = active.removeLast();
        if (last != entry) {
          active.set(i, last);
        }
      }
    }
  }

  /// Forgets a closed channel: its unsent bytes are never reported.
  void forget(DataChannel channel) {
    Entry entry = entries.remove(channel);
    if (entry != null) {
      active.remove(entry);
      if (entry.waiting > 0) {
        backlog.removeIf(waiting -> waiting.channel == channel);
      }
    }
  }
}
