package org.klatsch.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.klatsch.codecs.audio.AudioLevel;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.MediaFile;
import org.klatsch.webrtc.RTCPeerConnection;

/// Calls a browser: prints an offer, reads the answer, plays a file into the call and prints once a
/// second how loud the other side is. See `docs/call.md`.
public final class CallExample {
  private static final int RATE = 16_000;

  private CallExample() {}

  /// @param arguments a file with audio: WAV, Ogg Opus, WebM or MP4
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    call(Path.of(arguments[0]), in, System.out);
  }

  static void call(Path music, BufferedReader in, PrintStream out)
      throws IOException, InterruptedException, ExecutionException {
    try (MediaFile file = MediaFile.open(music, true);
        RTCPeerConnection pc = new RTCPeerConnection()) {
      pc.addTrack(Objects.requireNonNull(file.audio(), "a file with audio"));
      pc.onTrack(event -> {
        short[] second = new short[RATE];
        int[] filled = new int[1];
        var ear =
            new AudioTrackSink(
                event.track(),
                RATE,
                1,
                frame -> {
                  int count = Math.min(frame.frames(), RATE - filled[0]);
                  System.arraycopy(frame.samples(), 0, second, filled[0], count);
                  filled[0] += count;
                  if (filled[0] == RATE) {
                    filled[0] = 0;
                    out.println("level -" + AudioLevel.of(second, 0, RATE) + " dB");
                  }
                });
        event.track().onEnded(_ -> ear.close());
      });
      var over = Signalling.over(pc);
      out.println(Signalling.offer(pc));
      Signalling.answered(pc, in.readLine());
      over.get();
    }
  }
}
