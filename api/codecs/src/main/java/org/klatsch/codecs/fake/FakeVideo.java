package org.klatsch.codecs.fake;

import java.util.Arrays;
import org.klatsch.codecs.VideoFrame;

/// A moving pattern with a [FrameCounter] in its upper quarter and a bar at the bottom that is
/// white in the first 100 ms of every second. One thread at a time; the caller keeps the pace.
public final class FakeVideo {
  private static final byte DARK = 40;
  private static final byte WHITE = (byte) 235;

  private final int width;
  private final int height;
  private final int framesPerSecond;

  /// A row of the pattern, longer than the picture so that it can be taken from any phase.
  private final byte[] wave;

  private long count;

  public FakeVideo(int width, int height, int framesPerSecond) {
    if (width < 64 || height < 64 || framesPerSecond <= 0) {
      throw new IllegalArgumentException(
          "%d x %d at %d: expected at least 64 x 64 and a positive rate"
              .formatted(width, height, framesPerSecond));
    }
    this.width = width;
    this.height = height;
    this.framesPerSecond = framesPerSecond;
    wave = new byte[width + 256];
    for (int i = 0; i < wave.length; i++) {
      int phase = i & 0xff;
      wave[i] = (byte) (50 + (phase < 128 ? phase : 255 - phase));
    }
  }

  public int framesPerSecond() {
    return framesPerSecond;
  }

  /// The next picture; numbers and timestamps count from 0.
  public VideoFrame next() {
    long number = count++;
    long timestamp = number * 1_000_000_000L / framesPerSecond;
    byte[] i420 = new byte[VideoFrame.size(width, height)];
    VideoFrame frame = new VideoFrame(width, height, i420, timestamp);
    for (int y = 0; y < height; y++) {
      System.arraycopy(wave, (int) ((y + 2 * number) & 0xff), i420, y * width, width);
    }
    Arrays.fill(i420, frame.offsetU(), frame.offsetV(), (byte) (96 + (number & 63)));
    Arrays.fill(i420, frame.offsetV(), i420.length, (byte) (160 - (number & 63)));
    boolean flash = number % framesPerSecond * 10 < framesPerSecond;
    int bar = height / 8;
    Arrays.fill(i420, (height - bar) * width, height * width, flash ? WHITE : DARK);
    int square = height / 6;
    int room = width - square;
    int left = (int) (number * 4 % (2L * room));
    left = left < room ? left : 2 * room - left;
    for (int y = height / 2; y < height / 2 + square; y++) {
      Arrays.fill(i420, y * width + left, y * width + left + square, WHITE);
    }
    FrameCounter.write(frame, (int) (number % FrameCounter.LIMIT));
    return frame;
  }

  /// Whether a picture shows the bar that a full second lights.
  public static boolean isFlash(VideoFrame frame) {
    int y = frame.height() - frame.height() / 16;
    int sum = 0;
    for (int x = 0; x < frame.width(); x++) {
      sum += frame.i420()[y * frame.width() + x] & 0xff;
    }
    return sum / frame.width() > 140;
  }
}
