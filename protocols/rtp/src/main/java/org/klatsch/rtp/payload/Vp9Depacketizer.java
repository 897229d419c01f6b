package org.klatsch.rtp.payload;

import org.klatsch.rtp.MalformedRtpException;

/// Puts VP9 pictures together, RFC 9628 §4: the frames of all spatial layers one behind the other.
public final class Vp9Depacketizer implements Depacketizer {
  private final FrameBuffer frame;
  private final Vp9Descriptor descriptor = new Vp9Descriptor();
  private final Vp9Descriptor probe = new Vp9Descriptor();
  private boolean keyFrame;
  private boolean open;
  private int width;
  private int height;

  /// @param maxFrame most bytes of a picture
  public Vp9Depacketizer(int maxFrame) {
    this.frame = new FrameBuffer(maxFrame);
  }

  @Override
  public boolean startsFrame(byte[] payload, int offset, int length) {
    try {
      return probe.parse(payload, offset, length) < length && probe.startsPicture();
    } catch (MalformedRtpException e) {
      return false;
    }
  }

  @Override
  public boolean startsKeyFrame(byte[] payload, int offset, int length) {
    return startsFrame(payload, offset, length) && !probe.interPicture();
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
      throw Malformed.truncated("VP9 data", length);
    }
    if (descriptor.frameStart() == open) {
      throw Malformed.payload(open ? "VP9 frame begins twice" : "VP9 frame without its beginning");
    }
    if (frame.length() == 0) {
      keyFrame = descriptor.startsPicture() && !descriptor.interPicture();
    }
    if (descriptor.spatialLayers() > 0) {
      width = descriptor.width(descriptor.spatialLayers() - 1);
      height = descriptor.height(descriptor.spatialLayers() - 1);
    }
    frame.add(payload, offset + at, length - at);
    open = !descriptor.frameEnd();
  }

  /// Descriptor of the payload last added.
  public Vp9Descriptor descriptor() {
    return descriptor;
  }

  @Override
  public boolean keyFrame() {
    return keyFrame;
  }

  /// Width of the highest layer by the last scalability structure, 0 before.
  public int width() {
    return width;
  }

  /// Height of the highest layer by the last scalability structure, 0 before.
  public int height() {
    return height;
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
    keyFrame = false;
    open = false;
  }
}
