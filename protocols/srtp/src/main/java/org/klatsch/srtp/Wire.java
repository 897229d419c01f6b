package org.klatsch.srtp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The fields of RTP (RFC 3550 §5.1, §5.3.1) and RTCP (§6.1) that SRTP looks at.
final class Wire {
  static final int RTP_HEADER_LENGTH = 12;
  static final int EXTENSION_HEADER_LENGTH = 4;

  /// First RTCP header and the sender's SSRC: what SRTCP leaves in the clear, RFC 3711 §3.4.
  static final int RTCP_HEADER_LENGTH = 8;

  /// [#rtpHeaderLength] of what is no RTP packet.
  static final int MALFORMED = -1;

  private static final int EXTENSION_BIT = 0x10;
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private Wire() {}

  static int u16(byte[] buffer, int at) {
    return (short) SHORTS.get(buffer, at) & 0xffff;
  }

  static void u16(byte[] buffer, int at, int value) {
    SHORTS.set(buffer, at, (short) value);
  }

  static int i32(byte[] buffer, int at) {
    return (int) INTS.get(buffer, at);
  }

  static void i32(byte[] buffer, int at, int value) {
    INTS.set(buffer, at, value);
  }

  /// Bytes before the payload: fixed header, CSRCs, header extension; or [#MALFORMED].
  ///
  /// @param length of the packet without tag
  static int rtpHeaderLength(byte[] buffer, int offset, int length) {
    if (length < RTP_HEADER_LENGTH || (buffer[offset] & 0xc0) != 0x80) {
      return MALFORMED;
    }
    int header = RTP_HEADER_LENGTH + csrcLength(buffer, offset);
    if (hasExtension(buffer, offset)) {
      header += EXTENSION_HEADER_LENGTH;
      if (header > length) {
        return MALFORMED;
      }
      header += 4 * u16(buffer, offset + header - 2);
    }
    return header > length ? MALFORMED : header;
  }

  /// Bytes of the CSRCs.
  static int csrcLength(byte[] buffer, int offset) {
    return 4 * (buffer[offset] & 0x0f);
  }

  static boolean hasExtension(byte[] buffer, int offset) {
    return (buffer[offset] & EXTENSION_BIT) != 0;
  }

  static void setExtensionBit(byte[] buffer, int offset) {
    buffer[offset] |= EXTENSION_BIT;
  }

  static boolean isRtcp(byte[] buffer, int offset, int length) {
    return length >= RTCP_HEADER_LENGTH && (buffer[offset] & 0xc0) == 0x80;
  }

  /// Whether two stretches are equal, in a time that does not tell where they differ.
  static boolean isEqual(byte[] a, int aOffset, byte[] b, int bOffset, int length) {
    int difference = 0;
    for (int i = 0; i < length; i++) {
      difference |= a[aOffset + i] ^ b[bOffset + i];
    }
    return difference == 0;
  }
}
