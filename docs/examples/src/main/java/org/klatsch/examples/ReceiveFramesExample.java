package org.klatsch.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.webrtc.EncodedTrackSink;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.VideoTrackSink;

/// Answers a browser's call, and prints how bright its pictures are and how large they were on the
/// network. See `docs/receive-frames.md`.
public final class ReceiveFramesExample {
  private ReceiveFramesExample() {}

  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    receive(in.readLine(), System.out);
  }

  static void receive(String offer, PrintStream out)
      throws InterruptedException, ExecutionException {
    try (RTCPeerConnection pc = new RTCPeerConnection()) {
      var over = Signalling.over(pc);
      pc.onTrack(event -> {
        if (!event.track().kind().equals("video")) {
          return;
        }
        // Pictures need a decoder; frames as they came do not.
        var pictures =
            new VideoTrackSink(
                event.track(),
                frame ->
                    out.println(
                        "picture %d x %d, brightness %d"
                            .formatted(frame.width(), frame.height(), brightness(frame))));
        var frames =
            new EncodedTrackSink(
                event.track(),
                frame -> {
                  if (frame instanceof EncodedVideoFrame video && video.keyFrame()) {
                    out.println(
                        "key frame of %d bytes, %s"
                            .formatted(video.payload().length, video.codec().mimeType()));
                  }
                });
        event
            .track()
            .onEnded(_ -> {
              pictures.close();
              frames.close();
            });
      });
      Signalling.offered(pc, offer);
      out.println(Signalling.answer(pc));
      over.get();
    }
  }

  private static long brightness(VideoFrame frame) {
    long sum = 0;
    int pixels = frame.width() * frame.height();
    for (int i = 0; i < pixels; i++) {
      sum += frame.i420()[i] & 0xff;
    }
    return sum / pixels;
  }
}
