package org.klatsch.media.fec;

import org.klatsch.rtp.payload.RedPayload;

/// Makes RED payloads of audio, RFC 2198: each repeats as many earlier frames as the loss asks for,
/// as far as they fit. Not thread-safe.
public final class AudioRedSender {
  /// From this loss on a depth of 1, 2 and 3 pays: one copy survives single losses, more survive
  /// bursts, which are longer the greater the loss.
  private static final double[] RAISE = {0.01, 0.06, 0.15};

  /// A depth is left only when the loss is well below what brought it.
  private static final double LOWER = 0.5;

  private static final double SMOOTHING = 0.1;

  private final int minDepth;
  private final int maxDepth;
  private final byte[][] frames;
  private final int[] lengths;
  private final int[] timestamps;
  private final int[] types;
  private int newest = -1;
  private int count;
  private int depth;
  private double loss;

  /// @param minDepth repeated even without loss, 0 to `maxDepth`
  /// @param maxDepth most frames repeated, 1 to 9
  public AudioRedSender(int minDepth, int maxDepth) {
    if (maxDepth < 1 || maxDepth > 9 || minDepth < 0 || minDepth > maxDepth) {
      throw new IllegalArgumentException(
          "depth " + minDepth + " to " + maxDepth + ", within 0 to 9 and at least 1 expected");
    }
    this.minDepth = minDepth;
    this.maxDepth = maxDepth;
    this.depth = minDepth;
    this.frames = new byte[maxDepth][RedPayload.MAX_BLOCK_LENGTH];
    this.lengths = new int[maxDepth];
    this.timestamps = new int[maxDepth];
    this.types = new int[maxDepth];
  }

  /// Takes the share of packets lost since the last report, 0 to 1.
  public void handleLoss(double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("loss " + fraction + ", 0 to 1 expected");
    }
    loss = fraction > loss ? fraction : (1 - SMOOTHING) * loss + SMOOTHING * fraction;
    int wanted = depthFor(loss);
    if (wanted > depth || depthFor(loss / LOWER) < depth) {
      depth = Math.clamp(wanted, minDepth, maxDepth);
    }
  }

  private static int depthFor(double loss) {
    int depth = 0;
    while (depth < RAISE.length && loss >= RAISE[depth]) {
      depth++;
    }
    return depth;
  }

  /// How many earlier frames the next payload repeats at most.
  public int depth() {
    return depth;
  }

  /// Writes the payload of a frame and returns its length. Frames are repeated the newest first
  /// until the room is used up; those too long or too old for RED's fields are left out.
  ///
  /// @param payloadType of the frame's codec
  /// @param maxPayload most bytes of the payload, at least the frame's length and one
  public int write(
      int payloadType,
      int timestamp,
      byte[] frame,
      int offset,
      int length,
      byte[] out,
      int outOffset,
      int maxPayload) {
    if (length + 1 > maxPayload) {
      throw new IllegalArgumentException(
          "frame of " + length + " bytes in a payload of at most " + maxPayload);
    }
    int room = maxPayload - length - 1;
    int repeated = 0;
    while (repeated < Math.min(depth, count)) {
      int slot = slot(repeated);
      int age = timestamp - timestamps[slot];
      int size = lengths[slot] + RedPayload.HEADER_LENGTH;
      if (age <= 0 || age > RedPayload.MAX_TIMESTAMP_OFFSET || size > room) {
        break;
      }
      room -= size;
      repeated++;
    }
    int at = outOffset;
    for (int i = repeated - 1; i >= 0; i--) {
      int slot = slot(i);
      at =
          RedPayload.writeRedundantHeader(
              out, at, types[slot], timestamp - timestamps[slot], lengths[slot]);
    }
    at = RedPayload.writePrimaryHeader(out, at, payloadType);
    for (int i = repeated - 1; i >= 0; i--) {
      int slot = slot(i);
      System.arraycopy(frames[slot], 0, out, at, lengths[slot]);
      at += lengths[slot];
    }
    System.arraycopy(frame, offset, out, at, length);
    remember(payloadType, timestamp, frame, offset, length);
    return at + length - outOffset;
  }

  /// Takes a frame that is sent without RED, as depth 0 allows: later ones may repeat it.
  public void pass(int payloadType, int timestamp, byte[] frame, int offset, int length) {
    remember(payloadType, timestamp, frame, offset, length);
  }

  /// Slot of the frame `age` frames before the next one, 0 being the newest.
  private int slot(int age) {
    return Math.floorMod(newest - age, maxDepth);
  }

  private void remember(int payloadType, int timestamp, byte[] frame, int offset, int length) {
    if (length > RedPayload.MAX_BLOCK_LENGTH) {
      count = 0;
      return;
    }
    newest = (newest + 1) % maxDepth;
    System.arraycopy(frame, offset, frames[newest], 0, length);
    lengths[newest] = length;
    timestamps[newest] = timestamp;
    types[newest] = payloadType;
    count = Math.min(count + 1, maxDepth);
  }

  /// Forgets the earlier frames, for example when the track is replaced.
  public void reset() {
    count = 0;
  }
}
