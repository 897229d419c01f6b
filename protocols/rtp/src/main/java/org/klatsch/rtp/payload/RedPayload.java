package org.klatsch.rtp.payload;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;

/// Redundant data, RFC 2198 §3: headers of all blocks, the oldest first and the primary last, then
/// their data in the same order.
///
/// ```
/// |1|   block PT  |     timestamp offset      |   block length    |   redundant
/// |0|   block PT  |                                                 primary
/// ```
public final class RedPayload {
  /// Largest timestamp offset: 14 bits.
  public static final int MAX_TIMESTAMP_OFFSET = 0x3fff;

  /// Largest redundant block: 10 bits.
  public static final int MAX_BLOCK_LENGTH = 0x3ff;

  /// Blocks read of one payload; senders use at most about ten.
  public static final int MAX_BLOCKS = 32;

  /// Length of the header of a redundant block.
  public static final int HEADER_LENGTH = 4;

  private RedPayload() {}

  /// Reads the blocks in order of the wire: the last is the primary.
  public static List<RedBlock> parse(byte[] payload, int offset, int length)
      throws MalformedRtpException {
    List<RedBlock> blocks = new ArrayList<>(3);
    int end = offset + length;
    int headers = offset;
    int data = offset + headerLength(payload, offset, length);
    while (payload[headers] < 0) {
      int fields = Bytes.i32(payload, headers);
      int blockLength = fields & MAX_BLOCK_LENGTH;
      if (blockLength > end - data) {
        throw Malformed.payload(
            "RED block of " + blockLength + " bytes, " + (end - data) + " left");
      }
      blocks.add(new RedBlock(fields >>> 24 & 0x7f, fields >>> 10 & 0x3fff, data, blockLength));
      data += blockLength;
      headers += HEADER_LENGTH;
    }
    blocks.add(new RedBlock(payload[headers], 0, data, end - data));
    return blocks;
  }

  private static int headerLength(byte[] payload, int offset, int length)
      throws MalformedRtpException {
    int at = 0;
    for (int blocks = 0; blocks < MAX_BLOCKS && at < length; blocks++) {
      if (payload[offset + at] >= 0) {
        return at + 1;
      }
      at += HEADER_LENGTH;
    }
    throw Malformed.truncated("RED headers", length);
  }

  /// Payload type of the primary block, or -1 for a malformed payload; builds nothing.
  public static int primaryType(byte[] payload, int offset, int length) {
    int at = 0;
    while (at < length && payload[offset + at] < 0) {
      at += HEADER_LENGTH;
    }
    return at < length ? payload[offset + at] : -1;
  }

  /// Writes the header of a redundant block and returns the index behind it.
  public static int writeRedundantHeader(
      byte[] out, int offset, int payloadType, int timestampOffset, int length) {
    if (timestampOffset < 0
        || timestampOffset > MAX_TIMESTAMP_OFFSET
        || length < 0
        || length > MAX_BLOCK_LENGTH) {
      throw new IllegalArgumentException(
          "timestamp offset "
              + timestampOffset
              + ", 0 to 16383, and length "
              + length
              + ", 0 to 1023 expected");
    }
    Bytes.i32(
        out, offset, 0x80000000 | (payloadType & 0x7f) << 24 | timestampOffset << 10 | length);
    return offset + HEADER_LENGTH;
  }

  /// Writes the header of the primary block and returns the index behind it.
  public static int writePrimaryHeader(byte[] out, int offset, int payloadType) {
    out[offset] = (byte) (payloadType & 0x7f);
    return offset + 1;
  }
}
