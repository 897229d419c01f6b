package org.klatsch.codecs.fake;

import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.ToneGenerator;

/// A steady tone of 440 Hz with a beep of 1 kHz in the first 100 ms of every second. One thread at
/// a time; the caller keeps the pace.
public final class FakeAudio {
  /// Of the steady tone.
  public static final double TONE_HZ = 440;

  /// Of the beep.
  public static final double BEEP_HZ = 1_000;

  public static final int BEEP_MS = 100;

  /// -23 and -15 dBov: clearly heard, far from overload.
  private static final double TONE_AMPLITUDE = 3_300;

  private static final double BEEP_AMPLITUDE = 8_000;

  private final PcmFormat format;
  private final ToneGenerator tone;
  private final ToneGenerator beep;
  private final short[] one = new short[1_024];
  private final short[] other = new short[1_024];
  private long position;

  public FakeAudio(PcmFormat format) {
    this.format = format;
    tone = new ToneGenerator(format.rateHz());
    beep = new ToneGenerator(format.rateHz());
    tone.start(TONE_AMPLITUDE, TONE_HZ);
  }

  public PcmFormat format() {
    return format;
  }

  /// The next stretch; its timestamp counts from 0.
  ///
  /// @param frames samples per channel
  public AudioFrame next(int frames) {
    short[] pcm = new short[frames * format.channels()];
    long timestamp = position * 1_000_000_000L / format.rateHz();
    for (int done = 0; done < frames; ) {
      int inSecond = (int) (position % format.rateHz());
      int end = format.frames(BEEP_MS);
      int untilChange = inSecond < end ? end - inSecond : format.rateHz() - inSecond;
      int count = Math.min(Math.min(frames - done, untilChange), one.length);
      if (inSecond == 0) {
        beep.start(BEEP_AMPLITUDE, BEEP_HZ);
      } else if (inSecond == end) {
        beep.stop();
      }
      tone.fill(one, 0, count);
      beep.fill(other, 0, count);
      for (int i = 0; i < count; i++) {
        for (int channel = 0; channel < format.channels(); channel++) {
          pcm[(done + i) * format.channels() + channel] = (short) (one[i] + other[i]);
        }
      }
      done += count;
      position += count;
    }
    return new AudioFrame(pcm, format.rateHz(), format.channels(), timestamp);
  }
}
