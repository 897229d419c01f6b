package org.klatsch.sctp.packet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An error cause inside ERROR or ABORT, RFC 9260 §3.3.10.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |           Cause Code          |       Cause Length            |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// \                    Cause-Specific Information                 /
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// @param information without header and padding
public record ErrorCause(int code, byte[] information) {
  public static final int INVALID_STREAM_IDENTIFIER = 1;
  public static final int MISSING_MANDATORY_PARAMETER = 2;
  public static final int STALE_COOKIE = 3;
  public static final int OUT_OF_RESOURCE = 4;
  public static final int UNRESOLVABLE_ADDRESS = 5;
  public static final int UNRECOGNIZED_CHUNK_TYPE = 6;
  public static final int INVALID_MANDATORY_PARAMETER = 7;
  public static final int UNRECOGNIZED_PARAMETERS = 8;
  public static final int NO_USER_DATA = 9;
  public static final int COOKIE_RECEIVED_WHILE_SHUTTING_DOWN = 10;
  public static final int RESTART_WITH_NEW_ADDRESSES = 11;
  public static final int USER_INITIATED_ABORT = 12;
  public static final int PROTOCOL_VIOLATION = 13;

  private static final int HEADER_LENGTH = 4;

  /// Longest text taken from or put into a cause.
  private static final int MAX_TEXT = 512;

  /// A cause with explaining text.
  public static ErrorCause of(int code, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new ErrorCause(code, Arrays.copyOf(bytes, Math.min(bytes.length, MAX_TEXT)));
  }

  /// A cause of 32 bits, such as a TSN or a measure of staleness.
  public static ErrorCause of(int code, int value) {
    byte[] bytes = new byte[4];
    Wire.put32(bytes, 0, value);
    return new ErrorCause(code, bytes);
  }

  /// The information as text, for logs; control characters are replaced.
  public String text() {
    return new String(
            information, 0, Math.min(information.length, MAX_TEXT), StandardCharsets.UTF_8)
        .replaceAll("\\p{Cntrl}", "?");
  }

  /// The causes in a chunk's value.
  public static List<ErrorCause> parseAll(byte[] packet, int offset, int length)
      throws SctpMalformedException {
    List<ErrorCause> causes = new ArrayList<>();
    int position = offset;
    int end = offset + length;
    while (position < end) {
      Chunk.requireLength("error cause", end - position, HEADER_LENGTH);
      int causeLength = Wire.u16(packet, position + 2);
      if (causeLength < HEADER_LENGTH || causeLength > end - position) {
        throw new SctpMalformedException(
            DropReason.BAD_LENGTH, "error cause of " + causeLength + " in " + (end - position));
      }
      causes.add(
          new ErrorCause(
              Wire.u16(packet, position),
              Arrays.copyOfRange(packet, position + HEADER_LENGTH, position + causeLength)));
      position += Wire.padded(causeLength);
    }
    return causes;
  }

  /// An ERROR (RFC 9260 §3.3.10) or ABORT (§3.3.7) chunk.
  public static byte[] encodeChunk(int type, int flags, List<ErrorCause> causes) {
    int length = 0;
    int lastPadding = 0;
    for (ErrorCause cause : causes) {
      int causeLength = HEADER_LENGTH + cause.information.length;
      length += Wire.padded(causeLength);
      lastPadding = Wire.padded(causeLength) - causeLength;
    }
    byte[] value = new byte[length];
    int position = 0;
    for (ErrorCause cause : causes) {
      int causeLength = HEADER_LENGTH + cause.information.length;
      Wire.put16(value, position, cause.code);
      Wire.put16(value, position + 2, causeLength);
      System.arraycopy(
          cause.information, 0, value, position + HEADER_LENGTH, cause.information.length);
      position += Wire.padded(causeLength);
    }
    // The chunk's length leaves out the padding of the last cause, RFC 9260 §3.2.
    return Chunk.encode(type, flags, Arrays.copyOf(value, length - lastPadding));
  }
}
