package org.klatsch.cli;

import java.util.Optional;
import org.klatsch.webrtc.MediaStreamTrack;

/// What a call sends to the others.
interface CallSound extends AutoCloseable {
  /// The track for a member; empty if nothing is sent.
  Optional<MediaStreamTrack> trackFor(String member);

  /// Audio of a member begins.
  default void heard(String member, MediaStreamTrack track) {}

  /// A member hears us from now on.
  default void sent() {}

  default void left(String member) {}

  @Override
  default void close() {}

  /// Only listens.
  record Nothing() implements CallSound {
    @Override
    public Optional<MediaStreamTrack> trackFor(String member) {
      return Optional.empty();
    }
  }
}
