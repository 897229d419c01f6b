package org.klatsch.server.rooms;

import java.util.List;

/// Keeps what is said in rooms. Thread-safe; may block.
public interface ChatHistory {

  /// Keeps a line.
  ///
  /// @return the line with its id, or without if it cannot be kept now
  ChatLine add(String tenant, String room, ChatLine line);

  /// The latest lines, oldest first.
  ///
  /// @param after an id; 0 for all that are kept
  List<ChatLine> lines(String tenant, String room, long after, int most);

  /// Forgets all lines of a room.
  void clear(String tenant, String room) throws org.klatsch.server.store.StoreException;
}
