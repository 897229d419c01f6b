package org.klatsch.rooms.transfer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The header of a frame on the `bulk` channel, `docs/transfer-protocol.md` §5.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |      type     |                   zero                        |
/// |                           transfer                            |
/// |                             file                              |
/// |                            offset (64 bits)                   |
/// |                            payload …                          |
/// ```
///
/// @param type [#DATA] or [#END]
/// @param transfer 1 to 2^32 − 1
/// @param offset where in the file the payload begins; of an end, the size of the file
/// @param payloadLength bytes behind the header
record BulkFrame(int type, long transfer, int file, long offset, int payloadLength) {
  static final int DATA = 1;
  static final int END = 2;
  static final int HEADER_LENGTH = 20;

  /// Largest frame that is accepted; Chromium's max-message-size.
  static final int MAX_LENGTH = 262_144;

  private static final int HASH_LENGTH = 32;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// Reads the header of the frame that fills `length` bytes of `buf` from `off`.
  static BulkFrame parse(byte[] buf, int off, int length) throws MalformedTransferException {
    if (length < HEADER_LENGTH || length > MAX_LENGTH) {
      throw new MalformedTransferException(
          "frame of " + length + " bytes, expected " + HEADER_LENGTH + " to " + MAX_LENGTH);
    }
    int first = (int) INT.get(buf, off);
    int type = first >>> 24;
    if ((first & 0xff_ffff) != 0) {
      throw new MalformedTransferException("bytes behind the type are not zero");
    }
    int payload = length - HEADER_LENGTH;
    boolean lengthFits =
        switch (type) {
          case DATA -> payload > 0;
          case END -> payload == HASH_LENGTH;
          default -> throw new MalformedTransferException("frame type " + type);
        };
    if (!lengthFits) {
      throw new MalformedTransferException("payload of " + payload + " bytes in type " + type);
    }
    long transfer = Integer.toUnsignedLong((int) INT.get(buf, off + 4));
    int file = (int) INT.get(buf, off + 8);
    long offset = (long) LONG.get(buf, off + 12);
    if (transfer == 0) {
      throw new MalformedTransferException("transfer 0");
    }
    if (file < 0 || file >= ControlMessage.MAX_FILES) {
      throw new MalformedTransferException("file " + Integer.toUnsignedString(file));
    }
    long end = type == DATA ? payload : 0;
    if (offset < 0 || offset > ControlMessage.MAX_INTEGER - end) {
      throw new MalformedTransferException("offset " + Long.toUnsignedString(offset));
    }
    return new BulkFrame(type, transfer, file, offset, payload);
  }

  /// Writes a header at the beginning of `buf`.
  static void writeHeader(byte[] buf, int type, long transfer, int file, long offset) {
    INT.set(buf, 0, type << 24);
    INT.set(buf, 4, (int) transfer);
    INT.set(buf, 8, file);
    LONG.set(buf, 12, offset);
  }
}
