package org.klatsch.server.rooms;

import org.jspecify.annotations.Nullable;

/// What rooms need of the rest of the server.
///
/// @param chat null if the server keeps no chat: then members say things to each other directly
public record RoomServices(
    Doorkeeper doorkeeper, RoomObserver observer, @Nullable ChatHistory chat) {
  /// Everybody may do everything, and nothing is told or kept.
  public static final RoomServices NONE =
      new RoomServices(Doorkeeper.OPEN, RoomObserver.NONE, null);
}
