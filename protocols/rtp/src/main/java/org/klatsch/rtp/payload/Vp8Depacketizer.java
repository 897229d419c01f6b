package org.klatsch.rtp.payload;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;

/// Puts VP8 frames together, RFC 7741 §4.
public final class Vp8Depacketizer implements Depacketizer {
  private final FrameBuffer frame;
  private final Vp8Descriptor descriptor = new Vp8Descriptor();
  private final Vp8Descriptor probe = new Vp8Descriptor();

  /// @param maxFrame most bytes of a frame
  public Vp8Depacketizer(int maxFrame) {
    this.frame = new FrameBuffer(maxFrame);
  }

  @Override
  public boolean startsFrame(byte[] payload, int offset, int length) {
    try {
      return probe.parse(payload, offset, length) < length && probe.startsFrame();
    } catch (MalformedRtpException e) {
      return false;
    }
  }

  @Override
  public boolean startsKeyFrame(byte[] payload, int offset, int length) {
    try {
      int at = probe.parse(payload, offset, length);
      return at < length && probe.startsFrame() && isKeyFrame(payload, offset + at);
    } catch (MalformedRtpException e) {
      return false;
    }
  }

  /// The inverse key frame flag of the first byte, RFC 7741 §4.3.
  private static boolean isKeyFrame(byte[] data, int at) {
    return (data[at] & 1) == 0;
  }

  @Override
  public int picture(byte[] payload, int offset, int length) {
    try {
      probe.parse(payload, offset, length);
      int id = probe.pictureId();
      return id < 0 || !probe.longPictureId() ? id : id | LONG_PICTURE;
    } catch (MalformedRtpException e) {
      return -1;
    }
  }

  @Override
  public void append(byte[] payload, int offset, int length) throws MalformedRtpException {
    int at = descriptor.parse(payload, offset, length);
    if (at == length) {
      throw Malformed.truncated("VP8 data", length);
    }
    if (descriptor.startsFrame() != (frame.length() == 0)) {
      throw Malformed.payload(
          frame.length() == 0 ? "VP8 frame without its beginning" : "VP8 frame begins twice");
    }
    frame.add(payload, offset + at, length - at);
  }

  /// Descriptor of the payload last added.
  public Vp8Descriptor descriptor() {
    return descriptor;
  }

  @Override
  public boolean keyFrame() {
    return frame.length() > 0 && isKeyFrame(frame.array(), 0);
  }

  /// Width of a key frame, RFC 6386 §9.1; 0 when it is none.
  public int width() {
    return dimension(6);
  }

  /// Height of a key frame, RFC 6386 §9.1; 0 when it is none.
  public int height() {
    return dimension(8);
  }

  private int dimension(int at) {
    if (!keyFrame() || frame.length() < 10) {
      return 0;
    }
    byte[] data = frame.array();
    return Bytes.u8(data, at) | (Bytes.u8(data, at + 1) & 0x3f) << 8;
  }

  @Override
  public boolean complete() {
    return frame.length() > 0;
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
  }
}
