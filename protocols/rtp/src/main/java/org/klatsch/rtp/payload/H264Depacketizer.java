package org.klatsch.rtp.payload;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;

/// Puts H.264 access units together in byte stream format with start codes of four bytes, RFC 6184
/// §5: single NAL units, STAP-A and FU-A, that is packetization modes 0 and 1.
///
/// Nothing in the payload marks the beginning of an access unit for sure: [#startsFrame] tells that
/// one can begin here.
public final class H264Depacketizer implements Depacketizer {
  private final FrameBuffer frame;
  private boolean keyFrame;
  private boolean parameterSets;

  /// Type of the unit whose fragments are being joined, 0 between units.
  private int fragmented;

  /// @param maxFrame most bytes of an access unit
  public H264Depacketizer(int maxFrame) {
    this.frame = new FrameBuffer(maxFrame);
  }

  @Override
  public boolean startsFrame(byte[] payload, int offset, int length) {
    int type = firstType(payload, offset, length);
    int at = dataOffset(payload, offset, length);
    return type > 0
        && at < length
        && H264Nal.startsAccessUnit(type, Bytes.u8(payload, offset + at));
  }

  /// Also true for sequence parameter sets, which senders put in front of each IDR picture.
  @Override
  public boolean startsKeyFrame(byte[] payload, int offset, int length) {
    int type = firstType(payload, offset, length);
    return type == H264Nal.SPS
        || type == H264Nal.IDR && startsFrame(payload, offset, length)
        || length > 0
            && H264Nal.type(payload[offset]) == H264Nal.STAP_A
            && aggregates(payload, offset, length, H264Nal.IDR);
  }

  /// Type of the first unit that begins in the payload, 0 when none does.
  private static int firstType(byte[] payload, int offset, int length) {
    if (length < 2) {
      return 0;
    }
    int type = H264Nal.type(payload[offset]);
    return switch (type) {
      case H264Nal.STAP_A -> length > 3 ? H264Nal.type(payload[offset + 3]) : 0;
      case H264Nal.FU_A -> payload[offset + 1] < 0 ? H264Nal.type(payload[offset + 1]) : 0;
      default -> type <= H264Nal.MAX_SINGLE ? type : 0;
    };
  }

  /// Where the first unit's data begins behind its header, from the beginning of the payload.
  private static int dataOffset(byte[] payload, int offset, int length) {
    return switch (length > 0 ? H264Nal.type(payload[offset]) : 0) {
      case H264Nal.STAP_A -> 4;
      case H264Nal.FU_A -> 2;
      default -> 1;
    };
  }

  private static boolean aggregates(byte[] payload, int offset, int length, int type) {
    int at = offset + 1;
    int end = offset + length;
    while (at + 2 < end) {
      if (H264Nal.type(payload[at + 2]) == type) {
        return true;
      }
      at += 2 + Bytes.u16(payload, at);
    }
    return false;
  }

  @Override
  public boolean tellsStart() {
    return false;
  }

  @Override
  public void append(byte[] payload, int offset, int length) throws MalformedRtpException {
    if (length < 2) {
      throw Malformed.truncated("NAL unit", length);
    }
    int type = H264Nal.type(payload[offset]);
    if (type != H264Nal.FU_A && fragmented != 0) {
      throw Malformed.payload("NAL type " + type + " between fragments of type " + fragmented);
    }
    switch (type) {
      case H264Nal.STAP_A -> appendAggregate(payload, offset, length);
      case H264Nal.FU_A -> appendFragment(payload, offset, length);
      default -> {
        if (type == 0 || type > H264Nal.MAX_SINGLE) {
          throw Malformed.payload("NAL type " + type + ", 1 to 24 or 28 expected");
        }
        appendUnit(payload, offset, length);
      }
    }
  }

  private void appendUnit(byte[] payload, int offset, int length) throws MalformedRtpException {
    begin(payload[offset]);
    frame.add(payload, offset + 1, length - 1);
  }

  private void begin(int header) throws MalformedRtpException {
    int type = header & 0x1f;
    keyFrame |= type == H264Nal.IDR;
    parameterSets |= type == H264Nal.SPS;
    frame.add(0);
    frame.add(0);
    frame.add(0);
    frame.add(1);
    frame.add(header);
  }

  private void appendAggregate(byte[] payload, int offset, int length)
      throws MalformedRtpException {
    int at = offset + 1;
    int end = offset + length;
    while (at < end) {
      int size = at + 2 <= end ? Bytes.u16(payload, at) : 0;
      if (size == 0 || size > end - at - 2) {
        throw Malformed.payload("aggregated unit of " + size + " bytes, " + (end - at) + " left");
      }
      appendUnit(payload, at + 2, size);
      at += 2 + size;
    }
  }

  private void appendFragment(byte[] payload, int offset, int length) throws MalformedRtpException {
    int header = payload[offset + 1];
    boolean start = (header & 0x80) != 0;
    int type = header & 0x1f;
    // RFC 6184 §5.8: start and end must not be in one fragment; some senders do it and it is clear.
    if (start != (fragmented == 0) || !start && type != fragmented || type == 0) {
      throw Malformed.payload(
          "fragment of type " + type + (start ? " begins" : " goes on") + " after " + fragmented);
    }
    if (start) {
      begin(payload[offset] & 0xe0 | type);
    }
    frame.add(payload, offset + 2, length - 2);
    fragmented = (header & 0x40) != 0 ? 0 : type;
  }

  /// Whether the access unit is an IDR picture.
  @Override
  public boolean keyFrame() {
    return keyFrame;
  }

  /// Whether the access unit has a sequence parameter set.
  public boolean hasParameterSets() {
    return parameterSets;
  }

  @Override
  public boolean complete() {
    return frame.length() > 0 && fragmented == 0;
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
    parameterSets = false;
    fragmented = 0;
  }
}
