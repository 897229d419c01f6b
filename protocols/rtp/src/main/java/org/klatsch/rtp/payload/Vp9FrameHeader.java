package org.klatsch.rtp.payload;

import org.klatsch.rtp.wire.BitReader;

/// The first fields of a VP9 frame's uncompressed header, VP9 bitstream specification §6.2: what a
/// packetizer must know of a frame.
///
/// @param width 0 unless it is a key frame
/// @param height 0 unless it is a key frame
record Vp9FrameHeader(boolean keyFrame, int width, int height) {
  private static final Vp9FrameHeader INTER = new Vp9FrameHeader(false, 0, 0);
  private static final int SYNC_CODE = 0x498342;
  private static final int SRGB = 7;

  /// Reads a frame; anything odd is an inter frame.
  static Vp9FrameHeader parse(byte[] frame, int offset, int length) {
    BitReader in = new BitReader().reset(frame, offset, length);
    if (in.bits(2) != 2) {
      return INTER;
    }
    int profile = in.bit() | in.bit() << 1;
    if (profile == 3) {
      in.bit();
    }
    // show_existing_frame, then frame_type: 0 is a key frame.
    if (in.bits(2) != 0) {
      return INTER;
    }
    // show_frame, error_resilient_mode.
    in.bits(2);
    if (in.bits(24) != SYNC_CODE) {
      return INTER;
    }
    // color_config(), VP9 §6.2.2.
    if (profile >= 2) {
      in.bit();
    }
    if (in.bits(3) != SRGB) {
      in.bit();
      if (profile == 1 || profile == 3) {
        in.bits(3);
      }
    } else if (profile == 1 || profile == 3) {
      in.bit();
    }
    int width = in.bits(16) + 1;
    int height = in.bits(16) + 1;
    return in.exhausted() ? INTER : new Vp9FrameHeader(true, width, height);
  }
}
