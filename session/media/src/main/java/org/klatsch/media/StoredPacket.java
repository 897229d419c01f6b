package org.klatsch.media;

import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.payload.Vp8Descriptor;
import org.klatsch.rtp.payload.Vp9Descriptor;

/// A received packet that is kept once for all who get it. Its place in a [PacketStore] is used
/// again: who comes back to it compares [#number].
public final class StoredPacket {
  /// Stands for a number or layer that the payload does not tell.
  public static final int ABSENT = -1;

  private static final byte[] EMPTY = new byte[0];

  private final Vp8Descriptor vp8;
  private final Vp9Descriptor vp9;
  private byte[] bytes = EMPTY;
  private int length;
  private long number = -1;
  private @Nullable RtpCodec codec;
  private ExtensionIds ids = ExtensionIds.NONE;
  private boolean ofVp8;
  private boolean ofVp9;
  private int sequence;
  private int timestamp;
  private boolean marker;
  private int payloadOffset;
  private int payloadLength;
  private boolean keyFrame;
  private int temporalLayer;
  private int spatialLayer;
  private boolean switchesUp;
  private boolean refersBelow;
  private boolean endsLayer;
  private int pictureId;
  private boolean longPictureId;
  private int basePictureId;
  private long captureTime;

  StoredPacket(Vp8Descriptor vp8, Vp9Descriptor vp9) {
    this.vp8 = vp8;
    this.vp9 = vp9;
  }

  /// Takes a copy.
  void set(
      long newNumber, RtpPacket packet, RtpCodec newCodec, ExtensionIds newIds, boolean newKeyFrame)
      throws MalformedRtpException {
    number = newNumber;
    if (bytes.length < packet.length()) {
      bytes = new byte[Math.max(packet.length(), 256)];
    }
    System.arraycopy(packet.array(), packet.offset(), bytes, 0, packet.length());
    length = packet.length() - packet.paddingLength();
    // Padding is hop by hop.
    bytes[0] &= (byte) ~0x20;
    if (!newCodec.equals(codec)) {
      ofVp8 = newCodec.is("vp8");
      ofVp9 = newCodec.is("vp9");
      codec = newCodec;
    }
    ids = newIds;
    sequence = packet.sequenceNumber();
    timestamp = packet.timestamp();
    marker = packet.marker();
    payloadOffset = packet.headerLength();
    payloadLength = packet.payloadLength();
    keyFrame = newKeyFrame;
    readLayers();
  }

  private void readLayers() throws MalformedRtpException {
    temporalLayer = 0;
    spatialLayer = 0;
    switchesUp = false;
    refersBelow = false;
    endsLayer = marker;
    pictureId = ABSENT;
    longPictureId = false;
    basePictureId = ABSENT;
    if (payloadLength == 0) {
      return;
    }
    if (ofVp8) {
      vp8.parse(bytes, payloadOffset, payloadLength);
      temporalLayer = Math.max(0, vp8.temporalLayer());
      switchesUp = vp8.layerSync();
      pictureId = vp8.pictureId();
      longPictureId = vp8.longPictureId();
      basePictureId = vp8.tl0PicIdx();
    } else if (ofVp9) {
      vp9.parse(bytes, payloadOffset, payloadLength);
      temporalLayer = Math.max(0, vp9.temporalLayer());
      spatialLayer = Math.max(0, vp9.spatialLayer());
      switchesUp = vp9.switchingPoint();
      refersBelow = vp9.interLayer();
      endsLayer = vp9.frameEnd();
      pictureId = vp9.pictureId();
      longPictureId = vp9.longPictureId();
      basePictureId = vp9.tl0PicIdx();
    }
  }

  /// Writes the payload with new numbers of its picture.
  ///
  /// @return its length
  public int writePayload(byte[] out, int offset, int newPictureId, int newBasePictureId) {
    System.arraycopy(bytes, payloadOffset, out, offset, payloadLength);
    if (pictureId != ABSENT || basePictureId != ABSENT) {
      try {
        if (ofVp8) {
          vp8.parse(bytes, payloadOffset, payloadLength);
          vp8.rewrite(out, offset, newPictureId, newBasePictureId);
        } else {
          vp9.parse(bytes, payloadOffset, payloadLength);
          vp9.rewrite(out, offset, newPictureId, newBasePictureId);
        }
      } catch (MalformedRtpException e) {
        throw new IllegalStateException("a payload that was read before is malformed", e);
      }
    }
    return payloadLength;
  }

  /// Looks at the packet as it came.
  void view(RtpPacket view) {
    try {
      view.parse(bytes, 0, length);
    } catch (MalformedRtpException e) {
      throw new IllegalStateException("a packet that was read before is malformed", e);
    }
  }

  /// Counts the packets of a store, from 0.
  public long number() {
    return number;
  }

  /// What it came as.
  public RtpCodec codec() {
    RtpCodec known = codec;
    if (known == null) {
      throw new IllegalStateException("an empty place, expected a packet");
    }
    return known;
  }

  /// The header extensions of the section that it came in.
  ExtensionIds ids() {
    return ids;
  }

  public int length() {
    return length;
  }

  public int sequenceNumber() {
    return sequence;
  }

  public int timestamp() {
    return timestamp;
  }

  public boolean marker() {
    return marker;
  }

  public int payloadLength() {
    return payloadLength;
  }

  /// Whether a key frame begins here.
  public boolean keyFrame() {
    return keyFrame;
  }

  public int temporalLayer() {
    return temporalLayer;
  }

  public int spatialLayer() {
    return spatialLayer;
  }

  /// Whether a receiver can go up to the temporal layer here.
  public boolean switchesUp() {
    return switchesUp;
  }

  /// Whether the frame refers to the spatial layer below.
  public boolean refersBelow() {
    return refersBelow;
  }

  /// Whether it is the last of its picture in its spatial layer.
  public boolean endsLayer() {
    return endsLayer;
  }

  /// The number of the picture, [#ABSENT] where the payload has none.
  public int pictureId() {
    return pictureId;
  }

  /// Whether that number has 15 bits rather than 7.
  public boolean longPictureId() {
    return longPictureId;
  }

  /// The number of the picture of the lowest temporal layer, [#ABSENT] where the payload has none.
  public int basePictureId() {
    return basePictureId;
  }

  /// When it was captured, in nanoseconds of this side's clock, as far as is known.
  public long captureTime() {
    return captureTime;
  }

  public void captureTime(long nanos) {
    captureTime = nanos;
  }
}
