package org.klatsch.turn;

import java.util.Arrays;
import org.klatsch.sansio.StreamFraming;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunMessage;

/// Cuts a byte stream (TCP, TLS) into STUN messages and ChannelData by their length fields, RFC
/// 8656 §3.1 and §12.5. Not thread-safe.
public final class TurnStreamDecoder implements StreamFraming {
  private int maxLength;
  private byte[] buffer = new byte[512];
  private int start;
  private int end;
  private int packetOffset;
  private int packetLength;

  /// @param maxLength the longest message accepted in bytes, so that a stranger cannot make this
  ///   buffer 64 KiB for nothing
  public TurnStreamDecoder(int maxLength) {
    if (maxLength < StunMessage.HEADER_LENGTH) {
      throw new IllegalArgumentException("maxLength " + maxLength + " is less than 20");
    }
    this.maxLength = maxLength;
  }

  /// Changes the longest message accepted, for a sender that has proved who it is.
  public void maxLength(int length) {
    maxLength = length;
  }

  @Override
  public void handleBytes(byte[] bytes, int offset, int length) {
    if (buffer.length - end < length) {
      int kept = end - start;
      byte[] target =
          kept + length <= buffer.length
              ? buffer
              : Arrays.copyOf(buffer, Math.max(kept + length, 2 * buffer.length));
      System.arraycopy(buffer, start, target, 0, kept);
      buffer = target;
      start = 0;
      end = kept;
    }
    System.arraycopy(bytes, offset, buffer, end, length);
    end += length;
  }

  @Override
  public boolean next() throws MalformedStunException {
    int available = end - start;
    if (available < ChannelData.HEADER_LENGTH) {
      return false;
    }
    int field = (buffer[start + 2] & 0xff) << 8 | buffer[start + 3] & 0xff;
    int length;
    int padded;
    if (ChannelData.mayBeChannelData(buffer, start, available)) {
      length = ChannelData.HEADER_LENGTH + field;
      padded = length + 3 & ~3;
    } else if ((buffer[start] & 0xc0) == 0 && (field & 3) == 0) {
      length = StunMessage.HEADER_LENGTH + field;
      padded = length;
      if (available >= 8 && cookie() != StunMessage.MAGIC_COOKIE) {
        throw new MalformedStunException("no magic cookie in the stream");
      }
    } else {
      throw new MalformedStunException("neither STUN nor ChannelData in the stream");
    }
    if (length > maxLength) {
      throw new MalformedStunException("a message of " + length + " bytes in the stream");
    }
    if (available < padded) {
      return false;
    }
    packetOffset = start;
    packetLength = length;
    start += padded;
    return true;
  }

  private int cookie() {
    return (buffer[start + 4] & 0xff) << 24
        | (buffer[start + 5] & 0xff) << 16
        | (buffer[start + 6] & 0xff) << 8
        | buffer[start + 7] & 0xff;
  }

  @Override
  public byte[] buffer() {
    return buffer;
  }

  @Override
  public int packetOffset() {
    return packetOffset;
  }

  /// Without the padding of ChannelData.
  @Override
  public int packetLength() {
    return packetLength;
  }

  /// Bytes that wait for the rest of their message.
  public int pendingBytes() {
    return end - start;
  }
}
