package org.klatsch.sctp.packet;

import java.util.ArrayList;
import java.util.List;

/// Re-configuration (RE-CONFIG), RFC 6525 §3.1: one or two parameters.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | Type = 130    |  Chunk Flags  |      Chunk Length             |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// \                  Re-configuration Parameter                   /
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// \             Re-configuration Parameter (optional)             /
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public record ReConfigChunk(List<ReConfigParameter> parameters) {
  /// Parses the chunk of `length` bytes at `offset`; unknown parameters are left out.
  public static ReConfigChunk parse(byte[] packet, int offset, int length)
      throws SctpMalformedException {
    List<ReConfigParameter> parameters = new ArrayList<>(2);
    int position = offset + Chunk.HEADER_LENGTH;
    int end = offset + length;
    while (position < end) {
      Chunk.requireLength("parameter", end - position, 4);
      int parameterLength = Wire.u16(packet, position + 2);
      if (parameterLength < 4 || parameterLength > end - position) {
        throw new SctpMalformedException(
            DropReason.BAD_LENGTH, "parameter of " + parameterLength + " in " + (end - position));
      }
      ReConfigParameter parameter = ReConfigParameter.parse(packet, position, parameterLength);
      if (parameter != null) {
        parameters.add(parameter);
      }
      position += Wire.padded(parameterLength);
      if (parameters.size() > 2) {
        throw new SctpMalformedException(DropReason.BAD_VALUE, "more than two parameters");
      }
    }
    return new ReConfigChunk(parameters);
  }

  /// The chunk's bytes.
  public byte[] encode() {
    int length = 0;
    List<byte[]> encoded = new ArrayList<>(parameters.size());
    for (int i = 0; i < parameters.size(); i++) {
      byte[] bytes = parameters.get(i).encode();
      encoded.add(bytes);
      length += i + 1 < parameters.size() ? Wire.padded(bytes.length) : bytes.length;
    }
    byte[] value = new byte[length];
    int position = 0;
    for (byte[] bytes : encoded) {
      System.arraycopy(bytes, 0, value, position, bytes.length);
      position += Wire.padded(bytes.length);
    }
    return Chunk.encode(ChunkType.RE_CONFIG, 0, value);
  }
}
