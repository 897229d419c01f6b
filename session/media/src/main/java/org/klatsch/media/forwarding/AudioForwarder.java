package org.klatsch.media.forwarding;

import org.klatsch.media.Renumbering;
import org.klatsch.media.StoredPacket;

/// Makes one stream out of a stream of audio for one receiver: with pauses where it is not wanted
/// and going on where its sender began anew, without gaps in the numbers. Losses stay visible. Not
/// thread-safe.
final class AudioForwarder implements Renumbering {
  private static final int SEQUENCES = 128;
  private static final long SECOND = 1_000_000_000L;

  /// Longer pauses make no longer steps.
  private static final long GREATEST_STEP = 10 * SECOND;

  private final Numbering sequences;
  private boolean begun;
  private boolean paused;
  private int source;
  private int timestampShift;
  private int newestTimestamp;
  private long newestTime;
  private int sequence;
  private int timestamp;
  private boolean marker;

  AudioForwarder(int firstSequence, int firstTimestamp) {
    sequences = new Numbering(16, SEQUENCES, firstSequence);
    newestTimestamp = firstTimestamp;
  }

  /// Takes a packet.
  ///
  /// @param ssrc that it came with
  /// @param leftOut whether it is not wanted
  /// @return whether it is forwarded; its numbers are then those of this
  boolean accept(long now, int ssrc, StoredPacket packet, boolean leftOut) {
    if (!begun || ssrc != source) {
      long passed = begun ? Math.clamp(now - newestTime, 0, GREATEST_STEP) : 0;
      int step = (int) (passed * packet.codec().clockRateHz() / SECOND);
      timestampShift = newestTimestamp + step - packet.timestamp();
      sequences.restart(packet.sequenceNumber());
      source = ssrc;
      begun = true;
    }
    sequence = sequences.map(packet.sequenceNumber(), leftOut);
    if (leftOut || sequence == Numbering.NONE) {
      paused |= leftOut;
      return false;
    }
    timestamp = packet.timestamp() + timestampShift;
    if (timestamp - newestTimestamp > 0) {
      newestTimestamp = timestamp;
      newestTime = now;
    }
    // RFC 3551 §4.1: the first packet of a talkspurt.
    marker = packet.marker() || paused;
    paused = false;
    return true;
  }

  /// What was accepted did not leave.
  ///
  /// @param nextSequence the number that was not used
  void restart(int nextSequence) {
    sequences.goOnAt(nextSequence);
  }

  @Override
  public int sequenceNumber() {
    return sequence;
  }

  @Override
  public int timestamp() {
    return timestamp;
  }

  @Override
  public int pictureId() {
    return 0;
  }

  @Override
  public int basePictureId() {
    return 0;
  }

  @Override
  public boolean marker() {
    return marker;
  }
}
