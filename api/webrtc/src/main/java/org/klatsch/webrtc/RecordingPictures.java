package org.klatsch.webrtc;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.EncodedVideo;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.codecs.VideoEncoderOptions;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.container.MediaTrack;

/// Encodes the pictures of a track for a recording.
final class RecordingPictures extends RecordingLane {
  /// Pictures are large: what the encoder cannot keep up with is left out.
  private static final int LIMIT = 3;

  private static final double KEY_FRAME_MILLIS = 4_000;

  private @Nullable VideoEncoder encoder;
  private boolean keyFrameWanted = true;
  private long keyFrameAt;
  private long sinceKeyFrame;

  RecordingPictures(Recording recording, int number, MediaStreamTrack track) {
    super(recording, number, track, LIMIT);
  }

  @Override
  public void video(VideoFrame frame) {
    long captured = System.nanoTime();
    later(() -> take(frame, captured));
  }

  private void take(VideoFrame frame, long captured) throws IOException {
    CodecFormat format = recording.type.pictures();
    VideoEncoder current = encoder;
    if (current == null) {
      VideoEncoderOptions options =
          VideoEncoderOptions.defaults().withBitrate((int) recording.options.videoTarget());
      current = recording.codecs.videoEncoder(format, options);
      encoder = current;
    }
    boolean keyFrame = keyFrameWanted || isKeyFrameDue(captured);
    EncodedVideo encoded = current.encode(frame, keyFrame);
    sinceKeyFrame++;
    if (encoded == null) {
      keyFrameWanted = keyFrame;
      return;
    }
    keyFrameWanted = false;
    if (encoded.keyFrame()) {
      keyFrameAt = captured;
      sinceKeyFrame = 0;
    }
    recording.recorder.write(
        number,
        MediaTrack.video(1, format, encoded.width(), encoded.height()),
        captured,
        encoded.keyFrame(),
        encoded.data());
  }

  private boolean isKeyFrameDue(long now) {
    Double millis = recording.options.videoKeyFrameIntervalDuration();
    Long count = recording.options.videoKeyFrameIntervalCount();
    double limit = millis != null ? millis : count != null ? Double.MAX_VALUE : KEY_FRAME_MILLIS;
    return (now - keyFrameAt) / 1e6 >= limit || count != null && sinceKeyFrame >= count;
  }

  @Override
  void keyFrameNeeded() {
    keyFrameWanted = true;
    track.source().requestKeyFrame();
  }

  @Override
  void finish() {
    VideoEncoder current = encoder;
    if (current != null) {
      current.close();
      encoder = null;
    }
  }
}
