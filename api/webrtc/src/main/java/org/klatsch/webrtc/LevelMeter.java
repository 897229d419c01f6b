package org.klatsch.webrtc;

import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.AudioLevel;

/// The level of audio as the W3C's statistics tell it. Written by one thread, read by any.
final class LevelMeter {
  private static final double FULL_SCALE = 32768;

  private volatile double last;
  private volatile double energy;

  /// Adds samples and gives their level in −dBov, RFC 6464 §3: 0 is the loudest, 127 silence.
  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
  int add(short[] samples, int offset, int count, PcmFormat pcm) {
    double absolute = AudioLevel.rms(samples, offset, count);
    double rms = absolute / FULL_SCALE;
    last = rms;
    energy += rms * rms * count / pcm.channels() / pcm.rateHz();
    return AudioLevel.ofRms(absolute);
  }

  /// Linear level of what was added last, 1 is the loudest.
  double last() {
    return last;
  }

  /// `totalAudioEnergy`, W3C WebRTC Statistics §8.9.
  double energy() {
    return energy;
  }

  /// The linear level for one in −dBov.
  static double linear(int level) {
    return level >= AudioLevel.SILENCE ? 0 : Math.pow(10, -level / 20.0);
  }
}
