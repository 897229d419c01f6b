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

  /// In units of the RTP clock.
  private long insertedSamples;

  private long removedSamples;

  /// Frames that were asked for before they were made.
  private long synthesized;

  private long synthesizedEvents;

  /// RTP timestamp behind the sample made last.
  private int end;

  private int clockRate;
  private boolean timed;

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
    this.clockRate = clockRate;
    for (int i = 0; i < playout.size(); i++) {
      EncodedAudioFrame frame = playout.frame(i);
      if (frame != null && !frame.codec().is("cn")) {
        use(frame.codec(), rateHz);
      }
      noteTime(playout.operation(i), frame, playout.samples(i));
      perform(playout.operation(i), frame, playout.samples(i));
    }
  }

  private void noteTime(AudioOperation operation, @Nullable EncodedAudioFrame frame, int samples) {
    if (frame != null && operation == AudioOperation.DECODE_FEC) {
      end = frame.rtpTimestamp();
    } else if (frame != null && operation != AudioOperation.COMFORT_NOISE) {
      end = frame.rtpTimestamp() + samples;
      timed = true;
    } else {
      end += samples;
    }
  }

  /// Whether [#timestamp] is known.
  boolean isTimed() {
    return timed;
  }

  /// The RTP timestamp of the sample taken last.
  int timestamp() {
    PcmFormat pcm = pcm();
    return pcm == null ? end : end - (int) ((long) madeFrames * clockRate / pcm.rateHz());
  }

  /// Samples added to play more slowly, in units of the RTP clock.
  long insertedSamples() {
    return insertedSamples;
  }

  /// Samples left out to play faster, in units of the RTP clock.
  long removedSamples() {
    return removedSamples;
  }

  /// Silence in the place of frames that were not made in time.
  long synthesized() {
    return synthesized;
  }

  /// Times that frames were not made in time.
  long synthesizedEvents() {
    return synthesizedEvents;
  }

  /// Takes so many frames; what is missing is silence.
  short[] take(int frames) {
    AudioDecoder current = decoder;
    int channels = current == null ? 1 : current.pcm().channels();
    short[] out = new short[frames * channels];
    int there = Math.min(madeFrames, frames);
    if (there < frames) {
      synthesized += frames - there;
      synthesizedEvents++;
    }
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

  private void perform(AudioOperation operation, @Nullable EncodedAudioFrame frame, int samples) {
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
          case ACCELERATE -> {
            int before = decode(frame, current, at, frames);
            int after = shape.shorten(made, at, before);
            removedSamples += (long) (before - after) * clockRate / pcm.rateHz();
            yield after;
          }
          case PREEMPTIVE_EXPAND -> {
            int before = decode(frame, current, at, frames);
            int after = shape.lengthen(made, at, before);
            insertedSamples += (long) (after - before) * clockRate / pcm.rateHz();
            yield after;
          }
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
