package org.klatsch.gateway.media;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.net.LoopTimer;

/// Plays encoded frames to a leg, one every 20 ms. Confined to the leg's loop.
final class Player {
  private static final long TICK = Announcement.FRAME_MILLIS * 1_000_000L;

  /// After a pause of the loop no more than this is made up for.
  private static final long MAX_LATE = 10 * TICK;

  private final Outlet outlet;
  private final LoopTimer timer;
  private @Nullable RtpCodec codec;
  private List<byte[]> frames = List.of();
  private boolean endless;
  private int next;
  private int timestamp;
  private long due;
  private Runnable whenDone = () -> {};

  Player(Outlet outlet) {
    this.outlet = outlet;
    this.timer = outlet.leg().loop().timer(this::tick);
  }

  boolean isPlaying() {
    return codec != null;
  }

  /// Begins to play in place of what was played.
  ///
  /// @param over called on the loop when the last frame was sent
  void play(RtpCodec in, List<byte[]> list, boolean again, Runnable over) {
    codec = in;
    frames = list;
    endless = again;
    next = 0;
    whenDone = over;
    due = outlet.leg().loop().now();
    timer.set(due);
  }

  void stop() {
    codec = null;
    timer.cancel();
  }

  private void tick() {
    RtpCodec current = codec;
    long now = outlet.leg().loop().now();
    due = Math.max(due, now - MAX_LATE);
    while (current != null && due <= now) {
      if (next >= frames.size()) {
        if (!endless || frames.isEmpty()) {
          codec = null;
          whenDone.run();
          return;
        }
        next = 0;
      }
      byte[] payload = frames.get(next++);
      int samples = current.clockRateHz() / 1000 * Announcement.FRAME_MILLIS;
      if (payload.length > 0) {
        outlet.send(
            now, this, current, EncodedAudioFrame.of(current, payload, timestamp, samples, now));
      }
      timestamp += samples;
      due += TICK;
    }
    timer.set(due);
  }
}
