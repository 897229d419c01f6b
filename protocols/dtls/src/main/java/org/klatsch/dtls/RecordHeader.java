package org.klatsch.dtls;

/// The header of a DTLS record, RFC 6347 §4.1. Read and written in place, as records are on the hot
/// path:
///
/// ```
/// struct {
///   ContentType type;           1 byte
///   ProtocolVersion version;    2 bytes
///   uint16 epoch;
///   uint48 sequence_number;
///   uint16 length;
///   opaque fragment[length];
/// } DTLSPlaintext;
/// ```
final class RecordHeader {
  static final int LENGTH = 13;

  /// Longest plaintext of a record, RFC 6347 §4.1 (RFC 5246 §6.2.1).
  static final int MAX_PLAINTEXT = 1 << 14;

  /// Longest protected fragment, RFC 5246 §6.2.3.
  static final int MAX_CIPHERTEXT = MAX_PLAINTEXT + 2048;

  /// Sequence numbers have 48 bits and may not wrap, RFC 6347 §4.1.
  static final long MAX_SEQUENCE = (1L << 48) - 1;

  private RecordHeader() {}

  static int type(byte[] array, int offset) {
    return array[offset] & 0xff;
  }

  static int version(byte[] array, int offset) {
    return u16(array, offset + 1);
  }

  static int epoch(byte[] array, int offset) {
    return u16(array, offset + 3);
  }

  static long sequence(byte[] array, int offset) {
    return (long) u16(array, offset + 5) << 32
        | (long) u16(array, offset + 7) << 16
        | u16(array, offset + 9);
  }

  static int length(byte[] array, int offset) {
    return u16(array, offset + 11);
  }

  static void write(
      byte[] array, int offset, int type, int version, int epoch, long sequence, int length) {
    array[offset] = (byte) type;
    put16(array, offset + 1, version);
    putSequence(array, offset + 3, epoch, sequence);
    put16(array, offset + 11, length);
  }

  /// Epoch and sequence number as the 64 bits that RFC 6347 §4.1.2.1 puts into the additional data.
  static void putSequence(byte[] array, int offset, int epoch, long sequence) {
    put16(array, offset, epoch);
    put16(array, offset + 2, (int) (sequence >>> 32));
    put16(array, offset + 4, (int) (sequence >>> 16));
    put16(array, offset + 6, (int) sequence);
  }

  static void put16(byte[] array, int offset, int value) {
    array[offset] = (byte) (value >>> 8);
    array[offset + 1] = (byte) value;
  }

  private static int u16(byte[] array, int offset) {
    return (array[offset] & 0xff) << 8 | (array[offset + 1] & 0xff);
  }
}
