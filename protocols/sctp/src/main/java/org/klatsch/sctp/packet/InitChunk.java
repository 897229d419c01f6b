package org.klatsch.sctp.packet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketWriter;

/// Initiation (INIT), RFC 9260 §3.3.2, and Initiation Acknowledgement (INIT ACK), §3.3.3.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Type = 1    |  Chunk Flags  |      Chunk Length             |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                         Initiate Tag                          |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |           Advertised Receiver Window Credit (a_rwnd)          |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Number of Outbound Streams   |   Number of Inbound Streams   |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                          Initial TSN                          |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// \              Optional/Variable-Length Parameters              /
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// @param advertisedWindow in bytes
/// @param features what the sender supports
/// @param cookie State Cookie of an INIT ACK (§3.3.3.1), else null
/// @param unrecognized parameters of a received chunk that must be reported back, whole, with
///   header
/// @param hostName whether a Host Name Address parameter was there, which must be refused
///   (§3.3.2.1)
public record InitChunk(
    int initiateTag,
    long advertisedWindow,
    int outboundStreams,
    int inboundStreams,
    int initialTsn,
    Features features,
    byte @Nullable [] cookie,
    List<byte[]> unrecognized,
    boolean hostName) {
  /// Extensions that are announced in INIT and INIT ACK.
  ///
  /// @param partialReliability Forward-TSN-Supported, RFC 3758 §3.1
  /// @param interleaving I-DATA among the Supported Extensions, RFC 8260 §2.2.1
  /// @param reconfiguration RE-CONFIG among the Supported Extensions, RFC 6525 §4
  /// @param zeroChecksum Zero Checksum Acceptable with the method "DTLS", RFC 9653 §4
  public record Features(
      boolean partialReliability,
      boolean interleaving,
      boolean reconfiguration,
      boolean zeroChecksum) {}

  private static final int FIXED_LENGTH = 20;
  private static final int PARAMETER_HEADER_LENGTH = 4;

  private static final int IPV4_ADDRESS = 5;
  private static final int IPV6_ADDRESS = 6;
  private static final int STATE_COOKIE = 7;
  private static final int UNRECOGNIZED_PARAMETER = 8;
  private static final int COOKIE_PRESERVATIVE = 9;
  private static final int HOST_NAME_ADDRESS = 11;
  private static final int SUPPORTED_ADDRESS_TYPES = 12;
  private static final int ZERO_CHECKSUM_ACCEPTABLE = 0x8001;
  private static final int SUPPORTED_EXTENSIONS = 0x8008;
  private static final int FORWARD_TSN_SUPPORTED = 0xc000;

  /// Error Detection Method Identifier "SCTP over DTLS", RFC 9653 §8.
  private static final int EDMID_DTLS = 1;

  /// Bound on what is reported back, so that an answer never grows beyond its cause.
  private static final int MAX_UNRECOGNIZED = 8;

  /// Parses the chunk of `length` bytes without padding at `offset`.
  public static InitChunk parse(byte[] packet, int offset, int length)
      throws SctpMalformedException {
    Chunk.requireLength("INIT", length, FIXED_LENGTH);
    byte[] cookie = null;
    boolean forwardTsn = false;
    boolean interleaving = false;
    boolean reconfiguration = false;
    boolean zeroChecksum = false;
    boolean hostName = false;
    List<byte[]> unrecognized = new ArrayList<>();
    int position = offset + FIXED_LENGTH;
    int end = offset + length;
    boolean stopped = false;
    while (position < end && !stopped) {
      Chunk.requireLength("parameter", end - position, PARAMETER_HEADER_LENGTH);
      int type = Wire.u16(packet, position);
      int parameterLength = Wire.u16(packet, position + 2);
      if (parameterLength < PARAMETER_HEADER_LENGTH || parameterLength > end - position) {
        throw new SctpMalformedException(
            DropReason.BAD_LENGTH, "parameter of " + parameterLength + " in " + (end - position));
      }
      int value = position + PARAMETER_HEADER_LENGTH;
      int valueEnd = position + parameterLength;
      switch (type) {
        case STATE_COOKIE -> cookie = Arrays.copyOfRange(packet, value, valueEnd);
        case FORWARD_TSN_SUPPORTED -> forwardTsn = true;
        case SUPPORTED_EXTENSIONS -> {
          for (int i = value; i < valueEnd; i++) {
            switch (packet[i] & 0xff) {
              case ChunkType.FORWARD_TSN -> forwardTsn = true;
              case ChunkType.I_DATA -> interleaving = true;
              case ChunkType.RE_CONFIG -> reconfiguration = true;
              default -> {} // Extensions that are not supported here.
            }
          }
        }
        case ZERO_CHECKSUM_ACCEPTABLE -> {
          Chunk.requireExactly("Zero Checksum Acceptable", parameterLength, 8);
          zeroChecksum = Wire.i32(packet, value) == EDMID_DTLS;
        }
        case HOST_NAME_ADDRESS -> hostName = true;
        // Addresses mean nothing over DTLS, RFC 8261 §6.1; a preservative is optional to honour.
        case IPV4_ADDRESS,
            IPV6_ADDRESS,
            UNRECOGNIZED_PARAMETER,
            COOKIE_PRESERVATIVE,
            SUPPORTED_ADDRESS_TYPES -> {}
        default -> {
          // RFC 9260 §3.2.1: the highest bit says skip, the next one report.
          if ((type & 0x4000) != 0 && unrecognized.size() < MAX_UNRECOGNIZED) {
            unrecognized.add(Arrays.copyOfRange(packet, position, valueEnd));
          }
          stopped = (type & 0x8000) == 0;
        }
      }
      position += Wire.padded(parameterLength);
    }
    return new InitChunk(
        Wire.i32(packet, offset + 4),
        Integer.toUnsignedLong(Wire.i32(packet, offset + 8)),
        Wire.u16(packet, offset + 12),
        Wire.u16(packet, offset + 14),
        Wire.i32(packet, offset + 16),
        new Features(forwardTsn, interleaving, reconfiguration, zeroChecksum),
        cookie,
        unrecognized,
        hostName);
  }

  /// The chunk's bytes with padding.
  ///
  /// @param type [ChunkType#INIT] or [ChunkType#INIT_ACK]
  public byte[] encode(int type) {
    int room = FIXED_LENGTH + 64 + (cookie == null ? 0 : cookie.length + 8);
    for (byte[] parameter : unrecognized) {
      room += parameter.length + 8;
    }
    PacketWriter writer = new PacketWriter(room);
    writer.u32(initiateTag).u32((int) advertisedWindow);
    writer.u16(outboundStreams).u16(inboundStreams).u32(initialTsn);
    if (cookie != null) {
      parameter(writer, STATE_COOKIE, cookie);
    }
    if (features.partialReliability) {
      parameter(writer, FORWARD_TSN_SUPPORTED, new byte[0]);
    }
    if (features.zeroChecksum) {
      parameter(writer, ZERO_CHECKSUM_ACCEPTABLE, new byte[] {0, 0, 0, EDMID_DTLS});
    }
    PacketWriter extensions = new PacketWriter(4);
    if (features.reconfiguration) {
      extensions.u8(ChunkType.RE_CONFIG);
    }
    if (features.partialReliability) {
      extensions.u8(ChunkType.FORWARD_TSN);
    }
    if (features.interleaving) {
      extensions.u8(ChunkType.I_DATA);
      if (features.partialReliability) {
        extensions.u8(ChunkType.I_FORWARD_TSN);
      }
    }
    if (extensions.length() > 0) {
      parameter(writer, SUPPORTED_EXTENSIONS, extensions.toByteArray());
    }
    for (byte[] parameter : unrecognized) {
      parameter(writer, UNRECOGNIZED_PARAMETER, parameter);
    }
    return Chunk.encode(type, 0, writer.toByteArray());
  }

  private static void parameter(PacketWriter writer, int type, byte[] value) {
    // Padding stands before the next parameter, so that none follows the last one.
    writer.zeros(Wire.padded(writer.length()) - writer.length());
    writer.u16(type).u16(PARAMETER_HEADER_LENGTH + value.length).bytes(value);
  }
}
