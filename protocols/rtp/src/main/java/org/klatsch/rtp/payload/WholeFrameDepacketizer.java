package org.klatsch.rtp.payload;

import org.klatsch.rtp.MalformedRtpException;

/// One payload, one frame: Opus (RFC 7587 §4.2), G.711, G.722 (RFC 3551 §4.5), comfort noise (RFC
/// 3389) and other formats without a payload header.
public final class WholeFrameDepacketizer implements Depacketizer {
  private final FrameBuffer frame;

  /// @param maxFrame most bytes of a frame
  public WholeFrameDepacketizer(int maxFrame) {
    this.frame = new FrameBuffer(maxFrame);
  }

  @Override
  public boolean startsFrame(byte[] payload, int offset, int length) {
    return length > 0;
  }

  @Override
  public boolean startsKeyFrame(byte[] payload, int offset, int length) {
    return length > 0;
  }

  @Override
  public void append(byte[] payload, int offset, int length) throws MalformedRtpException {
    if (frame.length() != 0) {
      throw new MalformedRtpException(
          MalformedRtpException.Reason.PAYLOAD, "a second payload of a frame that has one");
    }
    frame.add(payload, offset, length);
  }

  @Override
  public boolean keyFrame() {
    return frame.length() != 0;
  }

  @Override
  public boolean complete() {
    return frame.length() != 0;
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
