package org.klatsch.net;

import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.StreamFraming;

/// The framing of ICE-TCP: each packet behind its length in 16 bits, RFC 4571 §2 and RFC 6544 §3.
final class Rfc4571Framing implements StreamFraming {
  private static final int HEADER = 2;

  /// The longest packet that is accepted: more than any path carries in one datagram.
  private static final int MAX_PACKET = 16 * 1024;

  private byte[] buffer = new byte[2048];
  private int start;
  private int end;
  private int packetOffset;
  private int packetLength;

  @Override
  public void handleBytes(byte[] bytes, int offset, int length) {
    if (buffer.length - end < length) {
      int kept = end - start;
      byte[] target =
          kept + length <= buffer.length
              ? buffer
              : new byte[Math.max(kept + length, 2 * buffer.length)];
      System.arraycopy(buffer, start, target, 0, kept);
      buffer = target;
      start = 0;
      end = kept;
    }
    System.arraycopy(bytes, offset, buffer, end, length);
    end += length;
  }

  @Override
  public boolean next() throws MalformedPacketException {
    if (end - start < HEADER) {
      return false;
    }
    int length = (buffer[start] & 0xff) << 8 | buffer[start + 1] & 0xff;
    if (length > MAX_PACKET) {
      throw new MalformedPacketException(
          "a frame of " + length + " bytes, more than " + MAX_PACKET);
    }
    if (end - start - HEADER < length) {
      return false;
    }
    packetOffset = start + HEADER;
    packetLength = length;
    start += HEADER + length;
    return true;
  }

  @Override
  public byte[] buffer() {
    return buffer;
  }

  @Override
  public int packetOffset() {
    return packetOffset;
  }

  @Override
  public int packetLength() {
    return packetLength;
  }

  @Override
  public int headerLength() {
    return HEADER;
  }

  @Override
  public void writeHeader(byte[] target, int offset, int length) {
    target[offset] = (byte) (length >>> 8);
    target[offset + 1] = (byte) length;
  }
}
