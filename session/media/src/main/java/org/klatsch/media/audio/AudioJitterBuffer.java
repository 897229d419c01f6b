package org.klatsch.media.audio;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Holds received audio until it is due and decides, at each pull, how the next samples are made.
///
/// Everything is judged by one figure, the *slack* of the next frame: how long before now a packet
/// on the fastest path would have brought it. Slack below the delay that most packets need means
/// that frames will miss their turn; slack above means a conversation later than it must be.
/// Concealing a frame that never came leaves the slack alone, waiting for a late one adds to it, so
/// lost and late packets need not be told apart beforehand. Not thread-safe.
///
/// @param <F> the frames
public final class AudioJitterBuffer<F> {
  private static final long SECOND = 1_000_000_000L;

  /// What playout keeps beyond the delay that packets need, so that drifting clocks are answered by
  /// stretching before they cost a frame.
  public static final long MARGIN = 10_000_000;

  /// Slack may be this far below the target before samples are stretched.
  private static final long EXPAND_BELOW = 5_000_000;

  /// Slack may be this far above the target before samples are dropped: more than one stretch does.
  private static final long ACCELERATE_ABOVE = 20_000_000;

  /// From here on every frame is shortened.
  private static final long ACCELERATE_HARD_ABOVE = 120_000_000;

  /// A beginning this much later than aimed at is skipped rather than caught up with.
  private static final long STALE = 300_000_000;

  /// Between changes of length otherwise: seldom enough not to be heard.
  private static final long STRETCH_INTERVAL = 60_000_000;

  /// Pulls whose least slack counts, so that the sawtooth of pulls and frames of different length
  /// is not taken for a change.
  private static final int SLACK_FETCHES = 8;

  /// A transit this far from the base is another timeline, not a late packet.
  private static final long JUMP = 5 * SECOND;

  /// So many late frames in a row mean that the timestamps went back.
  private static final int MAX_LATE_RUN = 10;

  /// Losses below are too few to wait for in-band error correction.
  private static final double REPAIRED_LOSS = 0.01;

  /// How much of the share of lost frames one frame decides: it remembers about 100.
  private static final double LOSS_WEIGHT = 0.01;

  /// Frames that repair brings are not waited for longer than this.
  private static final long MAX_REPAIR_DELAY = 150_000_000;

  /// How fast the delay that repair needs follows one that needs more, and one that needs less.
  private static final double REPAIR_RISE = 0.3;

  private static final double REPAIR_FALL = 0.05;

  /// A pause this long ended an utterance: the next one starts at the delay aimed at.
  private static final long PAUSE = 100_000_000;

  private final AudioJitterOptions options;
  private final int clockRateHz;
  private final DelayEstimator estimator;

  private final @Nullable Object[] frames;
  private final long[] timestamps;
  private final int[] lengths;
  private final FrameKind[] kinds;
  private final long[] arrivals;
  private int size;

  private boolean playing;
  private boolean begun;

  /// Timestamp, without wrapping, of the next sample that playout wants.
  private long next;

  /// Samples played since `next` came to a halt.
  private long stalled;

  private long highest;
  private int lateRun;
  private int lastLength;
  private double lossShare;
  private boolean fecSeen;

  /// The share of frames that came by repair, and how long after the fastest way.
  private double repairShare;

  private long repairDelay;
  private boolean noise;
  private boolean concealing;
  private boolean quiet;
  private long earliestStretch;
  private long minSlack = Long.MAX_VALUE;
  private long previousMinSlack = Long.MAX_VALUE;
  private int fetches;
  private long floor;

  /// The delay aimed at when nothing else is to be waited for.
  private long needed;

  private long target;
  private long playoutDelay;

  private long emittedSamples;
  private long delayNanos;
  private long targetDelayNanos;
  private long minimumDelayNanos;
  private long processingNanos;
  private long totalSamples;
  private long concealedSamples;
  private long silentConcealedSamples;
  private long concealmentEvents;
  private long framesDiscarded;
  private long framesRecovered;
  private long accelerations;
  private long expansions;
  private long restarts;

  /// @param clockRateHz of the RTP timestamps
  public AudioJitterBuffer(AudioJitterOptions options, int clockRateHz) {
    if (clockRateHz < 1) {
      throw new IllegalArgumentException("clockRateHz " + clockRateHz + ", expected at least 1");
    }
    this.options = options;
    this.clockRateHz = clockRateHz;
    this.estimator = new DelayEstimator(options.quantile());
    this.frames = new @Nullable Object[options.maxFrames()];
    this.timestamps = new long[options.maxFrames()];
    this.lengths = new int[options.maxFrames()];
    this.kinds = new FrameKind[options.maxFrames()];
    this.arrivals = new long[options.maxFrames()];
    this.lastLength = clockRateHz / 50;
    this.needed = options.initialDelay().toNanos();
    this.target = needed;
  }

  /// Takes a frame.
  ///
  /// @param timestamp RTP timestamp
  /// @param length in units of the clock; 0 for comfort noise
  /// @param onTime whether the packet shows what the network does; false for one that repair
  ///   brought
  /// @return whether it was kept; false for a duplicate and for one too late
  public boolean insert(
      long now, int timestamp, int length, FrameKind kind, boolean onTime, F frame) {
    Objects.requireNonNull(frame);
    long extended = begun ? highest + (timestamp - (int) highest) : timestamp & 0xffff_ffffL;
    long transit = now - nanos(extended);
    if (begun && Math.abs(transit - estimator.base()) > JUMP) {
      restart();
      extended = timestamp & 0xffff_ffffL;
      transit = now - nanos(extended);
    }
    if (onTime || estimator.isEmpty()) {
      estimator.add(now, transit);
      repairShare -= repairShare * LOSS_WEIGHT;
    } else {
      noteRepair(transit - estimator.base());
    }
    updateTarget();
    highest = begun ? Math.max(highest, extended) : extended;
    begun = true;
    if (playing && extended < next) {
      framesDiscarded++;
      if (++lateRun >= MAX_LATE_RUN) {
        restart();
      }
      return false;
    }
    lateRun = 0;
    int at = size;
    while (at > 0 && timestamps[at - 1] > extended) {
      at--;
    }
    if (at > 0 && timestamps[at - 1] == extended) {
      return false;
    }
    if (size == frames.length) {
      framesDiscarded++;
      if (at == 0) {
        return false;
      }
      removeFirst();
      at--;
    }
    int moved = size - at;
    System.arraycopy(frames, at, frames, at + 1, moved);
    System.arraycopy(timestamps, at, timestamps, at + 1, moved);
    System.arraycopy(lengths, at, lengths, at + 1, moved);
    System.arraycopy(kinds, at, kinds, at + 1, moved);
    System.arraycopy(arrivals, at, arrivals, at + 1, moved);
    frames[at] = frame;
    timestamps[at] = extended;
    lengths[at] = length;
    kinds[at] = kind;
    arrivals[at] = now;
    size++;
    return true;
  }

  /// Decides how the next samples are made.
  ///
  /// @param wanted samples to be played before the next pull, in units of the clock
  /// @param buffered samples made before and not played, in units of the clock
  /// @param out filled with operations that make at least what is missing, but for what an
  ///   acceleration takes away
  public void pull(long now, int wanted, int buffered, AudioPlayout<F> out) {
    out.clear();
    int planned = buffered;
    boolean mayStretch = true;
    while (planned < wanted && !out.isFull()) {
      int count = step(now, wanted - planned, planned, mayStretch, out);
      AudioOperation last = out.operation(out.size() - 1);
      mayStretch &= last != AudioOperation.ACCELERATE && last != AudioOperation.PREEMPTIVE_EXPAND;
      planned += count;
      totalSamples += count;
    }
  }

  /// Forgets all frames and begins anew with the next one.
  public void flush() {
    while (size > 0) {
      removeFirst();
      framesDiscarded++;
    }
    playing = false;
    stalled = 0;
    noise = false;
    resetSlack();
  }

  /// Asks for a delay of at least this much, to be in time with video.
  public void minimumDelay(long nanos) {
    floor = Math.clamp(nanos, 0, options.maxDelay().toNanos());
    updateTarget();
  }

  /// The delay aimed at, in nanoseconds.
  public long targetDelay() {
    return target;
  }

  /// The delay that would be aimed at without [#minimumDelay], in nanoseconds.
  public long neededDelay() {
    return needed;
  }

  /// The delay of the last sample that was planned, behind the fastest packet, in nanoseconds.
  public long playoutDelay() {
    return playoutDelay;
  }

  /// The RTP timestamp of the next sample to be made.
  public int nextTimestamp() {
    return (int) next;
  }

  /// Whether playout has begun.
  public boolean isPlaying() {
    return playing;
  }

  /// Frames that wait.
  public int size() {
    return size;
  }

  public int clockRateHz() {
    return clockRateHz;
  }

  public AudioJitterStatistics statistics() {
    return new AudioJitterStatistics(
        emittedSamples,
        delayNanos,
        targetDelayNanos,
        minimumDelayNanos,
        processingNanos,
        totalSamples,
        concealedSamples,
        silentConcealedSamples,
        concealmentEvents,
        framesDiscarded,
        framesRecovered,
        accelerations,
        expansions,
        restarts);
  }

  private int step(long now, int missing, int planned, boolean mayStretch, AudioPlayout<F> out) {
    if (!playing) {
      if (size == 0 || slack(now, timestamps[0]) < target) {
        return silence(missing, out);
      }
      skipStale(now);
      playing = true;
      next = timestamps[0];
      stalled = 0;
    }
    while (size > 0 && timestamps[0] < next) {
      removeFirst();
      framesDiscarded++;
    }
    if (size == 0) {
      return stall(missing, out);
    }
    long gap = timestamps[0] - next;
    if (gap > 0 && stalled > 0) {
      long covered = Math.min(gap, stalled);
      next += covered;
      gap -= covered;
      if (gap > 0) {
        stalled = 0;
      }
    }
    if (gap > 0) {
      if (nanos(gap) <= PAUSE || slack(now, timestamps[0]) < target + STALE) {
        return fillGap(gap, missing, out);
      }
      // Nobody pulled for so long that frames were dropped. To conceal all of them would take as
      // long as the next ones need to be dropped in turn.
      skipStale(now);
      next = timestamps[0];
      resetSlack();
    }
    if (nanos(stalled) >= PAUSE && slack(now, next) < target) {
      return stall(missing, out);
    }
    stalled = 0;
    return kinds[0] == FrameKind.COMFORT_NOISE
        ? startNoise(missing, out)
        : decode(now, planned, mayStretch, out);
  }

  /// What waited while nobody pulled is left out: playout begins at the delay aimed at rather than
  /// seconds behind.
  private void skipStale(long now) {
    if (slack(now, timestamps[0]) < target + STALE) {
      return;
    }
    while (size > 1 && slack(now, timestamps[1]) >= target) {
      removeFirst();
      framesDiscarded++;
    }
  }

  /// The frame before the first one is missing, and its time has come.
  private int fillGap(long gap, int missing, AudioPlayout<F> out) {
    if (kinds[0] == FrameKind.AUDIO_WITH_FEC && !noise) {
      // Only the frame right before is inside: conceal what is missing before that.
      long before = gap - lengths[0];
      if (before <= 0) {
        out.add(AudioOperation.DECODE_FEC, first(), (int) gap);
        next += gap;
        framesRecovered++;
        concealing = false;
        noteLoss(true);
        return (int) gap;
      }
      gap = before;
    }
    int count = (int) Math.min(gap, noise || quiet ? missing : lastLength);
    noteLoss(!noise && !quiet);
    next += count;
    return makeUp(count, out);
  }

  /// Nothing is there: the next frame is late, lost, or was not sent.
  private int stall(int missing, AudioPlayout<F> out) {
    stalled += missing;
    return makeUp(missing, out);
  }

  private int makeUp(int count, AudioPlayout<F> out) {
    concealedSamples += count;
    if (!concealing) {
      concealing = true;
      concealmentEvents++;
    }
    if (noise) {
      silentConcealedSamples += count;
      out.add(AudioOperation.COMFORT_NOISE, null, count);
    } else if (quiet || nanos(stalled) > options.maxConcealment().toNanos()) {
      silentConcealedSamples += count;
      out.add(AudioOperation.SILENCE, null, count);
    } else {
      out.add(AudioOperation.CONCEAL, null, count);
    }
    return count;
  }

  /// The audio stopped on purpose (a telephone event took its place): until the next frame silence
  /// is played rather than concealment.
  public void quiet() {
    quiet = true;
  }

  private int silence(int missing, AudioPlayout<F> out) {
    concealedSamples += missing;
    silentConcealedSamples += missing;
    out.add(AudioOperation.SILENCE, null, missing);
    return missing;
  }

  private int startNoise(int missing, AudioPlayout<F> out) {
    noise = true;
    quiet = false;
    stalled = missing;
    concealedSamples += missing;
    silentConcealedSamples += missing;
    out.add(AudioOperation.COMFORT_NOISE, first(), missing);
    removeFirst();
    return missing;
  }

  private int decode(long now, int planned, boolean mayStretch, AudioPlayout<F> out) {
    long slack = slack(now, next);
    noteSlack(slack);
    AudioOperation operation = AudioOperation.DECODE;
    if (mayStretch && !concealing) {
      operation = stretching(now, slack);
    }
    int length = lengths[0];
    FrameKind kind = kinds[0];
    out.add(operation, first(), length);
    long played = now + nanos(planned);
    emittedSamples += length;
    delayNanos += (played - arrivals[0]) * length;
    targetDelayNanos += target * length;
    minimumDelayNanos += estimator.target() * length;
    processingNanos += (now - arrivals[0]) * length;
    playoutDelay = slack + nanos(planned);
    removeFirst();
    next += length;
    lastLength = length;
    fecSeen = kind == FrameKind.AUDIO_WITH_FEC;
    noteLoss(false);
    noise = false;
    quiet = false;
    concealing = false;
    return length;
  }

  private AudioOperation stretching(long now, long slack) {
    long least = Math.min(minSlack, previousMinSlack);
    if (slack > target + ACCELERATE_HARD_ABOVE) {
      // Without rest: better odd speech for a moment than half a second of delay.
      accelerations++;
      return AudioOperation.ACCELERATE;
    }
    if (now < earliestStretch) {
      return AudioOperation.DECODE;
    }
    if (previousMinSlack != Long.MAX_VALUE && least > target + ACCELERATE_ABOVE) {
      earliestStretch = now + STRETCH_INTERVAL;
      accelerations++;
      resetSlack();
      return AudioOperation.ACCELERATE;
    }
    if (slack < target - EXPAND_BELOW) {
      earliestStretch = now + STRETCH_INTERVAL;
      expansions++;
      resetSlack();
      return AudioOperation.PREEMPTIVE_EXPAND;
    }
    return AudioOperation.DECODE;
  }

  private void noteLoss(boolean lost) {
    lossShare += ((lost ? 1 : 0) - lossShare) * LOSS_WEIGHT;
  }

  private void noteSlack(long slack) {
    minSlack = Math.min(minSlack, slack);
    if (++fetches == SLACK_FETCHES) {
      previousMinSlack = minSlack;
      minSlack = Long.MAX_VALUE;
      fetches = 0;
    }
  }

  private void resetSlack() {
    minSlack = Long.MAX_VALUE;
    previousMinSlack = Long.MAX_VALUE;
    fetches = 0;
  }

  private long slack(long now, long timestamp) {
    return now - nanos(timestamp) - estimator.base();
  }

  private void noteRepair(long delay) {
    repairShare += (1 - repairShare) * LOSS_WEIGHT;
    double change = Math.clamp(delay, 0, MAX_REPAIR_DELAY) - (double) repairDelay;
    repairDelay += (long) (change * (change > 0 ? REPAIR_RISE : REPAIR_FALL));
  }

  /// What is lost can be taken from a packet behind it, if that is there in time.
  private long repairTime() {
    long inBand = lossShare > REPAIRED_LOSS && fecSeen ? nanos(lastLength) : 0;
    return repairShare > REPAIRED_LOSS ? Math.max(inBand, repairDelay) : inBand;
  }

  private void updateTarget() {
    long repair = repairTime();
    long wanted = playing ? estimator.target() + MARGIN + repair : options.initialDelay().toNanos();
    long most = options.maxDelay().toNanos();
    needed = Math.min(Math.max(wanted, options.minDelay().toNanos()), most);
    target = Math.clamp(floor, needed, most);
  }

  /// Forgets all, as when another stream takes over.
  public void restart() {
    restarts++;
    flush();
    estimator.reset();
    repairShare = 0;
    repairDelay = 0;
    lateRun = 0;
    begun = false;
  }

  @SuppressWarnings("unchecked")
  private @Nullable F first() {
    return (F) frames[0];
  }

  private void removeFirst() {
    size--;
    System.arraycopy(frames, 1, frames, 0, size);
    System.arraycopy(timestamps, 1, timestamps, 0, size);
    System.arraycopy(lengths, 1, lengths, 0, size);
    System.arraycopy(kinds, 1, kinds, 0, size);
    System.arraycopy(arrivals, 1, arrivals, 0, size);
    Arrays.fill(frames, size, size + 1, null);
  }

  private long nanos(long samples) {
    return samples / clockRateHz * SECOND + samples % clockRateHz * SECOND / clockRateHz;
  }
}
