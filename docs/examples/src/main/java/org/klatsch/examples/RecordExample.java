package org.klatsch.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.klatsch.webrtc.MediaRecorder;
import org.klatsch.webrtc.MediaStream;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCRtpReceiver;

/// Answers a browser's call and records it as it comes, without decoding: audio and video into one
/// file. See `docs/record-a-call.md`.
public final class RecordExample {
  private RecordExample() {}

  /// @param arguments the file, its name ending in `.webm`, `.mp4`, `.opus` or `.wav`
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    CompletableFuture<Void> enter = new CompletableFuture<>();
    String offer = in.readLine();
    Thread.startVirtualThread(() -> {
      try {
        in.readLine();
      } catch (IOException e) {
        System.err.println(e.getMessage());
      }
      enter.complete(null);
    });
    record(offer, Path.of(arguments[0]), enter, System.out);
  }

  /// @param stop ends the recording, as does the end of the call
  static void record(String offer, Path file, CompletableFuture<Void> stop, PrintStream out)
      throws IOException, InterruptedException, ExecutionException {
    try (RTCPeerConnection pc = new RTCPeerConnection()) {
      var over = Signalling.over(pc);
      Signalling.offered(pc, offer);
      List<MediaStreamTrack> tracks =
          pc.getReceivers().stream().map(RTCRtpReceiver::track).toList();
      MediaRecorder recorder = MediaRecorder.toFile(new MediaStream(tracks), file);
      CompletableFuture<Void> written = new CompletableFuture<>();
      recorder.onStop(_ -> written.complete(null));
      recorder.onError(event -> out.println(event.message()));
      recorder.start();
      out.println(Signalling.answer(pc));
      CompletableFuture.anyOf(stop, over).get();
      recorder.stop();
      written.get();
      out.println("recorded " + file);
    }
  }
}
