package org.klatsch.webrtc;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.media.AudioDelivery;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.net.EventLoop;
import org.klatsch.net.LoopTimer;
import org.klatsch.sansio.ProtocolCore;

/// The playout of a received audio stream while somebody listens: every 20 ms the loop asks the
/// jitter buffer what to play, and a thread of the [MediaPool] makes the samples.
///
/// ```text
///   loop:  timer ──► RtpReceiver.pull ──► operations ─┐        ┌─► (an acceleration took too much)
///   pool:                                             └► decode ──► samples to the track
/// ```
///
/// The operations belong to one thread at a time: to the pool while [#busy], else to the loop.
final class AudioReceiving {
  private static final System.Logger LOGGER = System.getLogger(AudioReceiving.class.getName());

  /// One acceleration takes less than a frame, so that the second pull has enough.
  private static final int MAX_PULLS = 4;

  /// While the pool is late, ticks are made up for; beyond 200 ms it is heard anyway.
  private static final int MAX_OWED = 10;

  private static final long TICK_NANOS = MediaPool.TICK_MILLIS * 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  /// What the statistics tell beside the jitter buffer's figures.
  ///
  /// @param pcmRate of the decoder, 0 before the first frame
  /// @param samples played, per channel at `pcmRate`
  /// @param energy sum over all samples of the squared level times its duration
  /// @param inserted samples added to play more slowly, in units of the RTP clock
  /// @param removed samples left out to play faster, in units of the RTP clock
  /// @param synthesized silence in the place of samples that were not made in time, per channel at
  ///   `pcmRate`
  /// @param synthesizedEvents times that samples were not made in time
  /// @param heard the last sample; null while unknown
  record Figures(
      int pcmRate,
      long samples,
      double level,
      double energy,
      long inserted,
      long removed,
      long synthesized,
      long synthesizedEvents,
      @Nullable PlayoutPoint heard) {
    static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0, 0, 0, null);
  }

  private final TrackSource source;
  private final EventLoop loop;
  private final Runnable play = this::play;
  private final AudioPlayout<EncodedAudioFrame> playout = new AudioPlayout<>();

  private volatile boolean wanted;
  private volatile int wantedRate = TrackConsumer.FULL_RATE;
  private volatile long minimumDelay;
  private volatile boolean transformed;
  private volatile boolean busy;
  private volatile boolean closed;
  private volatile Figures figures = Figures.NONE;
  private volatile @Nullable PcmFormat format;

  // On the loop.
  private @Nullable RtpReceiver rtp;
  private @Nullable LoopTimer timer;
  private long due;
  private int owed;

  // With the operations.
  private int clockRate;
  private int ticks;
  private int pulls;
  private long bufferedNanos;

  // On the pool.
  private final PcmPlayer player;
  private long played;
  private final LevelMeter level = new LevelMeter();

  AudioReceiving(TrackSource source, Codecs codecs, EventLoop loop) {
    this.source = source;
    this.player = new PcmPlayer(codecs);
    this.loop = loop;
  }

  Figures figures() {
    return figures;
  }

  /// What comes out; null before the first frame.
  @Nullable PcmFormat pcm() {
    return format;
  }

  /// Asks for a playout delay of at least this much, in nanoseconds; any thread.
  void minimumDelay(long nanos) {
    minimumDelay = nanos;
    onLoop(this::update);
  }

  /// Begins or ends playout; any thread.
  ///
  /// @param rateHz the highest that a listener wants
  void listen(boolean value, int rateHz) {
    wanted = value;
    if (value) {
      wantedRate = rateHz;
    }
    onLoop(this::update);
  }

  /// Has frames come to [#frame] before the jitter buffer takes them, or not; any thread.
  void transformed(boolean value) {
    transformed = value;
    onLoop(this::update);
  }

  private boolean onLoop(Runnable task) {
    if (loop.isCurrent()) {
      task.run();
      return true;
    }
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "the loop is closed", e);
      return false;
    }
  }

  // On the loop.

  /// Ties it to what the session receives by, or unties it.
  void attach(@Nullable RtpReceiver value) {
    if (value != rtp) {
      rtp = value;
      update();
    }
  }

  private void update() {
    RtpReceiver current = rtp;
    boolean plays = wanted && current != null && !closed;
    if (current != null) {
      current.delivery(delivery(plays));
      current.minimumDelay(minimumDelay);
    }
    LoopTimer running = timer;
    if (current != null && plays && running == null) {
      timer = loop.timer(this::tick);
      owed = 0;
      if (current.clockRateHz() != 0) {
        begin(loop.now());
      }
    } else if (!plays && running != null) {
      running.cancel();
      timer = null;
    }
  }

  private AudioDelivery delivery(boolean plays) {
    if (!plays) {
      return AudioDelivery.ARRIVAL;
    }
    return transformed ? AudioDelivery.RETURNED : AudioDelivery.BOTH;
  }

  /// A frame has come, as the transform left it.
  void frame(EncodedAudioFrame frame) {
    RtpReceiver current = rtp;
    LoopTimer running = timer;
    if (current == null || running == null) {
      return;
    }
    if (transformed) {
      current.insert(loop.now(), frame);
    }
    if (running.deadline() == ProtocolCore.NEVER) {
      // The clock of playout starts with the first frame, so that this is heard the moment that the
      // jitter buffer lets it go.
      begin(loop.now() + current.targetDelay());
    }
  }

  private void begin(long earliest) {
    LoopTimer running = timer;
    if (running != null) {
      due = MediaPool.aligned(earliest);
      running.set(due);
    }
  }

  private void tick() {
    LoopTimer running = timer;
    if (running == null) {
      return;
    }
    due = Math.max(due + TICK_NANOS, loop.now() - MAX_OWED * TICK_NANOS);
    running.set(due);
    if (busy) {
      owed = Math.min(owed + 1, MAX_OWED);
    } else {
      ticks = 1 + owed;
      owed = 0;
      pulls = 0;
      pull();
    }
  }

  private void pull() {
    RtpReceiver current = rtp;
    int rate = current == null ? 0 : current.clockRateHz();
    if (current == null || rate == 0) {
      busy = false;
      return;
    }
    long most = (long) ticks * rate * MediaPool.TICK_MILLIS / 1_000;
    current.pull(loop.now(), (int) most, (int) (bufferedNanos * rate / SECOND), playout);
    clockRate = rate;
    pulls++;
    busy = true;
    MediaPool.execute(play);
  }

  /// Ends playout for good.
  void close() {
    closed = true;
    update();
    if (!busy) {
      MediaPool.execute(this::release);
    }
  }

  // On the pool.

  private void play() {
    boolean more = false;
    try {
      more = !closed && make();
    } finally {
      if (!more || !onLoop(this::pull)) {
        busy = false;
        if (closed) {
          release();
        }
      }
    }
  }

  private synchronized void release() {
    player.close();
  }

  /// @return whether more operations are needed for this tick
  private synchronized boolean make() {
    player.perform(playout, clockRate, wantedRate);
    PcmFormat pcm = player.pcm();
    if (pcm == null) {
      return false;
    }
    int frames = pcm.frames(MediaPool.TICK_MILLIS);
    // What an acceleration takes away is asked for again: silence in its place would be a click.
    boolean more = player.frames() < ticks * frames && pulls < MAX_PULLS;
    if (!more) {
      emit(frames, pcm);
    }
    bufferedNanos = player.nanos();
    return more;
  }

  /// Hands out the samples of each tick; what is missing is silence.
  private void emit(int frames, PcmFormat pcm) {
    if (!pcm.equals(format)) {
      PcmFormat before = format;
      played = before == null ? 0 : played * pcm.rateHz() / before.rateHz();
      format = pcm;
    }
    for (int tick = 0; tick < ticks; tick++) {
      short[] out = player.take(frames);
      level.add(out, 0, out.length, pcm);
      source.emit(
          new AudioFrame(out, pcm.rateHz(), pcm.channels(), played * SECOND / pcm.rateHz()));
      played += frames;
    }
    figures =
        new Figures(
            pcm.rateHz(),
            played,
            level.last(),
            level.energy(),
            player.insertedSamples(),
            player.removedSamples(),
            player.synthesized(),
            player.synthesizedEvents(),
            player.isTimed() ? new PlayoutPoint(0, player.timestamp(), loop.now()) : null);
  }
}
