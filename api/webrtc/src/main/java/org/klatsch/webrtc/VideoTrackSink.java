package org.klatsch.webrtc;

import java.util.function.Consumer;
import org.klatsch.codecs.VideoFrame;

/// Takes the pictures of a track. A peer's track is decoded only while somebody listens, and only
/// if a decoder is installed.
public final class VideoTrackSink implements AutoCloseable {
  /// One picture in work, one waiting: a later one replaces it.
  private static final int WAITING = 1;

  private final MediaStreamTrack track;
  private final TrackConsumer consumer;
  private final SerialQueue queue = new SerialQueue(WAITING);

  /// @param listener called on a pool thread, one picture after the other; pictures that come while
  ///   it is busy are left out but for the newest
  public VideoTrackSink(MediaStreamTrack track, Consumer<VideoFrame> listener) {
    if (!track.kind().equals("video")) {
      throw new IllegalArgumentException("a track of kind " + track.kind() + ", expected video");
    }
    this.track = track;
    this.consumer =
        new TrackConsumer() {
          @Override
          public void video(VideoFrame frame) {
            queue.execute(() -> listener.accept(frame));
          }
        };
    track.addConsumer(consumer);
    track.source().requestKeyFrame();
  }

  /// Pictures left out because the listener was busy.
  public long dropped() {
    return queue.dropped();
  }

  /// Stops listening; the track goes on.
  @Override
  public void close() {
    track.removeConsumer(consumer);
  }
}
