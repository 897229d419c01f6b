package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Tracks that belong together, Media Capture and Streams §4.2. Every method may be called on any
/// thread.
public final class MediaStream extends EventTarget {
  private final String id;
  private final Map<String, MediaStreamTrack> tracks = new LinkedHashMap<>();

  public MediaStream() {
    this(List.of());
  }

  /// A stream with the tracks of another one.
  public MediaStream(MediaStream other) {
    this(other.getTracks());
  }

  public MediaStream(List<MediaStreamTrack> tracks) {
    this(UUID.randomUUID().toString(), tracks);
  }

  MediaStream(String id, List<MediaStreamTrack> tracks) {
    this.id = id;
    tracks.forEach(track -> this.tracks.put(track.id(), track));
  }

  public String id() {
    return id;
  }

  public List<MediaStreamTrack> getAudioTracks() {
    return ofKind("audio");
  }

  public List<MediaStreamTrack> getVideoTracks() {
    return ofKind("video");
  }

  private List<MediaStreamTrack> ofKind(String kind) {
    return getTracks().stream().filter(track -> track.kind().equals(kind)).toList();
  }

  public List<MediaStreamTrack> getTracks() {
    synchronized (tracks) {
      return new ArrayList<>(tracks.values());
    }
  }

  public @Nullable MediaStreamTrack getTrackById(String trackId) {
    synchronized (tracks) {
      return tracks.get(trackId);
    }
  }

  /// Adds a track unless it is there already. Fires no event.
  public void addTrack(MediaStreamTrack track) {
    synchronized (tracks) {
      tracks.putIfAbsent(track.id(), track);
    }
  }

  /// Removes a track if it is there. Fires no event.
  public void removeTrack(MediaStreamTrack track) {
    synchronized (tracks) {
      tracks.remove(track.id());
    }
  }

  /// A stream with clones of the tracks.
  @Override
  public MediaStream clone() {
    return new MediaStream(getTracks().stream().map(MediaStreamTrack::clone).toList());
  }

  /// Whether any of its tracks is live.
  public boolean active() {
    return getTracks().stream().anyMatch(track -> track.readyState() == MediaStreamTrackState.LIVE);
  }

  /// A peer added a track.
  public void onAddTrack(@Nullable EventListener<MediaStreamTrackEvent> listener) {
    handler("addtrack", listener);
  }

  /// A peer removed a track.
  public void onRemoveTrack(@Nullable EventListener<MediaStreamTrackEvent> listener) {
    handler("removetrack", listener);
  }

  /// Adds what a peer added; called by a task.
  void addRemote(MediaStreamTrack track) {
    synchronized (tracks) {
      if (tracks.putIfAbsent(track.id(), track) != null) {
        return;
      }
    }
    dispatchEvent(new MediaStreamTrackEvent("addtrack", new MediaStreamTrackEventInit(track)));
  }

  /// Removes what a peer removed; called by a task.
  void removeRemote(MediaStreamTrack track) {
    synchronized (tracks) {
      if (tracks.remove(track.id()) == null) {
        return;
      }
    }
    dispatchEvent(new MediaStreamTrackEvent("removetrack", new MediaStreamTrackEventInit(track)));
  }

  @Override
  public String toString() {
    return "MediaStream[" + id + ", " + getTracks() + "]";
  }
}
