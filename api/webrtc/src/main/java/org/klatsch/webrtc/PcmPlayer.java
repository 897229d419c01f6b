package org.klatsch.webrtc;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.CodecUnavailableException;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.audio.AudioOperation;
import org.klatsch.media.audio.AudioPlayout;

/// Makes samples of what the jitter buffer says. One thread at a time.
final class PcmPlayer implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(PcmPlayer.class.getName());
  private static final long SECOND = 1_000_000_000L;

  private final Codecs codecs;
  private @Nullable RtpCodec codec;
  private @Nullable AudioDecoder decoder;
  private @Nullable PcmShaper shaper;
  private int decoderRate;
  private short[] made = new short[0];
  private int madeFrames;

  PcmPlayer(Codecs codecs) {
    this.codecs = codecs;
  }

  /// What comes out; null while nothing can be decoded.
  @Nullable PcmFormat pcm() {
    AudioDecoder current = decoder;
    return current == null ? null : current.pcm();
  }

  /// Frames that were made and not taken.
  int frames() {
    return madeFrames;
  }

  /// How long those last.
  long nanos() {
    PcmFormat pcm = pcm();
    return pcm == null ? 0 : madeFrames * SECOND / pcm.rateHz();
  }

  /// Makes the samples of all operations.
  ///
  /// @param clockRate that the operations count in
  /// @param rateHz wanted; the codec may have others
  void perform(AudioPlayout<EncodedAudioFrame> playout, int clockRate, int rateHz) {
    for (int i = 0; i < playout.size(); i++) {
      EncodedAudioFrame frame = playout.frame(i);
      if (frame != null && !frame.codec().is("cn")) {
        use(frame.codec(), rateHz);
      }
      perform(playout.operation(i), frame, playout.samples(i), clockRate);
    }
  }

  /// Takes so many frames; what is missing is silence.
  short[] take(int frames) {
    AudioDecoder current = decoder;
    int channels = current == null ? 1 : current.pcm().channels();
    short[] out = new short[frames * channels];
    int there = Math.min(madeFrames, frames);
    System.arraycopy(made, 0, out, 0, there * channels);
    madeFrames -= there;
    System.arraycopy(made, there * channels, made, 0, madeFrames * channels);
    return out;
  }

  @Override
  public void close() {
    AudioDecoder current = decoder;
    if (current != null) {
      current.close();
      decoder = null;
    }
  }

  private void perform(
      AudioOperation operation, @Nullable EncodedAudioFrame frame, int samples, int clockRate) {
    AudioDecoder current = decoder;
    PcmShaper shape = shaper;
    if (current == null || shape == null) {
      return;
    }
    PcmFormat pcm = current.pcm();
    int channels = pcm.channels();
    int frames = (int) ((long) samples * pcm.rateHz() / clockRate);
    int most = Math.max(frames, current.maxFrames()) + shape.maxChange();
    reserve((madeFrames + most) * channels);
    int at = madeFrames * channels;
    madeFrames +=
        switch (operation) {
          case DECODE -> decode(frame, current, at, frames);
          case ACCELERATE -> shape.shorten(made, at, decode(frame, current, at, frames));
          case PREEMPTIVE_EXPAND -> shape.lengthen(made, at, decode(frame, current, at, frames));
          case DECODE_FEC -> {
            int restored =
                frame == null
                    ? 0
                    : current.decodeFec(
                        frame.payload(), 0, frame.payload().length, frames, made, at);
            yield restored > 0 ? restored : conceal(current, at, frames, channels);
          }
          case CONCEAL -> conceal(current, at, frames, channels);
          case COMFORT_NOISE -> shape.noise(frame, made, at, frames);
          case SILENCE -> {
            Arrays.fill(made, at, at + frames * channels, (short) 0);
            yield frames;
          }
        };
  }

  /// Has a decoder of the codec and of the rate that is wanted.
  private void use(RtpCodec next, int rate) {
    if (next.equals(codec) && rate == decoderRate || !next.isMedia()) {
      return;
    }
    AudioDecoder old = decoder;
    try {
      // Opus speaks stereo only when told to, RFC 7587 §6.1.
      int channels = next.parameter("sprop-stereo", 0) == 1 ? 2 : 1;
      AudioDecoder fresh = codecs.audioDecoder(Formats.format(next), new PcmFormat(rate, channels));
      if (next.equals(codec) && old != null && old.pcm().equals(fresh.pcm())) {
        fresh.close();
      } else {
        if (old != null) {
          old.close();
        }
        decoder = fresh;
        shaper = new PcmShaper(fresh.pcm());
        madeFrames = 0;
      }
    } catch (CodecUnavailableException e) {
      LOGGER.log(System.Logger.Level.WARNING, e.getMessage());
      decoder = null;
    }
    codec = next;
    decoderRate = rate;
  }

  private int decode(@Nullable EncodedAudioFrame frame, AudioDecoder current, int at, int frames) {
    return frame == null
        ? conceal(current, at, frames, current.pcm().channels())
        : current.decode(frame.payload(), 0, frame.payload().length, made, at);
  }

  private int conceal(AudioDecoder current, int at, int frames, int channels) {
    int done = 0;
    while (done < frames) {
      int count = current.conceal(frames - done, made, at + done * channels);
      if (count <= 0) {
        Arrays.fill(made, at + done * channels, at + frames * channels, (short) 0);
        return frames;
      }
      done += count;
    }
    return done;
  }

  private void reserve(int samples) {
    if (made.length < samples) {
      made = Arrays.copyOf(made, samples);
    }
  }
}
