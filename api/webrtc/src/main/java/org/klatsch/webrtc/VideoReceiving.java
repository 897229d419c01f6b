package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecUnavailableException;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.VideoDecoder;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;

/// Decodes a received video on its own queue of the [MediaPool], while somebody listens for
/// pictures.
final class VideoReceiving {
  private static final System.Logger LOGGER = System.getLogger(VideoReceiving.class.getName());

  /// A second of video; what waits longer is given up, and a key frame asked for.
  private static final int WAITING = 30;

  private final TrackSource source;
  private final Codecs codecs;
  private final SerialQueue queue = new SerialQueue(WAITING);
  private volatile boolean listening;
  private boolean needsKeyFrame = true;
  private @Nullable RtpCodec codec;
  private @Nullable VideoDecoder decoder;
  private long damaged;
  private long seenDropped;
  private final FrameRate rate = new FrameRate();
  private volatile long framesDecoded;
  private volatile long keyFramesDecoded;
  private volatile long decodeNanos;
  private volatile int width;
  private volatile int height;

  VideoReceiving(TrackSource source, Codecs codecs) {
    this.source = source;
    this.codecs = codecs;
  }

  /// Frames that come, whether decoded or not.
  @Nullable Double framesPerSecond() {
    return rate.perSecond();
  }

  long framesDecoded() {
    return framesDecoded;
  }

  long keyFramesDecoded() {
    return keyFramesDecoded;
  }

  long decodeNanos() {
    return decodeNanos;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  void listen(boolean wanted) {
    if (wanted && !listening) {
      listening = true;
      queue.execute(() -> needsKeyFrame = true);
      source.requestKeyFrame();
    } else if (!wanted) {
      listening = false;
    }
  }

  /// Takes a frame; any thread.
  void frame(EncodedVideoFrame frame) {
    rate.note();
    if (frame.width() > 0) {
      width = frame.width();
      height = frame.height();
    }
    if (listening) {
      queue.execute(() -> decode(frame));
    }
  }

  private synchronized void decode(EncodedVideoFrame frame) {
    if (!frame.codec().equals(codec) && !change(frame.codec())) {
      return;
    }
    VideoDecoder current = decoder;
    if (current == null) {
      return;
    }
    if (queue.dropped() != seenDropped) {
      seenDropped = queue.dropped();
      needsKeyFrame = true;
      source.requestKeyFrame();
    }
    if (needsKeyFrame && !frame.keyFrame()) {
      return;
    }
    needsKeyFrame = false;
    long before = System.nanoTime();
    VideoFrame picture =
        current.decode(frame.payload(), 0, frame.payload().length, frame.captureTime());
    decodeNanos += System.nanoTime() - before;
    if (current.damagedFrames() != damaged) {
      damaged = current.damagedFrames();
      needsKeyFrame = true;
      source.requestKeyFrame();
    }
    if (picture == null) {
      return;
    }
    framesDecoded++;
    keyFramesDecoded += frame.keyFrame() ? 1 : 0;
    width = picture.width();
    height = picture.height();
    source.emit(
        frame.rotation() == 0
            ? picture
            : new VideoFrame(
                picture.width(),
                picture.height(),
                picture.i420(),
                frame.rotation(),
                picture.timestampNanos()));
  }

  private boolean change(RtpCodec next) {
    close();
    codec = next;
    try {
      decoder = codecs.videoDecoder(Formats.format(next));
      needsKeyFrame = true;
      damaged = 0;
      return true;
    } catch (CodecUnavailableException e) {
      LOGGER.log(System.Logger.Level.WARNING, e.getMessage());
      return false;
    }
  }

  synchronized void close() {
    VideoDecoder old = decoder;
    if (old != null) {
      old.close();
      decoder = null;
    }
    codec = null;
  }
}
