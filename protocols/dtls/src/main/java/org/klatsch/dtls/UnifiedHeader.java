package org.klatsch.dtls;

/// The header of a protected record of version 1.3, RFC 9147 §4. Read and written in place:
///
/// ```
///  0 1 2 3 4 5 6 7
/// +-+-+-+-+-+-+-+-+
/// |0|0|1|C|S|L|E E|   C: connection id, S: 16 instead of 8 bits of sequence number,
/// +-+-+-+-+-+-+-+-+   L: length, E: lowest bits of the epoch
/// | sequence number, 1 or 2 bytes, encrypted
/// | length of the rest, 2 bytes; without it the record ends with the datagram
/// ```
///
/// We write 16 bits of sequence number and the length always, and read all forms without a
/// connection id, which we never negotiate.
final class UnifiedHeader {
  /// Of those we write.
  static final int LENGTH = 5;

  /// Bytes of the longest header that we read.
  static final int MAX_LENGTH = 5;

  private static final int FIXED_BITS = 0xe0;
  private static final int FIXED = 0x20;
  private static final int CONNECTION_ID = 0x10;
  private static final int LONG_SEQUENCE = 0x08;
  private static final int WITH_LENGTH = 0x04;
  private static final int EPOCH_BITS = 0x03;

  private UnifiedHeader() {}

  /// Whether a record that begins with this byte has the header.
  static boolean matches(int first) {
    return (first & FIXED_BITS) == FIXED;
  }

  static boolean hasConnectionId(int first) {
    return (first & CONNECTION_ID) != 0;
  }

  static boolean hasLength(int first) {
    return (first & WITH_LENGTH) != 0;
  }

  static int epochBits(int first) {
    return first & EPOCH_BITS;
  }

  /// Bytes of the sequence number.
  static int sequenceLength(int first) {
    return (first & LONG_SEQUENCE) != 0 ? 2 : 1;
  }

  /// Bytes of a header without connection id.
  static int length(int first) {
    return 1 + sequenceLength(first) + (hasLength(first) ? 2 : 0);
  }

  /// What the length field says of a header that has one.
  static int contentLength(byte[] array, int offset) {
    int at = offset + 1 + sequenceLength(array[offset]);
    return (array[at] & 0xff) << 8 | (array[at + 1] & 0xff);
  }

  /// Writes the header with the sequence number not yet encrypted.
  static void write(byte[] array, int offset, int epoch, long sequence, int length) {
    array[offset] = (byte) (FIXED | LONG_SEQUENCE | WITH_LENGTH | (epoch & EPOCH_BITS));
    RecordHeader.put16(array, offset + 1, (int) sequence);
    RecordHeader.put16(array, offset + 3, length);
  }
}
