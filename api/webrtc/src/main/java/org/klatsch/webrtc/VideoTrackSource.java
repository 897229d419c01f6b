package org.klatsch.webrtc;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.VideoFrame;

/// Video from the application: pictures as they are pushed, each to be shown at once. Thread-safe.
public final class VideoTrackSource extends TrackSource implements AutoCloseable {
  /// A source that pushed so lately pushes again soon.
  private static final long STILL_NANOS = 200_000_000;

  private final MediaStreamTrack track;
  private volatile @Nullable VideoFrame last;
  private volatile long lastPushed;
  private volatile @Nullable Runnable keyFrameListener;

  public VideoTrackSource() {
    this("");
  }

  /// @param label of the track
  public VideoTrackSource(String label) {
    super("video", label, new TaskList(null, "klatsch-track"));
    this.track = new MediaStreamTrack(this);
  }

  /// The track with this video.
  public MediaStreamTrack track() {
    return track;
  }

  /// Gives a picture to whoever listens.
  public void push(VideoFrame frame) {
    last = frame;
    lastPushed = System.nanoTime();
    emit(frame);
  }

  /// Called when somebody new listens and needs a picture soon; null clears it. A source that
  /// pushes all the time needs none; of another one the last picture is shown again.
  public void onPictureRequested(@Nullable Runnable listener) {
    keyFrameListener = listener;
  }

  @Override
  void requestKeyFrame() {
    Runnable listener = keyFrameListener;
    VideoFrame frame = last;
    if (listener != null) {
      tasks().post(listener);
    } else if (frame != null && System.nanoTime() - lastPushed > STILL_NANOS) {
      tasks()
          .post(() -> {
            if (frame.equals(last)) {
              emit(frame);
            }
          });
    }
  }

  @Override
  Map<String, Object> capabilities() {
    Map<String, Object> capabilities = new LinkedHashMap<>();
    VideoFrame frame = last;
    if (frame != null) {
      capabilities.put("width", new ULongRange(frame.width(), frame.width()));
      capabilities.put("height", new ULongRange(frame.height(), frame.height()));
    }
    return capabilities;
  }

  @Override
  Map<String, Object> settings() {
    VideoFrame frame = last;
    return frame == null
        ? Map.of()
        : Map.of(
            "width",
            frame.width(),
            "height",
            frame.height(),
            "aspectRatio",
            (double) frame.width() / frame.height());
  }

  /// Ends the track.
  @Override
  public void close() {
    end();
  }
}
