package org.klatsch.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.codecs.container.MediaReader;
import org.klatsch.codecs.container.WavWriter;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.VideoTrackSink;
import org.klatsch.webrtc.VideoTrackSource;

/// The examples of the guides, each with another connection of this process instead of a browser.
@Timeout(60)
final class CallExamplesTest {
  private static final int RATE = 48_000;

  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private interface Example {
    void run(PrintStream out) throws Exception;
  }

  private Thread start(Example example) {
    PrintStream out = new PrintStream(new LineStream(lines), true, StandardCharsets.UTF_8);
    return Thread.ofVirtual()
        .start(() -> {
          try {
            example.run(out);
          } catch (Exception e) {
            lines.add("over: " + e);
          }
        });
  }

  private String next(String beginning) throws InterruptedException {
    String line = lines.poll(20, TimeUnit.SECONDS);
    while (line != null && !line.startsWith(beginning)) {
      line = lines.poll(20, TimeUnit.SECONDS);
    }
    assertThat(line).as("a line that begins with %s", beginning).isNotNull();
    return line;
  }

  private static short[] tone(int seconds) {
    ToneGenerator generator = new ToneGenerator(RATE);
    generator.start(8_000, 440);
    short[] pcm = new short[seconds * RATE];
    generator.fill(pcm, 0, pcm.length);
    return pcm;
  }

  @Test
  void callsAndListens(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("music.wav");
    try (WavWriter wav = WavWriter.create(file, new PcmFormat(RATE, 1))) {
      wav.write(tone(1), 0, RATE);
    }
    try (RTCPeerConnection callee = new RTCPeerConnection();
        AudioTrackSource voice = new AudioTrackSource(RATE, 1);
        PipedWriter answers = new PipedWriter()) {
      BufferedReader in = new BufferedReader(new PipedReader(answers, 1 << 16));
      Thread caller = start(out -> CallExample.call(file, in, out));
      voice.push(tone(20));
      Signalling.offered(callee, next("{"));
      callee.addTrack(voice.track());
      answers.write(Signalling.answer(callee) + "\n");
      answers.flush();
      int level = Integer.parseInt(next("level -").replaceAll("[^0-9]", ""));
      while (level > 30) {
        level = Integer.parseInt(next("level -").replaceAll("[^0-9]", ""));
      }
      caller.interrupt();
    }
  }

  @Test
  void recordsACall(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("call.webm");
    CompletableFuture<Void> stop = new CompletableFuture<>();
    try (RTCPeerConnection caller = new RTCPeerConnection();
        AudioTrackSource voice = new AudioTrackSource(RATE, 1)) {
      voice.push(tone(20));
      caller.addTrack(voice.track());
      String offer = Signalling.offer(caller);
      start(out -> RecordExample.record(offer, file, stop, out));
      Signalling.answered(caller, next("{"));
      while (Files.size(file) < 4_000) {
        Thread.onSpinWait();
      }
      stop.complete(null);
      next("recorded");
      int packets = 0;
      try (MediaReader reader = MediaReader.open(file)) {
        while (reader.read() != null) {
          packets++;
        }
      }
      assertThat(packets).isGreaterThan(10);
    }
  }

  @Test
  void sendsVideo() throws Exception {
    try (RTCPeerConnection viewer = new RTCPeerConnection()) {
      LinkedBlockingQueue<VideoFrame> pictures = new LinkedBlockingQueue<>();
      viewer.onTrack(event -> new VideoTrackSink(event.track(), pictures::add));
      viewer.addTransceiver("video");
      String offer = Signalling.offer(viewer);
      Thread sender = start(out -> SendVideoExample.send(offer, out));
      Signalling.answered(viewer, next("{"));
      VideoFrame picture = pictures.poll(30, TimeUnit.SECONDS);
      assertThat(picture).isNotNull();
      assertThat(picture.width()).isEqualTo(640);
      assertThat(picture.i420()[0] & 0xff).isBetween(40, 240);
      sender.interrupt();
    }
  }

  @Test
  void receivesFrames() throws Exception {
    try (RTCPeerConnection caller = new RTCPeerConnection();
        VideoTrackSource camera = new VideoTrackSource()) {
      caller.addTrack(camera.track());
      String offer = Signalling.offer(caller);
      Thread receiver = start(out -> ReceiveFramesExample.receive(offer, out));
      Signalling.answered(caller, next("{"));
      CompletableFuture<Void> enough = new CompletableFuture<>();
      Thread pushing =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; !enough.isDone(); i++) {
                  camera.push(SendVideoExample.picture(i));
                  try {
                    enough.get(40, TimeUnit.MILLISECONDS);
                  } catch (Exception e) {
                    continue;
                  }
                }
              });
      assertThat(next("picture")).startsWith("picture 640 x 360, brightness ");
      enough.complete(null);
      pushing.join();
      receiver.interrupt();
    }
  }
}
