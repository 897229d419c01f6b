package org.klatsch.rooms.transfer;

import java.util.List;

/// What a member sends in audio and video, and whether it wants any, `docs/transfer-protocol.md`
/// §13.
///
/// @param receive whether the writer wants media now
/// @param tracks everything that the writer sends or sent on this connection
public record MediaAnnouncement(boolean receive, List<Track> tracks) {
  /// Before the first message.
  public static final MediaAnnouncement NOTHING_SAID = new MediaAnnouncement(true, List.of());

  public MediaAnnouncement {
    tracks = List.copyOf(tracks);
  }

  /// One track.
  ///
  /// @param source `mic`, `camera`, `screen`, or one of a later version
  /// @param mid the m-section it is sent in, RFC 8843 §8.2
  /// @param on false while it is muted
  public record Track(String source, String mid, boolean on) {}
}
