package org.klatsch.rtp.payload;

/// One frame, one payload: Opus (RFC 7587 §4.2), G.711, G.722 (RFC 3551 §4.5), comfort noise (RFC
/// 3389) and other formats without a payload header.
public final class WholeFramePacketizer implements Packetizer {
  private byte[] frame = new byte[0];
  private int offset;
  private int length;
  private boolean pending;

  /// A packetizer without a frame.
  public WholeFramePacketizer() {}

  @Override
  public void start(byte[] frame, int offset, int length, int maxPayload) {
    if (length > maxPayload) {
      throw new IllegalArgumentException(
          "frame of " + length + " bytes, at most " + maxPayload + " expected");
    }
    this.frame = frame;
    this.offset = offset;
    this.length = length;
    this.pending = true;
  }

  @Override
  public boolean hasNext() {
    return pending;
  }

  @Override
  public int next(byte[] out, int outOffset) {
    if (!pending) {
      throw new IllegalStateException("no payload left");
    }
    pending = false;
    System.arraycopy(frame, offset, out, outOffset, length);
    return length;
  }
}
