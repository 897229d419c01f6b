package org.klatsch.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.container.MediaPacket;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.codecs.container.WebmWriter;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.webrtc.EncodedTrackSink;
import org.klatsch.webrtc.MediaStreamTrack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A track of video in a WebM file, as the peer encoded it. The file begins with the first key
/// frame.
final class VideoTape implements Tape {
  private static final Logger LOGGER = LoggerFactory.getLogger(VideoTape.class);

  private static final double NANOS_PER_SECOND = 1e9;

  /// Frames between two requests for a key frame: about a second.
  private static final int PATIENCE = 30;

  private final String participant;
  private final Path file;
  private final Consumer<Tape> begun;
  private final EncodedTrackSink sink;

  // Guarded by this.
  private @Nullable WebmWriter writer;
  private @Nullable String codec;
  private boolean broken;
  private boolean needsKeyFrame = true;
  private int waited;
  private long dropped;
  private int lastTimestamp;
  private long ticks;
  private long nanos;

  /// @param begun told once there is a file
  VideoTape(String participant, Path file, MediaStreamTrack track, Consumer<Tape> begun) {
    this.participant = participant;
    this.file = file;
    this.begun = begun;
    synchronized (this) {
      // The first frame may come before this constructor is through.
      sink = new EncodedTrackSink(track, this::take);
    }
    sink.requestKeyFrame();
  }

  private void take(EncodedFrame frame) {
    if (frame instanceof EncodedVideoFrame video && write(video)) {
      begun.accept(this);
    }
  }

  /// @return whether the file has just begun
  private synchronized boolean write(EncodedVideoFrame frame) {
    if (broken) {
      return false;
    }
    if (sink.dropped() != dropped) {
      dropped = sink.dropped();
      needsKeyFrame = true;
    }
    if (needsKeyFrame && !frame.keyFrame()) {
      if (waited++ % PATIENCE == 0) {
        sink.requestKeyFrame();
      }
      return false;
    }
    needsKeyFrame = false;
    waited = 0;
    try {
      WebmWriter to = writer;
      boolean first = to == null;
      if (to == null) {
        to = begin(frame);
        writer = to;
        codec = frame.codec().mimeType();
        lastTimestamp = frame.rtpTimestamp();
      } else if (!frame.codec().mimeType().equals(codec)) {
        throw new IOException("the codec changes to " + frame.codec().mimeType());
      }
      ticks += frame.rtpTimestamp() - lastTimestamp;
      lastTimestamp = frame.rtpTimestamp();
      nanos = Math.max(nanos, (long) (ticks * NANOS_PER_SECOND / frame.codec().clockRateHz()));
      to.write(new MediaPacket(1, nanos, frame.keyFrame(), frame.payload()));
      return first;
    } catch (IOException | IllegalArgumentException e) {
      broken = true;
      LOGGER.error("{} ends early: {}", file, String.valueOf(e.getMessage()));
      return false;
    }
  }

  private WebmWriter begin(EncodedVideoFrame frame) throws IOException {
    if (frame.width() == 0) {
      throw new IOException("the size of " + frame.codec().mimeType() + " is unknown");
    }
    CodecFormat format =
        new CodecFormat(
            frame.codec().mimeType(), frame.codec().clockRateHz(), 0, frame.codec().parameters());
    return WebmWriter.create(
        file, List.of(MediaTrack.video(1, format, frame.width(), frame.height())));
  }

  @Override
  public void close() {
    sink.close();
    synchronized (this) {
      broken = true;
      WebmWriter open = writer;
      writer = null;
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          LOGGER.error("{} is not complete: {}", file, String.valueOf(e));
        }
      }
    }
  }

  @Override
  public String participant() {
    return participant;
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public synchronized double seconds() {
    return nanos / NANOS_PER_SECOND;
  }
}
