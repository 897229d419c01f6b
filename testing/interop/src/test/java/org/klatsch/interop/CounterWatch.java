package org.klatsch.interop;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.fake.FrameCounter;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.VideoTrackSink;

/// Reads the numbers of a track's pictures on our side of a call.
final class CounterWatch implements AutoCloseable {
  private static final long LIMIT_MS = 20_000;

  private final VideoTrackSink sink;
  private int readable;
  private int unreadable;
  private int last = -1;
  private int steppedBack;
  private int width;
  private int light;

  CounterWatch(MediaStreamTrack track) {
    sink = new VideoTrackSink(track, this::note);
  }

  private synchronized void note(VideoFrame picture) {
    OptionalInt number = FrameCounter.read(picture);
    width = picture.width();
    light = picture.i420()[picture.width() * picture.height() / 2] & 0xff;
    if (number.isEmpty()) {
      unreadable++;
    } else if (number.getAsInt() != last) {
      steppedBack += number.getAsInt() < last ? 1 : 0;
      readable++;
      last = number.getAsInt();
    }
    notifyAll();
  }

  private synchronized void await(String what, BooleanSupplier condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
    while (!condition.getAsBoolean()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new IOException(
            what
                + " within %d ms: %d readable and %d unreadable pictures, %d went back, last %d"
                    .formatted(LIMIT_MS, readable, unreadable, steppedBack, last));
      }
      wait(left);
    }
  }

  /// Waits for so many more pictures with new numbers.
  void awaitRising(int count) throws Exception {
    int from;
    synchronized (this) {
      from = readable;
    }
    await(count + " pictures with rising numbers", () -> readable - from >= count);
    synchronized (this) {
      if (steppedBack > 0) {
        throw new IOException(steppedBack + " pictures went back");
      }
    }
  }

  /// Waits for a readable picture of that width.
  void awaitWidth(int wanted) throws Exception {
    int from;
    synchronized (this) {
      from = readable;
    }
    await("a picture " + wanted + " wide", () -> width == wanted && readable > from);
  }

  /// Waits for a dark picture without number.
  void awaitBlack() throws Exception {
    int from;
    synchronized (this) {
      from = unreadable;
    }
    await("a black picture", () -> unreadable > from && light < 40);
  }

  /// Another track begins to count anew.
  synchronized void restart() {
    last = -1;
    steppedBack = 0;
  }

  /// New numbers a second, measured over a time.
  double rate(long millis) throws InterruptedException {
    long begin = System.nanoTime();
    int before;
    int after;
    synchronized (this) {
      before = readable;
      long left = millis;
      while (left > 0) {
        wait(left);
        left = millis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      }
      after = readable;
    }
    return (after - before) * 1e9 / (System.nanoTime() - begin);
  }

  @Override
  public void close() {
    sink.close();
  }
}
