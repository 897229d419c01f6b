package org.klatsch.rooms;

import org.jspecify.annotations.Nullable;

/// What a client joins, `docs/rooms-protocol.md` §2.
public sealed interface Seat {
  /// A room that anybody may join who knows its name.
  record Room(String room, String name) implements Seat {}

  /// The sender's seat of a transfer.
  ///
  /// @param key random, kept by the sender; whoever shows it gets the seat again
  /// @param transfer the id, null as long as the server has not allotted one
  record Send(String key, @Nullable String transfer) implements Seat {
    /// Does not show the key.
    @Override
    public String toString() {
      return "Send[transfer=" + transfer + "]";
    }
  }

  /// The receiver's seat of a transfer.
  record Receive(String transfer) implements Seat {}
}
