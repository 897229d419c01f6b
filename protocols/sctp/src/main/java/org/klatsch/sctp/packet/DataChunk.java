package org.klatsch.sctp.packet;

/// Payload Data (DATA), RFC 9260 §3.3.1, and its interleaving form (I-DATA), RFC 8260 §2.1.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Type = 0    |  Res  |I|U|B|E|           Length              |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                              TSN                              |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |      Stream Identifier S      |   Stream Sequence Number n    |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                  Payload Protocol Identifier                  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// \                           User Data                           /
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///
/// |   Type = 64   |  Res  |I|U|B|E|       Length = Variable       |
/// |                              TSN                              |
/// |        Stream Identifier      |           Reserved            |
/// |                      Message Identifier                       |
/// |    Payload Protocol Identifier / Fragment Sequence Number     |
/// \                           User Data                           /
/// ```
///
/// A view of a borrowed packet, reused for every chunk so that the hot path allocates nothing.
public final class DataChunk {
  public static final int HEADER_LENGTH = 16;
  public static final int I_DATA_HEADER_LENGTH = 20;

  /// Last fragment.
  public static final int FLAG_E = 1;

  /// First fragment.
  public static final int FLAG_B = 2;

  /// Unordered.
  public static final int FLAG_U = 4;

  /// The sender wants an acknowledgement at once.
  public static final int FLAG_I = 8;

  private byte[] array = new byte[0];
  private boolean interleaved;
  private int flags;
  private int tsn;
  private int streamId;
  private int sequence;
  private int ppid;
  private int fsn;
  private int payloadOffset;
  private int payloadLength;

  /// A view of nothing yet.
  public DataChunk() {}

  /// Points the view at a chunk of `length` bytes without padding.
  public void parse(byte[] packet, int offset, int length) throws SctpMalformedException {
    interleaved = (packet[offset] & 0xff) == ChunkType.I_DATA;
    int header = interleaved ? I_DATA_HEADER_LENGTH : HEADER_LENGTH;
    Chunk.requireLength("DATA", length, header);
    array = packet;
    flags = packet[offset + 1];
    tsn = Wire.i32(packet, offset + 4);
    streamId = Wire.u16(packet, offset + 8);
    if (interleaved) {
      sequence = Wire.i32(packet, offset + 12);
      // RFC 8260 §2.1: the field is the PPID in a first fragment, whose FSN is 0.
      int shared = Wire.i32(packet, offset + 16);
      ppid = isBeginning() ? shared : 0;
      fsn = isBeginning() ? 0 : shared;
    } else {
      sequence = Wire.u16(packet, offset + 10);
      ppid = Wire.i32(packet, offset + 12);
      fsn = 0;
    }
    payloadOffset = offset + header;
    payloadLength = length - header;
  }

  /// Writes a header; the payload stands behind it already or follows.
  ///
  /// @param sequence stream sequence number, or message identifier when interleaved
  public static void write(
      byte[] packet,
      int offset,
      boolean interleaved,
      int flags,
      int tsn,
      int streamId,
      int sequence,
      int ppid,
      int fsn,
      int payloadLength) {
    packet[offset] = (byte) (interleaved ? ChunkType.I_DATA : ChunkType.DATA);
    packet[offset + 1] = (byte) flags;
    Wire.put16(packet, offset + 2, headerLength(interleaved) + payloadLength);
    Wire.put32(packet, offset + 4, tsn);
    Wire.put16(packet, offset + 8, streamId);
    if (interleaved) {
      Wire.put16(packet, offset + 10, 0);
      Wire.put32(packet, offset + 12, sequence);
      Wire.put32(packet, offset + 16, (flags & FLAG_B) != 0 ? ppid : fsn);
    } else {
      Wire.put16(packet, offset + 10, sequence);
      Wire.put32(packet, offset + 12, ppid);
    }
  }

  public static int headerLength(boolean interleaved) {
    return interleaved ? I_DATA_HEADER_LENGTH : HEADER_LENGTH;
  }

  /// The packet this points into, borrowed.
  public byte[] array() {
    return array;
  }

  public boolean isInterleaved() {
    return interleaved;
  }

  public boolean isBeginning() {
    return (flags & FLAG_B) != 0;
  }

  public boolean isEnding() {
    return (flags & FLAG_E) != 0;
  }

  public boolean isUnordered() {
    return (flags & FLAG_U) != 0;
  }

  public boolean wantsImmediateSack() {
    return (flags & FLAG_I) != 0;
  }

  public int flags() {
    return flags;
  }

  public int tsn() {
    return tsn;
  }

  public int streamId() {
    return streamId;
  }

  /// Stream sequence number of 16 bits, or message identifier of 32 bits when interleaved.
  public int sequence() {
    return sequence;
  }

  /// Payload protocol identifier; of an I-DATA chunk only in the first fragment.
  public int ppid() {
    return ppid;
  }

  /// Fragment sequence number; 0 without interleaving.
  public int fsn() {
    return fsn;
  }

  public int payloadOffset() {
    return payloadOffset;
  }

  public int payloadLength() {
    return payloadLength;
  }
}
