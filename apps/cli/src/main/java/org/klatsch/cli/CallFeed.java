package org.klatsch.cli;

import java.util.Optional;
import org.klatsch.rooms.MediaSource;
import org.klatsch.webrtc.MediaStreamTrack;

/// One thing that a call sends to the others: a sound or a picture.
interface CallFeed extends AutoCloseable {
  /// What the others are told that it is.
  MediaSource source();

  /// The track for a member; empty while there is none.
  Optional<MediaStreamTrack> trackFor(String member);

  /// A track of a member begins.
  default void received(String member, MediaStreamTrack track) {}

  /// A member receives this from now on.
  default void sent() {}

  default void left(String member) {}

  @Override
  default void close() {}

  /// The same track for everybody, as of a device.
  record Shared(MediaSource source, MediaStreamTrack track) implements CallFeed {
    @Override
    public Optional<MediaStreamTrack> trackFor(String member) {
      return Optional.of(track);
    }

    @Override
    public void close() {
      track.stop();
    }
  }
}
