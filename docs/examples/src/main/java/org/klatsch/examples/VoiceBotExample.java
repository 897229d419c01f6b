package org.klatsch.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.klatsch.codecs.audio.VoiceActivityDetector;
import org.klatsch.codecs.container.WavReader;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionState;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// A voice bot: answers a browser's call, says what is in a WAV file whenever the caller has
/// finished a sentence or pressed a key, and is silent as soon as the caller speaks. All of it is
/// Java. See `docs/voice-bot.md`.
public final class VoiceBotExample {
  private static final int HEARING_RATE = 16_000;

  private VoiceBotExample() {}

  /// @param arguments the WAV file
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    answer(in.readLine(), Path.of(arguments[0]), System.out);
  }

  static void answer(String offer, Path speech, PrintStream out)
      throws IOException, InterruptedException, ExecutionException {
    try (WavReader wav = WavReader.open(speech);
        AudioTrackSource mouth =
            new AudioTrackSource(wav.format().rateHz(), wav.format().channels());
        RTCPeerConnection pc = new RTCPeerConnection()) {
      short[] words = readAll(wav);
      VoiceActivityDetector detector = new VoiceActivityDetector(HEARING_RATE);
      boolean[] speaking = new boolean[1];
      pc.onTrack(event -> {
        event
            .receiver()
            .onToneReceived(key -> {
              out.println("key " + key.tone());
              mouth.push(words);
            });
        var ear =
            new AudioTrackSink(
                event.track(),
                HEARING_RATE,
                1,
                frame -> {
                  boolean now = detector.process(frame.samples(), 0, frame.frames());
                  if (now && !speaking[0]) {
                    mouth.clear();
                  } else if (!now && speaking[0]) {
                    mouth.push(words);
                  }
                  speaking[0] = now;
                });
        event.track().onEnded(_ -> ear.close());
      });
      CompletableFuture<Void> gathered = new CompletableFuture<>();
      pc.onIceGatheringStateChange(_ -> {
        if (pc.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
          gathered.complete(null);
        }
      });
      CompletableFuture<Void> over = new CompletableFuture<>();
      pc.onConnectionStateChange(_ -> {
        RTCPeerConnectionState state = pc.connectionState();
        out.println(state);
        if (state == RTCPeerConnectionState.CONNECTED) {
          mouth.push(words);
        } else if (state == RTCPeerConnectionState.FAILED) {
          over.complete(null);
        }
      });
      pc.setRemoteDescription(RTCSessionDescriptionInit.fromJSON(offer)).get();
      pc.addTrack(mouth.track());
      pc.setLocalDescription().get();
      gathered.get();
      out.println(Objects.requireNonNull(pc.localDescription()).toJSON());
      over.get();
    }
  }

  private static short[] readAll(WavReader wav) throws IOException {
    int channels = wav.format().channels();
    short[] pcm = new short[wav.format().rateHz() * channels];
    int frames = 0;
    while (true) {
      int read = wav.read(pcm, frames * channels, pcm.length / channels - frames);
      if (read == 0) {
        return Arrays.copyOf(pcm, frames * channels);
      }
      frames += read;
      pcm = Arrays.copyOf(pcm, Math.max(pcm.length, 2 * frames * channels));
    }
  }
}
