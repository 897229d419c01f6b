package org.klatsch.rtp.payload;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;

/// VP8 payload descriptor, RFC 7741 §4.2. A view reused by [#parse]; not thread-safe.
///
/// ```
///     |X|R|N|S|R| PID |
/// X:  |I|L|T|K| RSV   |
/// I:  |M| PictureID   |
/// M:  |   PictureID   |
/// L:  |   TL0PICIDX   |
/// T/K:|TID|Y| KEYIDX  |
/// ```
public final class Vp8Descriptor {
  /// Value of fields that are absent.
  public static final int ABSENT = -1;

  /// Longest descriptor.
  static final int MAX_LENGTH = 6;

  private boolean nonReference;
  private boolean partitionStart;
  private int partition;
  private boolean longPictureId;
  private int pictureId = ABSENT;
  private int pictureIdAt;
  private int tl0PicIdx = ABSENT;
  private int tl0PicIdxAt;
  private int temporalLayer = ABSENT;
  private boolean layerSync;
  private int keyIndex = ABSENT;

  /// A view of nothing yet.
  public Vp8Descriptor() {}

  /// Reads the descriptor at the beginning of a payload and returns its length.
  public int parse(byte[] payload, int offset, int length) throws MalformedRtpException {
    pictureId = ABSENT;
    tl0PicIdx = ABSENT;
    temporalLayer = ABSENT;
    keyIndex = ABSENT;
    layerSync = false;
    longPictureId = false;
    require(length, 1);
    int first = Bytes.u8(payload, offset);
    nonReference = (first & 0x20) != 0;
    partitionStart = (first & 0x10) != 0;
    partition = first & 0x07;
    int at = 1;
    if ((first & 0x80) != 0) {
      require(length, 2);
      int extension = Bytes.u8(payload, offset + at++);
      if ((extension & 0x80) != 0) {
        require(length, at + 1);
        pictureIdAt = at;
        pictureId = Bytes.u8(payload, offset + at++);
        if ((pictureId & 0x80) != 0) {
          require(length, at + 1);
          longPictureId = true;
          pictureId = (pictureId & 0x7f) << 8 | Bytes.u8(payload, offset + at++);
        }
      }
      if ((extension & 0x40) != 0) {
        require(length, at + 1);
        tl0PicIdxAt = at;
        tl0PicIdx = Bytes.u8(payload, offset + at++);
      }
      if ((extension & 0x30) != 0) {
        require(length, at + 1);
        int layers = Bytes.u8(payload, offset + at++);
        if ((extension & 0x20) != 0) {
          temporalLayer = layers >>> 6;
          layerSync = (layers & 0x20) != 0;
        }
        if ((extension & 0x10) != 0) {
          keyIndex = layers & 0x1f;
        }
      }
    }
    return at;
  }

  private static void require(int length, int expected) throws MalformedRtpException {
    if (length < expected) {
      throw Malformed.truncated("VP8 descriptor", length);
    }
  }

  /// N: no other frame refers to this one.
  public boolean nonReference() {
    return nonReference;
  }

  /// S: the payload begins a partition.
  public boolean partitionStart() {
    return partitionStart;
  }

  /// PID: index of the partition.
  public int partition() {
    return partition;
  }

  /// PictureID, 7 or 15 bits, or [#ABSENT].
  public int pictureId() {
    return pictureId;
  }

  /// M: whether the PictureID has 15 bits.
  public boolean longPictureId() {
    return longPictureId;
  }

  /// TL0PICIDX, or [#ABSENT].
  public int tl0PicIdx() {
    return tl0PicIdx;
  }

  /// TID, or [#ABSENT].
  public int temporalLayer() {
    return temporalLayer;
  }

  /// Y: the frame refers to the base layer only, so that a receiver can go up to its layer here.
  public boolean layerSync() {
    return layerSync;
  }

  /// KEYIDX, or [#ABSENT].
  public int keyIndex() {
    return keyIndex;
  }

  /// Whether the payload begins a frame.
  public boolean startsFrame() {
    return partitionStart && partition == 0;
  }

  /// Changes PictureID and TL0PICIDX in place where the descriptor last read has them, as a
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
