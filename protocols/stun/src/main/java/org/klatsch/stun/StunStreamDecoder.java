package org.klatsch.stun;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts a byte stream (TCP, TLS) into STUN messages by their length fields, RFC 8489 §6.2.2. Not
/// thread-safe.
public final class StunStreamDecoder {
  private final int maxMessageLength;
  private byte[] buffer = new byte[512];
  private int start;
  private int end;

  /// @param maxMessageLength the longest message accepted in bytes, so that a stranger cannot make
  ///   this buffer 64 KiB for nothing
  public StunStreamDecoder(int maxMessageLength) {
    if (maxMessageLength < StunMessage.HEADER_LENGTH) {
      throw new IllegalArgumentException(
          "maxMessageLength " + maxMessageLength + " is less than 20");
    }
    this.maxMessageLength = maxMessageLength;
  }

  /// Takes bytes from the stream; they are copied.
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

  /// The next whole message, borrowed until the next call of [#handleBytes], or null when more
  /// bytes are needed.
  ///
  /// @throws MalformedStunException when the stream cannot be followed any further; close it
  public @Nullable StunMessage poll() throws MalformedStunException {
    if (end - start < StunMessage.HEADER_LENGTH) {
      return null;
    }
    int length = StunMessage.HEADER_LENGTH + StunMessage.u16(buffer, start + 2);
    if (length > maxMessageLength
        || StunMessage.i32(buffer, start + 4) != StunMessage.MAGIC_COOKIE) {
      throw new MalformedStunException("no STUN message in the stream, length " + length);
    }
    if (end - start < length) {
      return null;
    }
    StunMessage message = StunMessage.parse(buffer, start, length);
    start += length;
    return message;
  }
}
