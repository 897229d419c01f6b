package org.klatsch.media.forwarding;

import org.jspecify.annotations.Nullable;
import org.klatsch.media.video.VideoFormats;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.payload.Depacketizer;
import org.klatsch.rtp.payload.Vp8Descriptor;
import org.klatsch.rtp.payload.Vp9Descriptor;

/// Makes one stream of video out of several encodings of the same picture, for one receiver: the
/// wanted encoding from its next key frame on, with sequence numbers, timestamps and picture
/// numbers that go on as if nothing had changed. Higher temporal layers are left out where they are
/// not wanted. Losses stay visible to the receiver. Not thread-safe.
///
/// ```text
///   encodings q, h, f ──► forward ──► payload, sequenceNumber(), timestamp() ──► one stream
/// ```
public final class SimulcastForwarder {
  /// No encoding.
  public static final int NONE = -1;

  /// All temporal layers; the numbers of VP8 and VP9 have three bits at most.
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

  private final Depacketizer format;
  private final @Nullable Vp8Descriptor vp8;
  private final @Nullable Vp9Descriptor vp9;
  private final Numbering sequences;
  private final Numbering pictures;
  private final Numbering basePictures;
  private int wanted = NONE;
  private int current = NONE;
  private int wantedLayer = ALL_LAYERS;
  private int currentLayer = ALL_LAYERS;
  private boolean begun;
  private int timestampShift;
  private int newestTimestamp;
  private long newestTime;
  private int sequence;
  private int timestamp;
  private long switches;

  /// @param codec name of the codec, as `VP8`
  /// @param firstSequence of the stream that is made, at random, RFC 3550 §5.1
  /// @param firstTimestamp the same
  /// @throws IllegalArgumentException for a codec that has no payload format here
  public SimulcastForwarder(String codec, int firstSequence, int firstTimestamp) {
    Depacketizer known = VideoFormats.depacketizer(codec, 1);
    if (known == null) {
      throw new IllegalArgumentException("codec " + codec + ", expected one of video");
    }
    format = known;
    vp8 = codec.equalsIgnoreCase("vp8") ? new Vp8Descriptor() : null;
    vp9 = codec.equalsIgnoreCase("vp9") ? new Vp9Descriptor() : null;
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
    return wanted != current;
  }

  /// Takes a packet of the medium, without what wrapped or repeated it.
  ///
  /// @param encoding the index of its encoding
  /// @param out gets the payload with its new numbers, from `offset` on; must have room for it
  /// @return the length of the payload, 0 for padding; [#NONE] when the packet is not forwarded.
  ///   [#sequenceNumber()] and [#timestamp()] belong to it; marker and payload type stay as they
  ///   are
  /// @throws MalformedRtpException for a payload that breaks its format
  public int forward(long now, int encoding, RtpPacket packet, byte[] out, int offset)
      throws MalformedRtpException {
    if (encoding == wanted && encoding != current && beginsKeyFrame(packet)) {
      change(now, encoding, packet);
    }
    if (encoding != current || encoding == NONE) {
      return NONE;
    }
    int length = packet.payloadLength();
    boolean leftOut = length > 0 && readLayers(packet);
    sequence = sequences.map(packet.sequenceNumber(), leftOut);
    if (length > 0) {
      System.arraycopy(packet.array(), packet.payloadOffset(), out, offset, length);
    }
    boolean placed = length == 0 || renumber(out, offset, leftOut);
    if (sequence == Numbering.NONE || !placed) {
      return NONE;
    }
    timestamp = packet.timestamp() + timestampShift;
    if (timestamp - newestTimestamp > 0) {
      newestTimestamp = timestamp;
      newestTime = now;
    }
    return length;
  }

  private boolean beginsKeyFrame(RtpPacket packet) {
    return format.startsKeyFrame(packet.array(), packet.payloadOffset(), packet.payloadLength());
  }

  private void change(long now, int encoding, RtpPacket packet) throws MalformedRtpException {
    readLayers(packet);
    sequences.restart(packet.sequenceNumber());
    Vp8Descriptor ofVp8 = vp8;
    Vp9Descriptor ofVp9 = vp9;
    if (ofVp8 != null) {
      pictures.restart(ofVp8.pictureId());
      basePictures.restart(ofVp8.tl0PicIdx());
    } else if (ofVp9 != null) {
      pictures.restart(ofVp9.pictureId());
      basePictures.restart(ofVp9.tl0PicIdx());
    }
    int step = 0;
    if (begun) {
      long passed = Math.clamp(now - newestTime, 0, GREATEST_STEP);
      step = Math.max(LEAST_STEP, (int) (passed * CLOCK_RATE / SECOND));
    }
    timestampShift = newestTimestamp + step - packet.timestamp();
    newestTime = now;
    currentLayer = wantedLayer;
    switches += begun ? 1 : 0;
    begun = true;
    current = encoding;
  }

  /// Reads the descriptor of a payload.
  ///
  /// @return whether the payload belongs to a layer that is left out
  private boolean readLayers(RtpPacket packet) throws MalformedRtpException {
    byte[] array = packet.array();
    int offset = packet.payloadOffset();
    int length = packet.payloadLength();
    Vp8Descriptor ofVp8 = vp8;
    Vp9Descriptor ofVp9 = vp9;
    int layer = 0;
    boolean rises = false;
    if (ofVp8 != null) {
      ofVp8.parse(array, offset, length);
      layer = ofVp8.temporalLayer();
      rises = ofVp8.layerSync();
    } else if (ofVp9 != null) {
      ofVp9.parse(array, offset, length);
      layer = ofVp9.temporalLayer();
      rises = ofVp9.switchingPoint();
    }
    if (layer > currentLayer && layer <= wantedLayer && rises) {
      currentLayer = wantedLayer;
    }
    return layer > currentLayer;
  }

  /// Writes the new numbers of the picture.
  ///
  /// @return whether the picture has its place among those that are forwarded
  private boolean renumber(byte[] out, int offset, boolean leftOut) {
    Vp8Descriptor ofVp8 = vp8;
    Vp9Descriptor ofVp9 = vp9;
    int id = ofVp8 != null ? ofVp8.pictureId() : ofVp9 != null ? ofVp9.pictureId() : NONE;
    int base = ofVp8 != null ? ofVp8.tl0PicIdx() : ofVp9 != null ? ofVp9.tl0PicIdx() : NONE;
    boolean full = ofVp8 != null ? ofVp8.longPictureId() : ofVp9 != null && ofVp9.longPictureId();
    int newId =
        id == NONE ? 0 : pictures.map(full ? id : pictures.extend(id, SHORT_PICTURE), leftOut);
    int newBase = base == NONE ? 0 : basePictures.map(base, false);
    if (newId == Numbering.NONE || newBase == Numbering.NONE) {
      return false;
    }
    if (ofVp8 != null) {
      ofVp8.rewrite(out, offset, newId, newBase);
    } else if (ofVp9 != null) {
      ofVp9.rewrite(out, offset, newId, newBase);
    }
    return true;
  }

  /// The new sequence number of the packet forwarded last.
  public int sequenceNumber() {
    return sequence;
  }

  /// The new timestamp of the packet forwarded last.
  public int timestamp() {
    return timestamp;
  }

  /// How often one encoding took over from another.
  public long switches() {
    return switches;
  }
}
