package org.klatsch.gateway.media;

import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;

/// What a leg is sent, from whatever source: one timeline, RFC 3550 §5.1, on which a new source
/// begins where the clock is, and its first frame is marked. Confined to the leg's loop.
final class Outlet {
  private static final long SECOND = 1_000_000_000L;

  private final AudioLeg leg;
  private @Nullable Object source;
  private int clockRateHz;
  private int offset;
  private int last;
  private int lastSamples;
  private long lastTime;
  private boolean begun;

  Outlet(AudioLeg leg) {
    this.leg = leg;
  }

  AudioLeg leg() {
    return leg;
  }

  /// Sends a frame.
  ///
  /// @param from where it comes from: anything that changes with the numbering of timestamps
  /// @param codec of the leg
  void send(long now, Object from, RtpCodec codec, EncodedAudioFrame frame) {
    boolean marked = frame.marker();
    if (!from.equals(source) || codec.clockRateHz() != clockRateHz) {
      int next = 0;
      if (begun) {
        long passed = (now - lastTime) / 1000 * codec.clockRateHz() / (SECOND / 1000);
        next = last + (int) Math.max(lastSamples, passed);
      }
      source = from;
      clockRateHz = codec.clockRateHz();
      offset = next - frame.rtpTimestamp();
      marked = true;
    }
    begun = true;
    last = frame.rtpTimestamp() + offset;
    lastSamples = frame.samples();
    lastTime = now;
    leg.send(
        new EncodedAudioFrame(
            codec,
            frame.payload(),
            last,
            frame.samples(),
            marked,
            frame.audioLevel(),
            frame.voice(),
            frame.captureTime(),
            null));
  }
}
