package org.klatsch.sctp.packet;

/// What all chunks share, RFC 9260 §3.2.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Chunk Type  |  Chunk Flags  |          Chunk Length         |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// \                          Chunk Value                          /
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public final class Chunk {
  /// Type, flags and length.
  public static final int HEADER_LENGTH = 4;

  /// Verification tag of the peer was reflected, RFC 9260 §8.5.1; in ABORT and SHUTDOWN COMPLETE.
  public static final int FLAG_T = 1;

  private Chunk() {}

  /// A chunk with padding.
  public static byte[] encode(int type, int flags, byte[] value) {
    int length = HEADER_LENGTH + value.length;
    byte[] chunk = new byte[Wire.padded(length)];
    chunk[0] = (byte) type;
    chunk[1] = (byte) flags;
    Wire.put16(chunk, 2, length);
    System.arraycopy(value, 0, chunk, HEADER_LENGTH, value.length);
    return chunk;
  }

  /// A chunk without a value.
  public static byte[] encode(int type, int flags) {
    return encode(type, flags, new byte[0]);
  }

  static void requireLength(String what, int length, int min) throws SctpMalformedException {
    if (length < min) {
      throw new SctpMalformedException(
          DropReason.TRUNCATED, what + " of " + length + " bytes, at least " + min);
    }
  }

  static void requireExactly(String what, int length, int expected) throws SctpMalformedException {
    if (length != expected) {
      throw new SctpMalformedException(
          DropReason.BAD_LENGTH, what + " of " + length + " bytes, not " + expected);
    }
  }
}
