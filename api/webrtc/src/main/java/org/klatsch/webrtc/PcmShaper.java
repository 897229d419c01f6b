package org.klatsch.webrtc;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.ComfortNoiseDecoder;
import org.klatsch.codecs.audio.TimeStretcher;
import org.klatsch.media.EncodedAudioFrame;

/// What playout does to samples beside decoding: shortens and lengthens them, makes noise. One
/// thread at a time.
final class PcmShaper {
  private final PcmFormat pcm;
  private final TimeStretcher stretcher;
  private final ComfortNoiseDecoder noise;
  private short[] scratch = new short[0];

  PcmShaper(PcmFormat pcm) {
    this.pcm = pcm;
    this.stretcher = new TimeStretcher(pcm.rateHz(), pcm.channels());
    this.noise = new ComfortNoiseDecoder(pcm.rateHz(), new SplittableRandom());
  }

  /// Leaves a pitch period out.
  ///
  /// @return frames that are left
  int shorten(short[] samples, int at, int frames) {
    return stretcher.accelerate(samples, at, frames);
  }

  /// Repeats a pitch period; there must be room for [#maxChange] frames more.
  ///
  /// @return frames that there are now
  int lengthen(short[] samples, int at, int frames) {
    int room = (frames + stretcher.maxChange()) * pcm.channels();
    if (scratch.length < room) {
      scratch = new short[room];
    }
    int made = stretcher.expand(samples, at, frames, scratch, 0);
    System.arraycopy(scratch, 0, samples, at, made * pcm.channels());
    return made;
  }

  int maxChange() {
    return stretcher.maxChange();
  }

  /// Makes noise, RFC 3389, with new parameters if there are any.
  int noise(@Nullable EncodedAudioFrame parameters, short[] samples, int at, int frames) {
    if (parameters != null) {
      noise.update(parameters.payload(), 0, parameters.payload().length);
    }
    int channels = pcm.channels();
    if (scratch.length < frames) {
      scratch = new short[frames];
    }
    noise.generate(scratch, 0, frames);
    for (int i = 0; i < frames; i++) {
      for (int c = 0; c < channels; c++) {
        samples[at + i * channels + c] = scratch[i];
      }
    }
    return frames;
  }
}
