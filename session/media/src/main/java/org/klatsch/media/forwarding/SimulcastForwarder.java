package org.klatsch.media.forwarding;

import org.klatsch.media.Renumbering;
import org.klatsch.media.StoredPacket;

/// Makes one stream of video out of several encodings of the same picture, or of some layers of a
/// scalable one, for one receiver: the wanted encoding from its next key frame on, with sequence
/// numbers, timestamps and picture numbers that go on as if nothing had changed. Higher layers are
/// left out where they are not wanted. Losses stay visible to the receiver. Not thread-safe.
///
/// ```text
///   encodings q, h, f ──► accept ──► sequenceNumber(), timestamp() … ──► one stream
/// ```
public final class SimulcastForwarder implements Renumbering {
  /// No encoding.
  public static final int NONE = -1;

  /// All layers; their numbers have three bits at most.
  public static final int ALL_LAYERS = 7;

  private static final int SEQUENCES = 1024;
  private static final int PICTURES = 128;
  private static final int BASE_PICTURES = 64;

  /// Bits of a picture number that has one byte.
  private static final int SHORT_PICTURE = 7;

  private static final int CLOCK_RATE = 90_000;
  private static final long SECOND = 1_000_000_000L;

  /// A switch takes at least the time of a frame at 60 a second, so that timestamps grow.
  private static final int LEAST_STEP = CLOCK_RATE / 60;

  /// Longer pauses make no longer steps: a receiver need not wait for what was not there.
  private static final long GREATEST_STEP = 10 * SECOND;

  private final Numbering sequences;
  private final Numbering pictures;
  private final Numbering basePictures;
  private int wanted = NONE;
  private int current = NONE;
  private int wantedLayer = ALL_LAYERS;
  private int currentLayer = ALL_LAYERS;
  private int wantedSpatial = ALL_LAYERS;
  private int currentSpatial = ALL_LAYERS;
  private boolean begun;
  private int timestampShift;
  private int newestTimestamp;
  private long newestTime;
  private int sequence;
  private int timestamp;
  private int pictureId;
  private int basePictureId;
  private boolean marker;
  private long switches;

  /// @param firstSequence of the stream that is made, at random, RFC 3550 §5.1
  /// @param firstTimestamp the same
  public SimulcastForwarder(int firstSequence, int firstTimestamp) {
    sequences = new Numbering(16, SEQUENCES, firstSequence);
    pictures = new Numbering(15, PICTURES, firstSequence);
    basePictures = new Numbering(8, BASE_PICTURES, firstSequence);
    newestTimestamp = firstTimestamp;
  }

  /// Chooses an encoding: it is forwarded from its next key frame on, and the present one until
  /// then. [#NONE] stops at once.
  ///
  /// @param encoding its index
  public void select(int encoding) {
    wanted = encoding;
    if (encoding == NONE) {
      current = NONE;
    }
  }

  /// Chooses the highest temporal layer that is forwarded; lower ones at once, higher ones from
  /// where they can be decoded on.
  public void selectLayer(int temporal) {
    wantedLayer = temporal;
    currentLayer = Math.min(currentLayer, temporal);
  }

  /// Chooses the highest spatial layer that is forwarded: lower ones from the next picture on,
  /// higher ones from the next key frame on.
  public void selectSpatialLayer(int spatial) {
    wantedSpatial = spatial;
  }

  /// The encoding that is forwarded, [#NONE] before the first key frame.
  public int current() {
    return current;
  }

  /// The encoding that was chosen.
  public int wanted() {
    return wanted;
  }

  /// Whether the sender is to be asked for a key frame of the chosen encoding.
  public boolean needsKeyFrame() {
    return wanted != current || wantedSpatial > currentSpatial;
  }

  /// What was accepted did not leave: goes on with the next key frame.
  ///
  /// @param nextSequence the number that was not used
  public void restart(int nextSequence) {
    current = NONE;
    sequences.goOnAt(nextSequence);
  }

  /// The encoding begins anew under another SSRC: goes on with its next key frame.
  ///
  /// @param encoding its index
  public void renewed(int encoding) {
    if (encoding == current) {
      current = NONE;
    }
  }

  /// Takes a packet of the medium, without what wrapped or repeated it.
  ///
  /// @param encoding the index of its encoding
  /// @return whether it is forwarded; its numbers are then those of this
  public boolean accept(long now, int encoding, StoredPacket packet) {
    boolean key = packet.keyFrame() && packet.spatialLayer() == 0;
    if (encoding == wanted && key && (encoding != current || wantedSpatial > currentSpatial)) {
      change(now, encoding, packet);
    }
    if (encoding != current || encoding == NONE) {
      return false;
    }
    boolean leftOut = packet.payloadLength() == 0 || isLeftOut(packet);
    sequence = sequences.map(packet.sequenceNumber(), leftOut);
    boolean placed = renumber(packet, leftOut);
    if (sequence == Numbering.NONE || !placed) {
      return false;
    }
    timestamp = packet.timestamp() + timestampShift;
    if (timestamp - newestTimestamp > 0) {
      newestTimestamp = timestamp;
      newestTime = now;
    }
    marker = packet.marker() || packet.endsLayer() && packet.spatialLayer() == currentSpatial;
    return true;
  }

  private void change(long now, int encoding, StoredPacket packet) {
    currentLayer = wantedLayer;
    currentSpatial = wantedSpatial;
    if (encoding == current) {
      return;
    }
    sequences.restart(packet.sequenceNumber());
    pictures.restart(packet.pictureId());
    basePictures.restart(packet.basePictureId());
    int step = 0;
    if (begun) {
      long passed = Math.clamp(now - newestTime, 0, GREATEST_STEP);
      step = Math.max(LEAST_STEP, (int) (passed * CLOCK_RATE / SECOND));
    }
    timestampShift = newestTimestamp + step - packet.timestamp();
    newestTime = now;
    switches += begun ? 1 : 0;
    begun = true;
    current = encoding;
  }

  /// Whether the packet belongs to a layer that is left out.
  private boolean isLeftOut(StoredPacket packet) {
    int layer = packet.temporalLayer();
    if (layer > currentLayer && layer <= wantedLayer && packet.switchesUp()) {
      currentLayer = wantedLayer;
    }
    if (wantedSpatial < currentSpatial
        && packet.timestamp() + timestampShift - newestTimestamp > 0) {
      currentSpatial = wantedSpatial;
    }
    return layer > currentLayer || packet.spatialLayer() > currentSpatial;
  }

  /// Finds the new numbers of the picture.
  ///
  /// @return whether the picture has its place among those that are forwarded
  private boolean renumber(StoredPacket packet, boolean leftOut) {
    int id = packet.pictureId();
    int base = packet.basePictureId();
    // A picture is left out whole only by its temporal layer.
    boolean picture = leftOut && packet.temporalLayer() > currentLayer;
    int full = packet.longPictureId() ? id : pictures.extend(id, SHORT_PICTURE);
    pictureId = id == StoredPacket.ABSENT ? 0 : pictures.map(full, picture);
    basePictureId = base == StoredPacket.ABSENT ? 0 : basePictures.map(base, false);
    return !leftOut && pictureId != Numbering.NONE && basePictureId != Numbering.NONE;
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
    return pictureId;
  }

  @Override
  public int basePictureId() {
    return basePictureId;
  }

  @Override
  public boolean marker() {
    return marker;
  }

  /// How often one encoding took over from another.
  public long switches() {
    return switches;
  }
}
