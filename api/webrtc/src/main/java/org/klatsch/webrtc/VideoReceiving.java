package org.klatsch.webrtc;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecUnavailableException;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.VideoDecoder;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;

/// Decodes a received video on the [MediaPool], one frame after the other, each in time to be shown
/// when it is due. Works only while somebody listens for pictures.
final class VideoReceiving {
  private static final System.Logger LOGGER = System.getLogger(VideoReceiving.class.getName());

  /// Frames that wait to be due or for the decoder: two seconds. When there are more, they are
  /// given up and a key frame is asked for.
  private static final int WAITING = 60;

  /// A decoder that is this late does not catch up by itself.
  private static final long MAX_LATE_NANOS = 1_000_000_000L;

  /// No frame waits longer, whatever its time says.
  private static final long MAX_WAIT_NANOS = 2_000_000_000L;

  /// How much the time of one more decoding counts.
  private static final int SMOOTHING = 8;

  private record Waiting(EncodedVideoFrame frame, long due) {}

  private final TrackSource source;
  private final Codecs codecs;
  private final LongSupplier clock;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /// Guarded by `waiting`: a turn is under way or scheduled.
  private boolean scheduled;

  private boolean closed;
  private boolean listening;
  private boolean needsKeyFrame;

  // One turn at a time.
  private @Nullable RtpCodec codec;
  private @Nullable VideoDecoder decoder;
  private boolean unavailable;
  private boolean awaitsKeyFrame = true;
  private long damaged;
  private volatile long usualDecodeNanos;

  private final FrameRate rate = new FrameRate();
  private final RenderedFrames rendered = new RenderedFrames();
  private final AtomicLong framesDropped = new AtomicLong();
  private final DecodedFrames decoded = new DecodedFrames();
  private final QuantizerSum quantizers = new QuantizerSum();
  private volatile int width;
  private volatile int height;
  private volatile String implementation = "";
  private volatile boolean powerEfficient;

  /// @param clock the driver's time
  VideoReceiving(TrackSource source, Codecs codecs, LongSupplier clock) {
    this.source = source;
    this.codecs = codecs;
    this.clock = clock;
  }

  /// Frames that come, whether decoded or not.
  @Nullable Double framesPerSecond() {
    return rate.perSecond();
  }

  /// Complete frames that were not decoded though somebody listened.
  long framesDropped() {
    return framesDropped.get();
  }

  long framesDecoded() {
    return decoded.count();
  }

  long keyFramesDecoded() {
    return decoded.keyFrames();
  }

  /// The picture shown last; null before the first.
  @Nullable PlayoutPoint shown() {
    return decoded.shown();
  }

  /// Notes the members of an inbound stream.
  void putInto(StatsValues values) {
    decoded.putInto(values);
    rendered.putInto(values);
    values.put("qpSum", quantizers.get());
    String name = implementation;
    if (!name.isEmpty()) {
      values.put("decoderImplementation", name);
    }
    if (decoded.count() > 0) {
      values.put("powerEfficientDecoder", powerEfficient);
    }
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  void listen(boolean wanted) {
    synchronized (waiting) {
      if (wanted == listening) {
        return;
      }
      listening = wanted;
      waiting.clear();
      needsKeyFrame = true;
    }
    if (wanted) {
      source.requestKeyFrame();
    }
  }

  /// Takes a frame; any thread.
  ///
  /// @param playoutTime when to show it, in the driver's time
  void frame(EncodedVideoFrame frame, long playoutTime) {
    rate.note();
    if (frame.width() > 0) {
      width = frame.width();
      height = frame.height();
    }
    long due = Math.min(playoutTime, clock.getAsLong() + MAX_WAIT_NANOS);
    boolean overflow = false;
    synchronized (waiting) {
      if (!listening || closed) {
        return;
      }
      if (waiting.size() >= WAITING) {
        overflow = true;
        giveUpWaiting();
      }
      if (needsKeyFrame && !frame.keyFrame()) {
        framesDropped.incrementAndGet();
      } else {
        needsKeyFrame = false;
        waiting.add(new Waiting(frame, due));
        if (!scheduled) {
          scheduled = true;
          MediaPool.execute(this::turn);
        }
      }
    }
    if (overflow) {
      source.requestKeyFrame();
    }
  }

  /// Under the lock.
  private void giveUpWaiting() {
    framesDropped.addAndGet(waiting.size());
    waiting.clear();
    needsKeyFrame = true;
  }

  private void turn() {
    Waiting next = null;
    boolean late = false;
    synchronized (waiting) {
      Waiting head = waiting.peek();
      if (closed) {
        scheduled = false;
        closeDecoder();
        return;
      }
      if (head == null) {
        scheduled = false;
        return;
      }
      long now = clock.getAsLong();
      long wait = head.due - usualDecodeNanos - now;
      if (wait > 0) {
        MediaPool.schedule(this::turn, wait);
        return;
      }
      late = now - head.due > MAX_LATE_NANOS;
      if (late) {
        giveUpWaiting();
      } else {
        next = waiting.poll();
      }
    }
    if (late) {
      source.requestKeyFrame();
    }
    if (next != null) {
      try {
        decode(next);
      } catch (RuntimeException e) {
        failed(e);
      }
    }
    // One frame a turn, so that the videos take turns.
    MediaPool.execute(this::turn);
  }

  private void decode(Waiting next) {
    EncodedVideoFrame frame = next.frame;
    VideoDecoder current = decoderFor(frame.codec());
    if (current == null) {
      return;
    }
    if (awaitsKeyFrame && !frame.keyFrame()) {
      framesDropped.incrementAndGet();
      return;
    }
    awaitsKeyFrame = false;
    long before = System.nanoTime();
    VideoFrame picture = current.decode(frame.payload(), 0, frame.payload().length, next.due);
    long took = System.nanoTime() - before;
    decoded.noteWork(took);
    long usual = usualDecodeNanos;
    usualDecodeNanos = usual + (took - usual) / SMOOTHING;
    if (current.damagedFrames() != damaged) {
      damaged = current.damagedFrames();
      awaitsKeyFrame = true;
      source.requestKeyFrame();
    }
    if (picture == null) {
      framesDropped.incrementAndGet();
      return;
    }
    decoded.note(clock.getAsLong(), frame);
    quantizers.add(frame.codec(), frame.payload());
    width = picture.width();
    height = picture.height();
    rendered.note(System.nanoTime());
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

  private @Nullable VideoDecoder decoderFor(RtpCodec wanted) {
    if (!wanted.equals(codec)) {
      closeDecoder();
      codec = wanted;
      unavailable = false;
    }
    if (decoder == null && !unavailable) {
      try {
        VideoDecoder opened = codecs.videoDecoder(Formats.format(wanted));
        decoder = opened;
        implementation = opened.implementation();
        powerEfficient = opened.isPowerEfficient();
        awaitsKeyFrame = true;
        damaged = 0;
      } catch (CodecUnavailableException e) {
        unavailable = true;
        LOGGER.log(System.Logger.Level.WARNING, "a received video is not shown: " + e.getMessage());
      }
    }
    return decoder;
  }

  /// A decoder must not fail, whatever the data; one that does is replaced.
  private void failed(RuntimeException e) {
    LOGGER.log(System.Logger.Level.WARNING, "a decoder failed", e);
    framesDropped.incrementAndGet();
    closeDecoder();
    source.requestKeyFrame();
  }

  private void closeDecoder() {
    VideoDecoder old = decoder;
    decoder = null;
    if (old != null) {
      old.close();
    }
  }

  /// Ends it; never waits for a picture in work.
  void close() {
    synchronized (waiting) {
      if (closed) {
        return;
      }
      closed = true;
      waiting.clear();
      if (!scheduled) {
        scheduled = true;
        MediaPool.execute(this::turn);
      }
    }
  }
}
