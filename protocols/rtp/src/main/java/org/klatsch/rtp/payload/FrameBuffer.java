package org.klatsch.rtp.payload;

import java.util.Arrays;
import org.klatsch.rtp.MalformedRtpException;

/// A frame that grows by payloads up to a cap, so that a peer cannot make it grow without bound.
final class FrameBuffer {
  private static final int INITIAL = 4096;

  private final int maxLength;
  private byte[] array = new byte[INITIAL];
  private int length;

  FrameBuffer(int maxLength) {
    if (maxLength < 1) {
      throw new IllegalArgumentException("frame cap " + maxLength + ", at least 1 expected");
    }
    this.maxLength = maxLength;
  }

  byte[] array() {
    return array;
  }

  int length() {
    return length;
  }

  void reset() {
    length = 0;
  }

  void add(byte[] source, int offset, int count) throws MalformedRtpException {
    reserve(count);
    System.arraycopy(source, offset, array, length, count);
    length += count;
  }

  void add(int value) throws MalformedRtpException {
    reserve(1);
    array[length++] = (byte) value;
  }

  private void reserve(int count) throws MalformedRtpException {
    if (count > maxLength - length) {
      throw new MalformedRtpException(
          MalformedRtpException.Reason.TOO_LARGE, "frame of more than " + maxLength + " bytes");
    }
    if (length + count > array.length) {
      array = Arrays.copyOf(array, Math.min(maxLength, Math.max(length + count, 2 * array.length)));
    }
  }
}
