package org.klatsch.webrtc;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.EncodedFrame;

/// A track of frames that are encoded already: forwarded from a peer, read from a file or made by
/// another encoder. A sender passes them on as they are if the peer takes their codec. Thread-safe.
public final class EncodedTrackSource extends TrackSource implements AutoCloseable {
  private final MediaStreamTrack track;
  private volatile @Nullable Runnable keyFrameListener;

  /// @param kind `audio` or `video`
  public EncodedTrackSource(String kind) {
    this(kind, "");
  }

  public EncodedTrackSource(String kind, String label) {
    super(kind, label, new TaskList(null, "klatsch-track"));
    if (!kind.equals("audio") && !kind.equals("video")) {
      throw new IllegalArgumentException("kind " + kind + ", expected audio or video");
    }
    this.track = new MediaStreamTrack(this);
  }

  /// The track with these frames.
  public MediaStreamTrack track() {
    return track;
  }

  /// Gives a frame to whoever listens. Its timestamps must grow as those of its codec do.
  public void push(EncodedFrame frame) {
    boolean audio = frame instanceof EncodedAudioFrame;
    if (audio != kind().equals("audio")) {
      throw new IllegalArgumentException(
          (audio ? "an audio" : "a video") + " frame for a track of kind " + kind());
    }
    emit(frame);
  }

  /// Called when a receiver needs a key frame; null clears it. Runs on virtual threads.
  public void onKeyFrameRequested(@Nullable Runnable listener) {
    keyFrameListener = listener;
  }

  @Override
  void requestKeyFrame() {
    Runnable listener = keyFrameListener;
    if (listener != null) {
      tasks().post(listener);
    }
  }

  @Override
  boolean givesRaw() {
    return false;
  }

  @Override
  boolean givesEncoded() {
    return true;
  }

  @Override
  Map<String, Object> capabilities() {
    return Map.of();
  }

  @Override
  Map<String, Object> settings() {
    return Map.of();
  }

  /// Ends the track.
  @Override
  public void close() {
    end();
  }
}
