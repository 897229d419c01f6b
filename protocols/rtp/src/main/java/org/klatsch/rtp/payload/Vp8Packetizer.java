package org.klatsch.rtp.payload;

import org.klatsch.rtp.wire.Bytes;

/// Cuts VP8 frames into payloads, RFC 7741 §4. Every frame gets a PictureID of 15 bits, as browsers
/// send it; temporal layers are signalled once [#temporalLayer] is called.
public final class Vp8Packetizer implements Packetizer {
  private byte[] frame = new byte[0];
  private int position;
  private final Fragments fragments = new Fragments();
  private boolean first;
  private int pictureId;
  private boolean nonReference;
  private int temporalLayer = Vp8Descriptor.ABSENT;
  private boolean layerSync;
  private int tl0PicIdx;

  /// @param firstPictureId PictureID of the first frame, to be random, RFC 7741 §4.2
  public Vp8Packetizer(int firstPictureId) {
    this.pictureId = firstPictureId - 1 & 0x7fff;
  }

  /// Says where the next frames stand.
  ///
  /// @param nonReference no other frame refers to them
  /// @param layer temporal layer, 0 to 3
  /// @param layerSync whether they refer to the base layer only
  /// @param tl0PicIdx running index of the base layer's frames
  public Vp8Packetizer temporalLayer(
      boolean nonReference, int layer, boolean layerSync, int tl0PicIdx) {
    if (layer < 0 || layer > 3) {
      throw new IllegalArgumentException("temporal layer " + layer + ", 0 to 3 expected");
    }
    this.nonReference = nonReference;
    this.temporalLayer = layer;
    this.layerSync = layerSync;
    this.tl0PicIdx = tl0PicIdx;
    return this;
  }

  /// PictureID of the frame last begun.
  public int pictureId() {
    return pictureId;
  }

  private int descriptorLength() {
    return temporalLayer == Vp8Descriptor.ABSENT ? 4 : 6;
  }

  @Override
  public void start(byte[] frame, int offset, int length, int maxPayload) {
    this.frame = frame;
    this.position = offset;
    this.first = true;
    this.pictureId = pictureId + 1 & 0x7fff;
    fragments.start(length, maxPayload - descriptorLength());
  }

  @Override
  public boolean hasNext() {
    return fragments.hasNext();
  }

  @Override
  public int next(byte[] out, int offset) {
    int size = fragments.next();
    boolean layered = temporalLayer != Vp8Descriptor.ABSENT;
    out[offset] = (byte) (0x80 | (nonReference ? 0x20 : 0) | (first ? 0x10 : 0));
    out[offset + 1] = (byte) (layered ? 0xe0 : 0x80);
    Bytes.u16(out, offset + 2, 0x8000 | pictureId);
    if (layered) {
      out[offset + 4] = (byte) tl0PicIdx;
      out[offset + 5] = (byte) (temporalLayer << 6 | (layerSync ? 0x20 : 0));
    }
    int header = descriptorLength();
    System.arraycopy(frame, position, out, offset + header, size);
    position += size;
    first = false;
    return header + size;
  }
}
