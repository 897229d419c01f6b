package org.klatsch.server.rooms;

import org.jspecify.annotations.Nullable;

/// One WebSocket in the directory's eyes; a handle for everybody else. Confined to the directory's
/// lock.
public final class Connection {
  final Wire wire;
  final Source source;
  final TokenBucket messages;
  final long openedAt;
  @Nullable Member member;

  /// Told to close; nothing it still says counts.
  boolean ended;

  Connection(long now, Wire wire, Source source, int messagesPerSecond) {
    this.wire = wire;
    this.source = source;
    this.messages = new TokenBucket(now, messagesPerSecond, 4.0 * messagesPerSecond);
    this.openedAt = now;
  }
}
