package org.klatsch.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.VideoTrackSource;

/// Answers a browser's call with pictures that are drawn in Java: a bar that wanders. Needs
/// `klatsch-codecs-ffmpeg` to encode them. See `docs/send-video.md`.
public final class SendVideoExample {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int FRAMES_PER_SECOND = 25;

  private SendVideoExample() {}

  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    send(in.readLine(), System.out);
  }

  static void send(String offer, PrintStream out) throws InterruptedException, ExecutionException {
    try (VideoTrackSource source = new VideoTrackSource();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        RTCPeerConnection pc = new RTCPeerConnection()) {
      var over = Signalling.over(pc);
      Signalling.offered(pc, offer);
      pc.addTrack(source.track());
      out.println(Signalling.answer(pc));
      int[] count = new int[1];
      var _ =
          clock.scheduleAtFixedRate(
              () -> source.push(picture(count[0]++)),
              0,
              1_000_000_000 / FRAMES_PER_SECOND,
              TimeUnit.NANOSECONDS);
      try {
        over.get();
      } finally {
        clock.shutdownNow();
      }
    }
  }

  /// A picture is a plane of brightness and two of colour at half the size, in one array.
  static VideoFrame picture(int number) {
    byte[] i420 = new byte[VideoFrame.size(WIDTH, HEIGHT)];
    VideoFrame frame =
        new VideoFrame(WIDTH, HEIGHT, i420, number * 1_000_000_000L / FRAMES_PER_SECOND);
    int bar = number * 4 % WIDTH;
    for (int y = 0; y < HEIGHT; y++) {
      Arrays.fill(i420, y * WIDTH, (y + 1) * WIDTH, (byte) 60);
      Arrays.fill(i420, y * WIDTH + bar, y * WIDTH + Math.min(WIDTH, bar + 40), (byte) 220);
    }
    Arrays.fill(i420, frame.offsetU(), frame.offsetV(), (byte) 160);
    Arrays.fill(i420, frame.offsetV(), i420.length, (byte) 110);
    return frame;
  }
}
