package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.Resampler;

/// Brings frames of any format into one format. One thread at a time.
final class PcmConverter {
  private final PcmFormat to;
  private @Nullable Resampler resampler;
  private int fromRate;
  private short[] resampled = new short[0];

  PcmConverter(PcmFormat to) {
    this.to = to;
  }

  /// Channels first: resampling one is cheaper than two.
  AudioFrame convert(AudioFrame frame) {
    if (frame.rateHz() == to.rateHz() && frame.channels() == to.channels()) {
      return frame;
    }
    short[] mixed = mix(frame.samples(), frame.channels(), to.channels());
    if (frame.rateHz() == to.rateHz()) {
      return new AudioFrame(mixed, to.rateHz(), to.channels(), frame.timestampNanos());
    }
    Resampler current = resampler;
    if (current == null || fromRate != frame.rateHz()) {
      fromRate = frame.rateHz();
      current = new Resampler(fromRate, to.rateHz(), to.channels());
      resampler = current;
    }
    int frames = mixed.length / to.channels();
    int room = current.maxOutput(frames) * to.channels();
    if (resampled.length < room) {
      resampled = new short[room];
    }
    int made = current.resample(mixed, 0, frames, resampled, 0);
    return new AudioFrame(
        java.util.Arrays.copyOf(resampled, made * to.channels()),
        to.rateHz(),
        to.channels(),
        frame.timestampNanos());
  }

  /// To one channel: the mean of all; from one: the same in each; otherwise the first channels.
  private static short[] mix(short[] samples, int from, int to) {
    if (from == to) {
      return samples;
    }
    int frames = samples.length / from;
    short[] mixed = new short[frames * to];
    for (int i = 0; i < frames; i++) {
      if (to == 1) {
        int sum = 0;
        for (int c = 0; c < from; c++) {
          sum += samples[i * from + c];
        }
        mixed[i] = (short) (sum / from);
      } else {
        for (int c = 0; c < to; c++) {
          mixed[i * to + c] = samples[i * from + Math.min(c, from - 1)];
        }
      }
    }
    return mixed;
  }
}
