package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.FrameOrigin;

/// Makes one video of the encodings of a simulcast that a peer sends: the largest that comes.
/// Changes from one to another at key frames. Confined to the loop.
final class StreamChoice {
  /// An encoding from which nothing came for so long is paused.
  private static final long SILENCE = 1_000_000_000L;

  /// Between two requests for a key frame to change at.
  private static final long PATIENCE = 500_000_000L;

  /// More than any simulcast has; of a peer that makes up more, the others are not seen.
  private static final int MAX_STREAMS = 8;

  private static final class Stream {
    final int ssrc;
    long size;
    long lastFrame;

    Stream(int ssrc) {
      this.ssrc = ssrc;
    }
  }

  private final List<Stream> streams = new ArrayList<>();
  private final Runnable keyFrameRequest;
  private @Nullable Stream current;
  private long nextRequest = Long.MIN_VALUE;

  /// @param keyFrameRequest asks the peer for key frames of all encodings
  StreamChoice(Runnable keyFrameRequest) {
    this.keyFrameRequest = keyFrameRequest;
  }

  /// Whether a frame belongs to the video.
  boolean takes(long now, EncodedVideoFrame frame) {
    FrameOrigin origin = frame.origin();
    if (origin == null || origin.rid() == null) {
      return true;
    }
    Stream stream = stream(origin.ssrc());
    if (stream == null) {
      return false;
    }
    stream.lastFrame = now;
    if (frame.keyFrame()) {
      // H.264 and AV1 frames do not show their size here: then a larger key frame is a larger
      // picture.
      long pixels = (long) frame.width() * frame.height();
      stream.size = pixels > 0 ? pixels : frame.payload().length;
    }
    Stream chosen = current;
    if (stream == chosen) {
      return true;
    }
    boolean silent = chosen != null && now - chosen.lastFrame > SILENCE;
    if (chosen == null || silent || stream.size > chosen.size) {
      if (frame.keyFrame() || chosen == null) {
        current = stream;
        return true;
      }
      if (now >= nextRequest) {
        nextRequest = now + PATIENCE;
        keyFrameRequest.run();
      }
    }
    return false;
  }

  private @Nullable Stream stream(int ssrc) {
    for (Stream each : streams) {
      if (each.ssrc == ssrc) {
        return each;
      }
    }
    if (streams.size() == MAX_STREAMS) {
      return null;
    }
    Stream made = new Stream(ssrc);
    streams.add(made);
    return made;
  }
}
