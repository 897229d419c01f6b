package org.klatsch.cli;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.klatsch.rooms.MediaSource;
import org.klatsch.webrtc.MediaStreamTrack;

/// Sends to each member its own picture, as it came: nothing is decoded.
final class EchoPicture implements CallFeed {
  private final Map<String, MediaStreamTrack> tracks = new ConcurrentHashMap<>();

  @Override
  public MediaSource source() {
    return MediaSource.CAMERA;
  }

  /// Only after the member's own track has come.
  @Override
  public Optional<MediaStreamTrack> trackFor(String member) {
    return Optional.ofNullable(tracks.get(member));
  }

  @Override
  public void received(String member, MediaStreamTrack track) {
    if (track.kind().equals("video")) {
      tracks.put(member, track);
    }
  }

  @Override
  public void left(String member) {
    tracks.remove(member);
  }
}
