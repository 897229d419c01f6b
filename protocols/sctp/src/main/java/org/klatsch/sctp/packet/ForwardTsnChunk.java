package org.klatsch.sctp.packet;

/// Forward Cumulative TSN (FORWARD-TSN), RFC 3758 §3.2, and I-FORWARD-TSN, RFC 8260 §2.3.1: the
/// receiver shall no longer wait for what the sender gave up.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Type = 192  |  Flags = 0x00 |        Length = Variable      |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                      New Cumulative TSN                       |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |         Stream-1              |       Stream Sequence-1       |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///
/// |   Type = 194  | Flags = 0x00  |      Length = Variable        |
/// |                       New Cumulative TSN                      |
/// |       Stream Identifier       |          Reserved           |U|
/// |                       Message Identifier                      |
/// ```
///
/// @param skips the last message given up of each stream
public record ForwardTsnChunk(boolean interleaved, int newCumulativeTsn, Skip[] skips) {
  /// Messages of a stream up to and including this one are given up.
  ///
  /// @param sequence stream sequence number, or message identifier when interleaved
  public record Skip(int streamId, boolean unordered, int sequence) {}

  private static final int FIXED_LENGTH = 8;
  private static final int SKIP_LENGTH = 4;
  private static final int I_SKIP_LENGTH = 8;

  /// Parses the chunk of `length` bytes at `offset`.
  public static ForwardTsnChunk parse(byte[] packet, int offset, int length)
      throws SctpMalformedException {
    boolean interleaved = (packet[offset] & 0xff) == ChunkType.I_FORWARD_TSN;
    int skipLength = interleaved ? I_SKIP_LENGTH : SKIP_LENGTH;
    Chunk.requireLength("FORWARD-TSN", length, FIXED_LENGTH);
    if ((length - FIXED_LENGTH) % skipLength != 0) {
      throw new SctpMalformedException(DropReason.BAD_LENGTH, "FORWARD-TSN of " + length);
    }
    Skip[] skips = new Skip[(length - FIXED_LENGTH) / skipLength];
    for (int i = 0; i < skips.length; i++) {
      int position = offset + FIXED_LENGTH + i * skipLength;
      skips[i] =
          interleaved
              ? new Skip(
                  Wire.u16(packet, position),
                  (Wire.u16(packet, position + 2) & 1) != 0,
                  Wire.i32(packet, position + 4))
              : new Skip(Wire.u16(packet, position), false, Wire.u16(packet, position + 2));
    }
    return new ForwardTsnChunk(interleaved, Wire.i32(packet, offset + 4), skips);
  }

  /// How many skips fit into a chunk of `room` bytes.
  public static int maxSkips(boolean interleaved, int room) {
    return (room - FIXED_LENGTH) / (interleaved ? I_SKIP_LENGTH : SKIP_LENGTH);
  }

  /// The chunk's bytes.
  public byte[] encode() {
    int skipLength = interleaved ? I_SKIP_LENGTH : SKIP_LENGTH;
    byte[] value = new byte[4 + skips.length * skipLength];
    Wire.put32(value, 0, newCumulativeTsn);
    for (int i = 0; i < skips.length; i++) {
      int position = 4 + i * skipLength;
      Skip skip = skips[i];
      Wire.put16(value, position, skip.streamId);
      if (interleaved) {
        Wire.put16(value, position + 2, skip.unordered ? 1 : 0);
        Wire.put32(value, position + 4, skip.sequence);
      } else {
        Wire.put16(value, position + 2, skip.sequence);
      }
    }
    return Chunk.encode(interleaved ? ChunkType.I_FORWARD_TSN : ChunkType.FORWARD_TSN, 0, value);
  }
}
