package org.klatsch.webrtc;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.CodecUnavailableException;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.audio.AudioJitterBuffer;
import org.klatsch.media.audio.AudioJitterOptions;
import org.klatsch.media.audio.AudioJitterStatistics;
import org.klatsch.media.audio.AudioOperation;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.media.audio.FrameKind;

/// The playout of a received audio stream: jitter buffer and decoder, pulled every 20 ms while
/// somebody listens.
///
/// [#frame] is called on the loop, [#listen] anywhere, the rest on the [MediaPool].
final class AudioReceiving {
  private static final System.Logger LOGGER = System.getLogger(AudioReceiving.class.getName());

  /// Frames between two pulls: 4 s of usual ones, as much as the jitter buffer holds.
  private static final int MAX_WAITING = 200;

  /// One acceleration takes less than a frame, so that the second pull has enough.
  private static final int MAX_PULLS = 4;

  /// Opus speaks stereo only when told to, RFC 7587 §6.1; 48 kHz loses nothing of any codec.
  private static final int RATE = 48_000;

  /// What the statistics tell.
  ///
  /// @param jitter null before the first frame
  /// @param pcmRate of the decoder, 0 before the first frame
  /// @param samples played, per channel at `pcmRate`
  /// @param energy sum over all samples of the squared level times its duration
  record Figures(
      @Nullable AudioJitterStatistics jitter,
      int clockRate,
      long playoutDelay,
      int pcmRate,
      long samples,
      double level,
      double energy,
      long concealedFrames) {
    static final Figures NONE = new Figures(null, 0, 0, 0, 0, 0, 0, 0);
  }

  private final TrackSource source;
  private final Codecs codecs;
  private final LongSupplier clock;
  private final AudioJitterOptions options;
  private final Queue<EncodedAudioFrame> arrived = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AudioPlayout<EncodedAudioFrame> playout = new AudioPlayout<>();

  private MediaPool.@Nullable Ticker ticker;
  private volatile boolean listening;
  private volatile Figures figures = Figures.NONE;
  private volatile long minimumDelay;

  private @Nullable AudioJitterBuffer<EncodedAudioFrame> jitter;
  private @Nullable RtpCodec codec;
  private @Nullable AudioDecoder decoder;
  private @Nullable PcmShaper shaper;
  private short[] made = new short[0];
  private int madeFrames;
  private long played;
  private final LevelMeter level = new LevelMeter();

  /// @param clock the time that frames have as their arrival
  AudioReceiving(
      TrackSource source, Codecs codecs, LongSupplier clock, AudioJitterOptions options) {
    this.source = source;
    this.codecs = codecs;
    this.clock = clock;
    this.options = options;
  }

  Figures figures() {
    return figures;
  }

  @Nullable PcmFormat pcm() {
    AudioDecoder current = decoder;
    return current == null ? null : current.pcm();
  }

  /// Asks for a playout delay of at least this much, in nanoseconds.
  void minimumDelay(long nanos) {
    minimumDelay = nanos;
  }

  /// Begins or ends playout.
  void listen(boolean wanted) {
    synchronized (arrived) {
      if (wanted == listening) {
        return;
      }
      listening = wanted;
      MediaPool.Ticker current = ticker;
      if (current != null) {
        current.close();
        ticker = null;
      }
      if (wanted) {
        ticker = MediaPool.ticker(this::tick);
      }
    }
  }

  /// Takes a frame; without listeners it is dropped.
  void frame(EncodedAudioFrame frame) {
    if (listening && waiting.incrementAndGet() <= MAX_WAITING) {
      arrived.add(frame);
    } else if (listening) {
      waiting.decrementAndGet();
    }
  }

  private synchronized void tick() {
    if (!listening) {
      return;
    }
    long now = clock.getAsLong();
    EncodedAudioFrame frame;
    while ((frame = arrived.poll()) != null) {
      waiting.decrementAndGet();
      insert(frame);
    }
    AudioJitterBuffer<EncodedAudioFrame> buffer = jitter;
    AudioDecoder current = decoder;
    if (buffer == null || current == null) {
      return;
    }
    buffer.minimumDelay(minimumDelay);
    PcmFormat pcm = current.pcm();
    int wanted = pcm.frames(MediaPool.TICK_MILLIS);
    int clockRate = buffer.clockRateHz();
    // What an acceleration takes away is asked for again: silence in its place would be a click.
    for (int round = 0; madeFrames < wanted && round < MAX_PULLS; round++) {
      buffer.pull(
          now,
          (int) ((long) wanted * clockRate / pcm.rateHz()),
          (int) ((long) madeFrames * clockRate / pcm.rateHz()),
          playout);
      for (int i = 0; i < playout.size(); i++) {
        perform(
            playout.operation(i), playout.frame(i), playout.samples(i), clockRate, current, pcm);
      }
    }
    emit(wanted, pcm);
    figures =
        new Figures(
            buffer.statistics(),
            clockRate,
            buffer.playoutDelay(),
            pcm.rateHz(),
            played,
            level.last(),
            level.energy(),
            current.damagedPayloads());
  }

  private void insert(EncodedAudioFrame frame) {
    RtpCodec its = frame.codec();
    boolean noise = its.is("cn");
    if (!noise && !its.equals(codec) && !changeCodec(its)) {
      return;
    }
    AudioJitterBuffer<EncodedAudioFrame> buffer = jitter;
    AudioDecoder current = decoder;
    if (buffer == null || current == null) {
      return;
    }
    byte[] payload = frame.payload();
    int length = 0;
    FrameKind kind = FrameKind.COMFORT_NOISE;
    if (!noise) {
      int frames = current.frames(payload, 0, payload.length);
      length = (int) ((long) frames * buffer.clockRateHz() / current.pcm().rateHz());
      kind =
          current.hasFec(payload, 0, payload.length) ? FrameKind.AUDIO_WITH_FEC : FrameKind.AUDIO;
      if (length == 0) {
        return;
      }
    }
    buffer.insert(frame.captureTime(), frame.rtpTimestamp(), length, kind, true, frame);
  }

  private boolean changeCodec(RtpCodec next) {
    if (!next.isMedia()) {
      return false;
    }
    AudioDecoder old = decoder;
    try {
      int channels = next.parameter("sprop-stereo", 0) == 1 ? 2 : 1;
      AudioDecoder made = codecs.audioDecoder(Formats.format(next), new PcmFormat(RATE, channels));
      if (old != null) {
        old.close();
      }
      decoder = made;
      shaper = new PcmShaper(made.pcm());
    } catch (CodecUnavailableException e) {
      LOGGER.log(System.Logger.Level.WARNING, e.getMessage());
      codec = next;
      decoder = null;
      return false;
    }
    AudioJitterBuffer<EncodedAudioFrame> buffer = jitter;
    if (buffer == null || buffer.clockRateHz() != next.clockRateHz()) {
      jitter = new AudioJitterBuffer<>(options, next.clockRateHz());
    } else {
      buffer.flush();
    }
    madeFrames = 0;
    codec = next;
    return true;
  }

  private void perform(
      AudioOperation operation,
      @Nullable EncodedAudioFrame frame,
      int samples,
      int clockRate,
      AudioDecoder current,
      PcmFormat pcm) {
    int channels = pcm.channels();
    int frames = (int) ((long) samples * pcm.rateHz() / clockRate);
    PcmShaper shape = shaper;
    if (shape == null) {
      return;
    }
    int most = Math.max(frames, current.maxFrames()) + shape.maxChange();
    reserve((madeFrames + most) * channels);
    int at = madeFrames * channels;
    int done =
        switch (operation) {
          case DECODE -> decode(frame, current, at, frames);
          case ACCELERATE -> shape.shorten(made, at, decode(frame, current, at, frames));
          case PREEMPTIVE_EXPAND -> shape.lengthen(made, at, decode(frame, current, at, frames));
          case DECODE_FEC -> {
            byte[] payload = frame == null ? new byte[0] : frame.payload();
            int restored = current.decodeFec(payload, 0, payload.length, frames, made, at);
            yield restored > 0 ? restored : conceal(current, at, frames, channels);
          }
          case CONCEAL -> conceal(current, at, frames, channels);
          case COMFORT_NOISE -> shape.noise(frame, made, at, frames);
          case SILENCE -> {
            Arrays.fill(made, at, at + frames * channels, (short) 0);
            yield frames;
          }
        };
    madeFrames += done;
  }

  private int decode(@Nullable EncodedAudioFrame frame, AudioDecoder current, int at, int frames) {
    if (frame == null || !frame.codec().equals(codec)) {
      return conceal(current, at, frames, current.pcm().channels());
    }
    return current.decode(frame.payload(), 0, frame.payload().length, made, at);
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

  private void emit(int frames, PcmFormat pcm) {
    int channels = pcm.channels();
    short[] out = Arrays.copyOf(made, frames * channels);
    if (madeFrames < frames) {
      Arrays.fill(out, madeFrames * channels, out.length, (short) 0);
      madeFrames = 0;
    } else {
      madeFrames -= frames;
      System.arraycopy(made, frames * channels, made, 0, madeFrames * channels);
    }
    level.add(out, 0, out.length, pcm);
    source.emit(
        new AudioFrame(out, pcm.rateHz(), channels, played * 1_000_000_000L / pcm.rateHz()));
    played += frames;
  }

  private void reserve(int samples) {
    if (made.length < samples) {
      made = Arrays.copyOf(made, samples);
    }
  }

  /// Ends playout for good.
  synchronized void close() {
    listen(false);
    AudioDecoder current = decoder;
    if (current != null) {
      current.close();
      decoder = null;
    }
  }
}
