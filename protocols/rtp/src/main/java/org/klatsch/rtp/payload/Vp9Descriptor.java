package org.klatsch.rtp.payload;

import java.util.Arrays;
import java.util.Objects;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;

/// VP9 payload descriptor, RFC 9628 §4.2. A view reused by [#parse]; not thread-safe.
///
/// ```
///       |I|P|L|F|B|E|V|Z|
///  I:   |M| PICTURE ID  |
///  M:   | EXTENDED PID  |
///  L:   | TID |U| SID |D|
///       |   TL0PICIDX   |  non-flexible mode only
///  P,F: | P_DIFF      |N|  up to three times
///  V:   | SS            |
/// ```
public final class Vp9Descriptor {
  /// Value of fields that are absent.
  public static final int ABSENT = -1;

  private static final int MAX_REFERENCES = 3;

  /// Spatial layers a scalability structure can have.
  public static final int MAX_SPATIAL_LAYERS = 8;

  private int flags;
  private int pictureId = ABSENT;
  private int pictureIdAt;
  private boolean longPictureId;
  private int temporalLayer = ABSENT;
  private int spatialLayer = ABSENT;
  private boolean switchingPoint;
  private boolean interLayer;
  private int tl0PicIdx = ABSENT;
  private int tl0PicIdxAt;
  private int referenceCount;
  private final int[] references = new int[MAX_REFERENCES];
  private int spatialLayers;
  private final int[] widths = new int[MAX_SPATIAL_LAYERS];
  private final int[] heights = new int[MAX_SPATIAL_LAYERS];

  /// A view of nothing yet.
  public Vp9Descriptor() {}

  /// Reads the descriptor at the beginning of a payload and returns its length.
  public int parse(byte[] payload, int offset, int length) throws MalformedRtpException {
    pictureId = ABSENT;
    longPictureId = false;
    temporalLayer = ABSENT;
    spatialLayer = ABSENT;
    switchingPoint = false;
    interLayer = false;
    tl0PicIdx = ABSENT;
    referenceCount = 0;
    spatialLayers = 0;
    flags = 0;
    require(length, 1);
    flags = Bytes.u8(payload, offset);
    int at = 1;
    if ((flags & 0x80) != 0) {
      require(length, at + 1);
      pictureIdAt = at;
      pictureId = Bytes.u8(payload, offset + at++);
      if ((pictureId & 0x80) != 0) {
        require(length, at + 1);
        longPictureId = true;
        pictureId = (pictureId & 0x7f) << 8 | Bytes.u8(payload, offset + at++);
      }
    }
    if ((flags & 0x20) != 0) {
      require(length, at + 1);
      int layers = Bytes.u8(payload, offset + at++);
      temporalLayer = layers >>> 5;
      switchingPoint = (layers & 0x10) != 0;
      spatialLayer = layers >>> 1 & 7;
      interLayer = (layers & 1) != 0;
      if (!flexible()) {
        require(length, at + 1);
        tl0PicIdxAt = at;
        tl0PicIdx = Bytes.u8(payload, offset + at++);
      }
    }
    if (interPicture() && flexible()) {
      boolean more = true;
      while (more) {
        if (referenceCount == MAX_REFERENCES) {
          throw Malformed.payload("VP9 frame with more than three references");
        }
        require(length, at + 1);
        int reference = Bytes.u8(payload, offset + at++);
        references[referenceCount++] = reference >>> 1;
        more = (reference & 1) != 0;
      }
    }
    if ((flags & 0x02) != 0) {
      at = parseStructure(payload, offset, length, at);
    }
    return at;
  }

  /// Scalability structure, RFC 9628 §4.2.1; of its picture group only the length is of use here.
  private int parseStructure(byte[] payload, int offset, int length, int from)
      throws MalformedRtpException {
    int at = from;
    require(length, at + 1);
    int head = Bytes.u8(payload, offset + at++);
    spatialLayers = (head >>> 5) + 1;
    if ((head & 0x10) != 0) {
      require(length, at + 4 * spatialLayers);
      for (int i = 0; i < spatialLayers; i++, at += 4) {
        widths[i] = Bytes.u16(payload, offset + at);
        heights[i] = Bytes.u16(payload, offset + at + 2);
      }
    } else {
      Arrays.fill(widths, 0);
      Arrays.fill(heights, 0);
    }
    if ((head & 0x08) != 0) {
      require(length, at + 1);
      int pictures = Bytes.u8(payload, offset + at++);
      for (int i = 0; i < pictures; i++) {
        require(length, at + 1);
        at += 1 + (Bytes.u8(payload, offset + at) >>> 2 & 3);
      }
      require(length, at);
    }
    return at;
  }

  private static void require(int length, int expected) throws MalformedRtpException {
    if (length < expected) {
      throw Malformed.truncated("VP9 descriptor", length);
    }
  }

  /// P: the frame refers to earlier pictures.
  public boolean interPicture() {
    return (flags & 0x40) != 0;
  }

  /// F: references are listed in each packet.
  public boolean flexible() {
    return (flags & 0x10) != 0;
  }

  /// B: the payload begins a layer's frame.
  public boolean frameStart() {
    return (flags & 0x08) != 0;
  }

  /// E: the payload ends a layer's frame.
  public boolean frameEnd() {
    return (flags & 0x04) != 0;
  }

  /// V: the payload carries the scalability structure.
  public boolean hasStructure() {
    return (flags & 0x02) != 0;
  }

  /// Z: no higher spatial layer refers to the frame.
  public boolean nonReferenceForHigherLayers() {
    return (flags & 0x01) != 0;
  }

  /// Picture ID, 7 or 15 bits, or [#ABSENT].
  public int pictureId() {
    return pictureId;
  }

  /// M: whether the picture ID has 15 bits.
  public boolean longPictureId() {
    return longPictureId;
  }

  /// TID, or [#ABSENT].
  public int temporalLayer() {
    return temporalLayer;
  }

  /// SID, or [#ABSENT].
  public int spatialLayer() {
    return spatialLayer;
  }

  /// U: a receiver can go up to this temporal layer here.
  public boolean switchingPoint() {
    return switchingPoint;
  }

  /// D: the frame refers to the spatial layer below.
  public boolean interLayer() {
    return interLayer;
  }

  /// TL0PICIDX, or [#ABSENT].
  public int tl0PicIdx() {
    return tl0PicIdx;
  }

  /// Number of references listed in flexible mode.
  public int referenceCount() {
    return referenceCount;
  }

  /// P_DIFF at `index`: how many pictures back the frame refers.
  public int reference(int index) {
    return references[Objects.checkIndex(index, referenceCount)];
  }

  /// Number of spatial layers of the structure, 0 without one.
  public int spatialLayers() {
    return spatialLayers;
  }

  /// Width of a spatial layer, 0 when not told.
  public int width(int layer) {
    return widths[Objects.checkIndex(layer, spatialLayers)];
  }

  /// Height of a spatial layer, 0 when not told.
  public int height(int layer) {
    return heights[Objects.checkIndex(layer, spatialLayers)];
  }

  /// Whether the payload begins a picture of all layers.
  public boolean startsPicture() {
    return frameStart() && spatialLayer <= 0;
  }

  /// Changes picture ID and TL0PICIDX in place where the descriptor last read has them, as a
  /// forwarder must when it switches between streams; `offset` is that of the payload.
  public void rewrite(byte[] payload, int offset, int newPictureId, int newTl0PicIdx) {
    if (pictureId != ABSENT) {
      if (longPictureId) {
        Bytes.u16(payload, offset + pictureIdAt, 0x8000 | newPictureId & 0x7fff);
      } else {
        payload[offset + pictureIdAt] = (byte) (newPictureId & 0x7f);
      }
    }
    if (tl0PicIdx != ABSENT) {
      payload[offset + tl0PicIdxAt] = (byte) newTl0PicIdx;
    }
  }
}
