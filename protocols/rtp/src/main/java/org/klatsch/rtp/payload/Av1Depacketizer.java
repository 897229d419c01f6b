package org.klatsch.rtp.payload;

import org.klatsch.rtp.MalformedRtpException;

/// Puts AV1 temporal units together in the low-overhead format (each unit with its size, without
/// temporal delimiter), AV1 RTP payload specification §4.4.
///
/// ```
/// |Z|Y| W |N|-|-|-|
/// ```
public final class Av1Depacketizer implements Depacketizer {
  private static final int CONTINUES = 0x80;
  private static final int GOES_ON = 0x40;
  private static final int NEW_SEQUENCE = 0x08;

  private final FrameBuffer frame;

  /// The unit whose fragments are being joined.
  private final FrameBuffer fragment;

  private boolean keyFrame;
  private boolean open;

  /// @param maxFrame most bytes of a temporal unit
  public Av1Depacketizer(int maxFrame) {
    this.frame = new FrameBuffer(maxFrame);
    this.fragment = new FrameBuffer(maxFrame);
  }

  @Override
  public boolean startsFrame(byte[] payload, int offset, int length) {
    return length > 1 && (payload[offset] & CONTINUES) == 0;
  }

  @Override
  public boolean startsKeyFrame(byte[] payload, int offset, int length) {
    return startsFrame(payload, offset, length) && (payload[offset] & NEW_SEQUENCE) != 0;
  }

  @Override
  public void append(byte[] payload, int offset, int length) throws MalformedRtpException {
    if (length < 2) {
      throw Malformed.truncated("AV1 aggregation header and element", length);
    }
    int header = payload[offset];
    boolean continues = (header & CONTINUES) != 0;
    if (continues != open) {
      throw Malformed.payload(open ? "AV1 fragment is not continued" : "AV1 fragment of nothing");
    }
    keyFrame |= (header & NEW_SEQUENCE) != 0;
    int count = header >>> 4 & 3;
    int at = offset + 1;
    int end = offset + length;
    for (int i = 1; at < end; i++) {
      int size = end - at;
      if (count == 0 || i < count) {
        long number = Av1Obu.leb128(payload, at, end);
        at += (int) number;
        size = (int) (number >>> 32);
        if (number < 0 || size > end - at) {
          throw Malformed.payload("AV1 element of " + size + " bytes beyond its payload");
        }
      }
      boolean last = at + size == end;
      if (last && count != 0 && i != count) {
        throw Malformed.payload("AV1 payload with " + i + " elements instead of " + count);
      }
      element(payload, at, size, open, last && (header & GOES_ON) != 0);
      at += size;
    }
  }

  private void element(byte[] payload, int at, int size, boolean continues, boolean goesOn)
      throws MalformedRtpException {
    if (!continues && !goesOn) {
      unit(payload, at, size);
      return;
    }
    fragment.add(payload, at, size);
    open = goesOn;
    if (!goesOn) {
      unit(fragment.array(), 0, fragment.length());
      fragment.reset();
    }
  }

  /// Adds a whole unit with its size.
  private void unit(byte[] array, int at, int length) throws MalformedRtpException {
    // An empty element carries nothing.
    if (length == 0) {
      return;
    }
    int header = array[at];
    int headerLength = Av1Obu.headerLength(header);
    int data = at + headerLength;
    int end = at + length;
    if (data > end) {
      throw Malformed.truncated("AV1 OBU header", length);
    }
    int size = end - data;
    // Senders should take sizes off, §5, but need not.
    if (Av1Obu.hasSize(header)) {
      long number = Av1Obu.leb128(array, data, end);
      data += (int) number;
      size = (int) (number >>> 32);
      if (number < 0 || size > end - data) {
        throw Malformed.payload("AV1 OBU of " + size + " bytes beyond its element");
      }
    }
    int type = Av1Obu.type(header);
    if (type == Av1Obu.TEMPORAL_DELIMITER) {
      return;
    }
    keyFrame |= type == Av1Obu.SEQUENCE_HEADER;
    frame.add(Av1Obu.withSize(header));
    if (headerLength == 2) {
      frame.add(array[at + 1]);
    }
    int rest = size;
    while (rest > 0x7f) {
      frame.add(0x80 | rest & 0x7f);
      rest >>>= 7;
    }
    frame.add(rest);
    frame.add(array, data, size);
  }

  /// Whether a coded video sequence begins, which it does with a key frame.
  @Override
  public boolean keyFrame() {
    return keyFrame;
  }

  @Override
  public boolean complete() {
    return frame.length() > 0 && !open;
  }

  @Override
  public byte[] frame() {
    return frame.array();
  }

  @Override
  public int frameLength() {
    return frame.length();
  }

  @Override
  public void reset() {
    frame.reset();
    fragment.reset();
    keyFrame = false;
    open = false;
  }
}
