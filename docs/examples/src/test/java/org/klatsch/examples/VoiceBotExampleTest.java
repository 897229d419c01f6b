package org.klatsch.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.codecs.container.WavWriter;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

@Timeout(60)
final class VoiceBotExampleTest {
  private static final int RATE = 16_000;

  @Test
  void theCallerHearsWhatIsInTheFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("speech.wav");
    try (WavWriter wav = WavWriter.create(file, new PcmFormat(RATE, 1))) {
      ToneGenerator tone = new ToneGenerator(RATE);
      tone.start(8_000, 700);
      short[] pcm = new short[10 * RATE];
      tone.fill(pcm, 0, pcm.length);
      wav.write(pcm, 0, pcm.length);
    }
    LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    try (RTCPeerConnection caller = new RTCPeerConnection();
        AudioTrackSource silence = new AudioTrackSource(RATE, 1);
        PrintStream printed =
            new PrintStream(new LineStream(lines), true, StandardCharsets.UTF_8)) {
      CompletableFuture<MediaStreamTrack> voice = new CompletableFuture<>();
      caller.onTrack(event -> voice.complete(event.track()));
      caller.addTrack(silence.track());
      CompletableFuture<Void> gathered = new CompletableFuture<>();
      caller.onIceGatheringStateChange(_ -> {
        if (caller.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
          gathered.complete(null);
        }
      });
      caller.setLocalDescription().get(20, TimeUnit.SECONDS);
      gathered.get(20, TimeUnit.SECONDS);
      String offer = caller.localDescription().toJSON();
      Thread bot =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  VoiceBotExample.answer(offer, file, printed);
                } catch (Exception e) {
                  lines.add("over: " + e);
                }
              });
      String answer = lines.poll(20, TimeUnit.SECONDS);
      while (!answer.startsWith("{")) {
        answer = lines.poll(20, TimeUnit.SECONDS);
      }
      caller
          .setRemoteDescription(RTCSessionDescriptionInit.fromJSON(answer))
          .get(20, TimeUnit.SECONDS);
      assertThat(heard(voice.get(20, TimeUnit.SECONDS), 700)).isGreaterThan(0.9);
      bot.interrupt();
    }
  }

  /// The share of a tone in the best quarter of a second out of ten seconds.
  private static double heard(MediaStreamTrack track, double hz) throws InterruptedException {
    double best = 0;
    try (AudioTrackSink ear = new AudioTrackSink(track, RATE, 1)) {
      short[] pcm = new short[RATE / 4];
      for (int i = 0; i < 40 && best < 0.9; i++) {
        int filled = 0;
        while (filled < pcm.length) {
          filled += Math.max(0, ear.read(pcm, filled, pcm.length - filled));
        }
        Goertzel goertzel = new Goertzel(RATE, hz);
        goertzel.add(pcm, 0, pcm.length);
        best = Math.max(best, goertzel.share());
      }
    }
    return best;
  }
}
