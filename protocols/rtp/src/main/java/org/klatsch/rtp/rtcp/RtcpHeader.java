package org.klatsch.rtp.rtcp;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;
import org.klatsch.sansio.PacketWriter;

/// What all RTCP packets share, RFC 3550 §6.4.1.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|  count  |  packet type  |             length            |
/// ```
///
/// @param count the five bits that hold a count, a subtype or a feedback message type
/// @param contentOffset index of the first byte behind the header
/// @param contentLength length of the content without padding
record RtcpHeader(int count, int type, byte[] array, int contentOffset, int contentLength) {
  static final int LENGTH = 4;

  static final int SENDER_REPORT = 200;
  static final int RECEIVER_REPORT = 201;
  static final int SOURCE_DESCRIPTION = 202;
  static final int GOODBYE = 203;
  static final int APPLICATION_DEFINED = 204;

  /// Transport layer feedback, RFC 4585 §6.1.
  static final int RTPFB = 205;

  /// Payload-specific feedback, RFC 4585 §6.1.
  static final int PSFB = 206;

  static final int EXTENDED_REPORT = 207;

  /// Writes a header for `length` bytes, this header included.
  static void write(PacketWriter out, int count, int type, int length) {
    out.u8(0x80 | count).u8(type).u16(length / 4 - 1);
  }

  /// Checks that the content has at least `length` bytes.
  void require(int length) throws MalformedRtpException {
    if (contentLength < length) {
      throw new MalformedRtpException(
          MalformedRtpException.Reason.TRUNCATED,
          "RTCP type "
              + type
              + "/"
              + count
              + " of "
              + contentLength
              + " bytes, at least "
              + length
              + " expected");
    }
  }

  MalformedRtpException malformed(String what) {
    return new MalformedRtpException(
        MalformedRtpException.Reason.RTCP_CONTENT, "RTCP type " + type + "/" + count + ": " + what);
  }

  int u8(int at) {
    return Bytes.u8(array, contentOffset + at);
  }

  int u16(int at) {
    return Bytes.u16(array, contentOffset + at);
  }

  int u24(int at) {
    return Bytes.u24(array, contentOffset + at);
  }

  int i24(int at) {
    return Bytes.i24(array, contentOffset + at);
  }

  int i32(int at) {
    return Bytes.i32(array, contentOffset + at);
  }

  long i64(int at) {
    return Bytes.i64(array, contentOffset + at);
  }

  byte[] bytes(int at, int length) {
    byte[] copy = new byte[length];
    System.arraycopy(array, contentOffset + at, copy, 0, length);
    return copy;
  }
}
