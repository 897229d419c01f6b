package org.klatsch.rtp.payload;

import org.klatsch.rtp.wire.Bytes;

/// Cuts VP9 pictures of one spatial layer into payloads, RFC 9628 §4, in non-flexible mode with a
/// picture ID of 15 bits; key frames carry the scalability structure with their size.
public final class Vp9Packetizer implements Packetizer {
  private static final int PICTURE_ID = 3;
  private static final int STRUCTURE = 8;

  private byte[] frame = new byte[0];
  private int position;
  private final Fragments fragments = new Fragments();
  private boolean first;
  private int firstSize;
  private int pictureId;
  private Vp9FrameHeader header = new Vp9FrameHeader(false, 0, 0);

  /// @param firstPictureId picture ID of the first frame, to be random, RFC 9628 §4.2
  public Vp9Packetizer(int firstPictureId) {
    this.pictureId = firstPictureId - 1 & 0x7fff;
  }

  @Override
  public void start(byte[] frame, int offset, int length, int maxPayload) {
    this.frame = frame;
    this.position = offset;
    this.first = true;
    this.pictureId = pictureId + 1 & 0x7fff;
    this.header = Vp9FrameHeader.parse(frame, offset, length);
    // The structure takes room of the first payload only.
    int room = maxPayload - PICTURE_ID;
    int structure = header.keyFrame() ? STRUCTURE : 0;
    fragments.start(length + structure, room);
    firstSize = fragments.hasNext() ? fragments.next() - structure : 0;
    if (firstSize < 1) {
      throw new IllegalArgumentException(
          "frame of " + length + " bytes in payloads of at most " + maxPayload);
    }
  }

  @Override
  public boolean hasNext() {
    return first && firstSize > 0 || fragments.hasNext();
  }

  @Override
  public int next(byte[] out, int offset) {
    int size = first ? firstSize : fragments.next();
    boolean structure = first && header.keyFrame();
    out[offset] =
        (byte)
            (0x81
                | (header.keyFrame() ? 0 : 0x40)
                | (first ? 0x08 : 0)
                | (fragments.hasNext() ? 0 : 0x04)
                | (structure ? 0x02 : 0));
    Bytes.u16(out, offset + 1, 0x8000 | pictureId);
    int at = offset + PICTURE_ID;
    if (structure) {
      // One spatial layer with its size, and a group of one picture in temporal layer 0 that
      // refers to the one before it.
      out[at] = 0x18;
      Bytes.u16(out, at + 1, header.width());
      Bytes.u16(out, at + 3, header.height());
      out[at + 5] = 1;
      out[at + 6] = 0x04;
      out[at + 7] = 1;
      at += STRUCTURE;
    }
    System.arraycopy(frame, position, out, at, size);
    position += size;
    first = false;
    return at + size - offset;
  }
}
