package org.klatsch.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.MediaStreamTrack;

/// Tones on our side of a call.
final class Ear {
  private static final int RATE = 48_000;
  private static final int ROUNDS = 60;

  private Ear() {}

  /// A source that sounds for a minute.
  static AudioTrackSource tone(double hz) {
    AudioTrackSource source = new AudioTrackSource(RATE, 1);
    ToneGenerator generator = new ToneGenerator(RATE);
    generator.start(8_000, hz);
    short[] pcm = new short[60 * RATE];
    generator.fill(pcm, 0, pcm.length);
    source.push(pcm);
    return source;
  }

  /// Listens until a quarter of a second consists of the tone.
  static void awaitTone(MediaStreamTrack track, double hz) throws Exception {
    List<String> heard = new ArrayList<>();
    try (AudioTrackSink sink = new AudioTrackSink(track, RATE, 1)) {
      short[] pcm = new short[RATE / 4];
      for (int i = 0; i < ROUNDS; i++) {
        read(sink, pcm);
        Goertzel goertzel = new Goertzel(RATE, hz);
        goertzel.add(pcm, 0, pcm.length);
        heard.add("%.2f".formatted(goertzel.share()));
        if (goertzel.share() > 0.9 && goertzel.power() > 10_000) {
          return;
        }
      }
    }
    throw new IOException("no tone of " + hz + " Hz: " + heard);
  }

  /// Listens until a quarter of a second is silent.
  static void awaitSilence(MediaStreamTrack track) throws Exception {
    List<Integer> heard = new ArrayList<>();
    try (AudioTrackSink sink = new AudioTrackSink(track, RATE, 1)) {
      short[] pcm = new short[RATE / 4];
      for (int i = 0; i < ROUNDS; i++) {
        read(sink, pcm);
        int loudest = 0;
        for (short each : pcm) {
          loudest = Math.max(loudest, Math.abs(each));
        }
        heard.add(loudest);
        if (loudest < 100) {
          return;
        }
      }
    }
    throw new IOException("no silence: " + heard);
  }

  private static void read(AudioTrackSink sink, short[] pcm) throws Exception {
    int filled = 0;
    while (filled < pcm.length) {
      int count = sink.read(pcm, filled, pcm.length - filled);
      if (count < 0) {
        throw new IOException("the track ended");
      }
      filled += count;
    }
  }
}
