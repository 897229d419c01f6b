package org.klatsch.interop;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.klatsch.codecs.fake.FrameCounter;
import org.klatsch.webrtc.MediaDevices;
import org.klatsch.webrtc.MediaStreamConstraints;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.MediaTrackConstraintSet;
import org.klatsch.webrtc.VideoTrackSink;

/// Pictures on our side of a call.
final class Eye {
  static final int WIDTH = 320;
  static final int HEIGHT = 180;
  static final int FRAMES_PER_SECOND = 25;

  private Eye() {}

  /// Numbered pictures of a moving pattern, until the track is stopped.
  static MediaStreamTrack pattern() throws Exception {
    MediaTrackConstraintSet wish =
        new MediaTrackConstraintSet()
            .withWidth(WIDTH)
            .withHeight(HEIGHT)
            .withFrameRate(FRAMES_PER_SECOND);
    return MediaDevices.fake()
        .getUserMedia(new MediaStreamConstraints().withVideo(wish))
        .get()
        .getVideoTracks()
        .getFirst();
  }

  /// Begins to watch a track.
  ///
  /// @param count how many pictures are wanted
  /// @param numbered whether only those count that show a readable number
  static Watch watch(MediaStreamTrack track, int count, boolean numbered) {
    CountDownLatch wanted = new CountDownLatch(count);
    VideoTrackSink sink =
        new VideoTrackSink(
            track,
            picture -> {
              if (!numbered || FrameCounter.read(picture).isPresent()) {
                wanted.countDown();
              }
            });
    return new Watch(sink, wanted, count);
  }

  /// Watches from now on until so many pictures have been decoded.
  static void awaitPictures(MediaStreamTrack track, int count, boolean numbered) throws Exception {
    try (Watch watch = watch(track, count, numbered)) {
      watch.await();
    }
  }

  /// Pictures that are being counted.
  record Watch(VideoTrackSink sink, CountDownLatch wanted, int count) implements AutoCloseable {
    void await() throws IOException, InterruptedException {
      if (!wanted.await(20, TimeUnit.SECONDS)) {
        throw new IOException(count - wanted.getCount() + " of " + count + " pictures");
      }
    }

    @Override
    public void close() {
      sink.close();
    }
  }
}
