package org.klatsch.sctp.packet;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketWriter;

/// The parameters of RE-CONFIG, RFC 6525 §4.
public sealed interface ReConfigParameter {
  /// The parameter with header, without padding.
  byte[] encode();

  /// Outgoing SSN Reset Request, RFC 6525 §4.1: the sender resets its streams.
  ///
  /// @param lastTsn the last TSN sent before the reset
  /// @param streamIds the streams, all when empty
  record OutgoingReset(int requestNumber, int responseNumber, int lastTsn, int[] streamIds)
      implements ReConfigParameter {
    static final int TYPE = 13;

    @Override
    public byte[] encode() {
      PacketWriter writer = new PacketWriter(16 + 2 * streamIds.length);
      writer.u16(TYPE).u16(16 + 2 * streamIds.length);
      writer.u32(requestNumber).u32(responseNumber).u32(lastTsn);
      return streams(writer, streamIds);
    }
  }

  /// Incoming SSN Reset Request, RFC 6525 §4.2: the receiver is asked to reset its streams.
  record IncomingReset(int requestNumber, int[] streamIds) implements ReConfigParameter {
    static final int TYPE = 14;

    @Override
    public byte[] encode() {
      PacketWriter writer = new PacketWriter(8 + 2 * streamIds.length);
      writer.u16(TYPE).u16(8 + 2 * streamIds.length).u32(requestNumber);
      return streams(writer, streamIds);
    }
  }

  /// SSN/TSN Reset Request, RFC 6525 §4.3.
  record SsnTsnReset(int requestNumber) implements ReConfigParameter {
    static final int TYPE = 15;

    @Override
    public byte[] encode() {
      return new PacketWriter(8).u16(TYPE).u16(8).u32(requestNumber).toByteArray();
    }
  }

  /// Re-configuration Response, RFC 6525 §4.4, without the TSNs that only an SSN/TSN reset has.
  record Response(int responseNumber, int result) implements ReConfigParameter {
    static final int TYPE = 16;

    public static final int NOTHING_TO_DO = 0;
    public static final int PERFORMED = 1;
    public static final int DENIED = 2;
    public static final int WRONG_SSN = 3;
    public static final int REQUEST_IN_PROGRESS = 4;
    public static final int BAD_SEQUENCE_NUMBER = 5;
    public static final int IN_PROGRESS = 6;

    @Override
    public byte[] encode() {
      return new PacketWriter(12).u16(TYPE).u16(12).u32(responseNumber).u32(result).toByteArray();
    }
  }

  /// Add Outgoing Streams Request, RFC 6525 §4.5: the sender wants to send on more streams.
  record AddOutgoing(int requestNumber, int count) implements ReConfigParameter {
    static final int TYPE = 17;

    @Override
    public byte[] encode() {
      return add(TYPE, requestNumber, count);
    }
  }

  /// Add Incoming Streams Request, RFC 6525 §4.6: the receiver is asked to send on more streams.
  record AddIncoming(int requestNumber, int count) implements ReConfigParameter {
    static final int TYPE = 18;

    @Override
    public byte[] encode() {
      return add(TYPE, requestNumber, count);
    }
  }

  /// Parses the parameter of `length` bytes at `offset`; null for a type not known.
  static @Nullable ReConfigParameter parse(byte[] packet, int offset, int length)
      throws SctpMalformedException {
    int type = Wire.u16(packet, offset);
    return switch (type) {
      case OutgoingReset.TYPE -> {
        Chunk.requireLength("Outgoing SSN Reset", length, 16);
        yield new OutgoingReset(
            Wire.i32(packet, offset + 4),
            Wire.i32(packet, offset + 8),
            Wire.i32(packet, offset + 12),
            streams(packet, offset + 16, length - 16));
      }
      case IncomingReset.TYPE -> {
        Chunk.requireLength("Incoming SSN Reset", length, 8);
        yield new IncomingReset(
            Wire.i32(packet, offset + 4), streams(packet, offset + 8, length - 8));
      }
      case SsnTsnReset.TYPE -> {
        Chunk.requireExactly("SSN/TSN Reset", length, 8);
        yield new SsnTsnReset(Wire.i32(packet, offset + 4));
      }
      case Response.TYPE -> {
        if (length != 20) {
          Chunk.requireExactly("Re-configuration Response", length, 12);
        }
        yield new Response(Wire.i32(packet, offset + 4), Wire.i32(packet, offset + 8));
      }
      case AddOutgoing.TYPE -> {
        Chunk.requireExactly("Add Outgoing Streams", length, 12);
        yield new AddOutgoing(Wire.i32(packet, offset + 4), Wire.u16(packet, offset + 8));
      }
      case AddIncoming.TYPE -> {
        Chunk.requireExactly("Add Incoming Streams", length, 12);
        yield new AddIncoming(Wire.i32(packet, offset + 4), Wire.u16(packet, offset + 8));
      }
      default -> null;
    };
  }

  private static int[] streams(byte[] packet, int offset, int length)
      throws SctpMalformedException {
    if (length % 2 != 0) {
      throw new SctpMalformedException(DropReason.BAD_LENGTH, "stream list of " + length);
    }
    int[] ids = new int[length / 2];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Wire.u16(packet, offset + 2 * i);
    }
    return ids;
  }

  private static byte[] streams(PacketWriter writer, int[] ids) {
    for (int id : ids) {
      writer.u16(id);
    }
    return writer.toByteArray();
  }

  private static byte[] add(int type, int requestNumber, int count) {
    return new PacketWriter(12)
        .u16(type)
        .u16(12)
        .u32(requestNumber)
        .u16(count)
        .u16(0)
        .toByteArray();
  }
}
