package org.klatsch.webrtc;

import java.util.function.Consumer;
import org.klatsch.media.EncodedFrame;

/// Takes the encoded frames of a track as the peer has sent them, to forward or to record them
/// without decoding. Works for tracks of peers and of [EncodedTrackSource].
public final class EncodedTrackSink implements AutoCloseable {
  /// Two seconds of video: what waits longer is of no use to anybody.
  private static final int WAITING = 60;

  private final MediaStreamTrack track;
  private final TrackConsumer consumer;
  private final SerialQueue queue = new SerialQueue(WAITING);

  /// @param listener called on a pool thread, one frame after the other
  public EncodedTrackSink(MediaStreamTrack track, Consumer<EncodedFrame> listener) {
    if (!track.source().givesEncoded()) {
      throw new IllegalArgumentException("frames of " + track + " are not encoded");
    }
    this.track = track;
    this.consumer =
        new TrackConsumer() {
          @Override
          public boolean takesEncoded() {
            return true;
          }

          @Override
          public void encoded(EncodedFrame frame) {
            queue.execute(() -> listener.accept(frame));
          }
        };
    track.addConsumer(consumer);
  }

  /// Asks the source of a video track for a key frame.
  public void requestKeyFrame() {
    track.source().requestKeyFrame();
  }

  /// Frames left out because the listener was too slow.
  public long dropped() {
    return queue.dropped();
  }

  /// Stops listening; the track goes on.
  @Override
  public void close() {
    track.removeConsumer(consumer);
  }
}
