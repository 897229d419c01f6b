package org.klatsch.server.rooms;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What clients say, §2 to §4 and §7, checked.
sealed interface ClientMessage {

  /// Exactly one of room and role is present; §2 says what goes with which.
  record Join(
      @Nullable String room,
      @Nullable Role role,
      @Nullable String transfer,
      @Nullable String key,
      String name,
      @Nullable String agent,
      @Nullable String resume,
      long received,
      @Nullable String token,
      boolean forwarding)
      implements ClientMessage {
    /// [#received] of a client that did not say.
    static final long NOT_SAID = -1;
  }

  /// @param body the members to relay: `connection` and one of `description`, `candidate`, `reset`
  record Signal(String to, ObjectNode body) implements ClientMessage {}

  /// @param text cleaned
  record Chat(String text) implements ClientMessage {}

  /// About the connection with the server that carries media, §10: a description, or a reset.
  ///
  /// @param type of the description, null for a reset
  /// @param uploads which m-section carries which source; empty but with an offer
  record Media(int connection, @Nullable String type, String sdp, Map<String, String> uploads)
      implements ClientMessage {}

  record Leave() implements ClientMessage {}

  record Ping(long id) implements ClientMessage {}

  record Unknown(String type) implements ClientMessage {}
}
