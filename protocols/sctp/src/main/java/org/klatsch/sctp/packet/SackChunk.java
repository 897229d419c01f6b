package org.klatsch.sctp.packet;

/// Selective Acknowledgement (SACK), RFC 9260 §3.3.4.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Type = 3    |  Chunk Flags  |         Chunk Length          |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                      Cumulative TSN Ack                       |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |          Advertised Receiver Window Credit (a_rwnd)           |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | Number of Gap Ack Blocks = N  |  Number of Duplicate TSNs = M |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |    Gap Ack Block #1 Start     |     Gap Ack Block #1 End      |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// \                              ...                              /
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                       Duplicate TSN M                         |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// A view of a borrowed packet, reused for every chunk.
public final class SackChunk {
  public static final int HEADER_LENGTH = 16;

  private byte[] array = new byte[0];
  private int offset;
  private int gapCount;
  private int duplicateCount;

  /// A view of nothing yet.
  public SackChunk() {}

  /// Points the view at a chunk of `length` bytes.
  public void parse(byte[] packet, int start, int length) throws SctpMalformedException {
    Chunk.requireLength("SACK", length, HEADER_LENGTH);
    array = packet;
    offset = start;
    gapCount = Wire.u16(packet, start + 12);
    duplicateCount = Wire.u16(packet, start + 14);
    Chunk.requireExactly("SACK", length, HEADER_LENGTH + 4 * (gapCount + duplicateCount));
  }

  public int cumulativeTsnAck() {
    return Wire.i32(array, offset + 4);
  }

  /// Advertised receiver window credit in bytes.
  public long advertisedWindow() {
    return Integer.toUnsignedLong(Wire.i32(array, offset + 8));
  }

  public int gapCount() {
    return gapCount;
  }

  /// First TSN of a gap ack block, as offset from the cumulative TSN.
  public int gapStart(int index) {
    return Wire.u16(array, offset + HEADER_LENGTH + 4 * index);
  }

  /// Last TSN of a gap ack block, as offset from the cumulative TSN.
  public int gapEnd(int index) {
    return Wire.u16(array, offset + HEADER_LENGTH + 4 * index + 2);
  }

  public int duplicateCount() {
    return duplicateCount;
  }

  public int duplicateTsn(int index) {
    return Wire.i32(array, offset + HEADER_LENGTH + 4 * (gapCount + index));
  }

  /// Writes the fixed part of a SACK whose blocks and duplicates already stand behind it.
  ///
  /// @return the chunk's length
  public static int writeHeader(
      byte[] packet, int offset, int cumulativeTsn, long window, int gaps, int duplicates) {
    int length = HEADER_LENGTH + 4 * (gaps + duplicates);
    packet[offset] = (byte) ChunkType.SACK;
    packet[offset + 1] = 0;
    Wire.put16(packet, offset + 2, length);
    Wire.put32(packet, offset + 4, cumulativeTsn);
    Wire.put32(packet, offset + 8, (int) window);
    Wire.put16(packet, offset + 12, gaps);
    Wire.put16(packet, offset + 14, duplicates);
    return length;
  }
}
