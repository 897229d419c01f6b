package org.klatsch.sctp.dcep;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sctp.packet.DropReason;
import org.klatsch.sctp.packet.SctpMalformedException;
import org.klatsch.sctp.packet.Wire;

/// DATA_CHANNEL_OPEN, RFC 8832 §5.1.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Message Type |  Channel Type |            Priority           |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                    Reliability Parameter                      |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |         Label Length          |       Protocol Length         |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                             Label                             |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                            Protocol                           |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// @param ordered the channel type without its highest bit 0x80 "unordered"
/// @param maxRetransmits reliability parameter of types 0x01 and 0x81, else -1
/// @param maxLifetime reliability parameter of types 0x02 and 0x82, else null
public record DataChannelOpen(
    boolean ordered,
    int maxRetransmits,
    @Nullable Duration maxLifetime,
    int priority,
    String label,
    String protocol) {
  /// Message type of DATA_CHANNEL_OPEN, RFC 8832 §8.2.1.
  public static final int MESSAGE_TYPE = 0x03;

  /// Message type of DATA_CHANNEL_ACK, the only byte of that message, RFC 8832 §5.2.
  public static final int ACK_MESSAGE_TYPE = 0x02;

  /// "Normal" of RFC 8831 §6.4.
  public static final int PRIORITY_NORMAL = 256;

  private static final int HEADER_LENGTH = 12;
  private static final int RELIABLE = 0x00;
  private static final int PARTIAL_RELIABLE_REXMIT = 0x01;
  private static final int PARTIAL_RELIABLE_TIMED = 0x02;
  private static final int UNORDERED = 0x80;

  /// Parses a message. Label and protocol are UTF-8; malformed sequences are replaced, as a label
  /// is for people and programs of any origin.
  public static DataChannelOpen parse(byte[] message, int maxLabelLength)
      throws SctpMalformedException {
    if (message.length < HEADER_LENGTH) {
      throw new SctpMalformedException(
          DropReason.TRUNCATED, "DATA_CHANNEL_OPEN of " + message.length + " bytes");
    }
    if ((message[0] & 0xff) != MESSAGE_TYPE) {
      throw new SctpMalformedException(DropReason.BAD_VALUE, "message type " + message[0]);
    }
    int channelType = message[1] & 0xff;
    int labelLength = Wire.u16(message, 8);
    int protocolLength = Wire.u16(message, 10);
    if (HEADER_LENGTH + labelLength + protocolLength != message.length) {
      throw new SctpMalformedException(
          DropReason.BAD_LENGTH,
          "label " + labelLength + " and protocol " + protocolLength + " in " + message.length);
    }
    if (labelLength > maxLabelLength || protocolLength > maxLabelLength) {
      throw new SctpMalformedException(
          DropReason.BAD_LENGTH, "label or protocol above " + maxLabelLength);
    }
    long parameter = Integer.toUnsignedLong(Wire.i32(message, 4));
    int maxRetransmits = -1;
    Duration maxLifetime = null;
    switch (channelType & ~UNORDERED) {
      case RELIABLE -> {} // RFC 8832 §5.1: the parameter is ignored.
      case PARTIAL_RELIABLE_REXMIT -> maxRetransmits = (int) Math.min(parameter, Integer.MAX_VALUE);
      case PARTIAL_RELIABLE_TIMED -> maxLifetime = Duration.ofMillis(parameter);
      default ->
          throw new SctpMalformedException(DropReason.BAD_VALUE, "channel type " + channelType);
    }
    return new DataChannelOpen(
        (channelType & UNORDERED) == 0,
        maxRetransmits,
        maxLifetime,
        Wire.u16(message, 2),
        new String(message, HEADER_LENGTH, labelLength, StandardCharsets.UTF_8),
        new String(message, HEADER_LENGTH + labelLength, protocolLength, StandardCharsets.UTF_8));
  }

  /// The message's bytes.
  public byte[] toByteArray() {
    byte[] labelBytes = label.getBytes(StandardCharsets.UTF_8);
    byte[] protocolBytes = protocol.getBytes(StandardCharsets.UTF_8);
    int reliability = RELIABLE;
    long parameter = 0;
    if (maxRetransmits >= 0) {
      reliability = PARTIAL_RELIABLE_REXMIT;
      parameter = maxRetransmits;
    } else if (maxLifetime != null) {
      reliability = PARTIAL_RELIABLE_TIMED;
      parameter = Math.min(maxLifetime.toMillis(), 0xffff_ffffL);
    }
    return new PacketWriter(HEADER_LENGTH + labelBytes.length + protocolBytes.length)
        .u8(MESSAGE_TYPE)
        .u8(reliability | (ordered ? 0 : UNORDERED))
        .u16(priority)
        .u32((int) parameter)
        .u16(labelBytes.length)
        .u16(protocolBytes.length)
        .bytes(labelBytes)
        .bytes(protocolBytes)
        .toByteArray();
  }
}
