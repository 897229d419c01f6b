package org.klatsch.turn;

/// The framing of data on a channel, RFC 8656 §12.4.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |         Channel Number        |            Length             |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                       Application Data                        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// Over a stream the message is padded to a multiple of four bytes, which the length does not
/// count; over UDP it may be.
public final class ChannelData {
  /// Bytes before the data.
  public static final int HEADER_LENGTH = 4;

  /// The lowest channel number, RFC 8656 §12.
  public static final int FIRST = 0x4000;

  /// The highest channel number, RFC 8656 §12.
  public static final int LAST = 0x4fff;

  /// The highest channel number of clients that follow RFC 5766 §11.
  public static final int LAST_OF_OLD_CLIENTS = 0x7fff;

  private ChannelData() {}

  /// Whether a packet begins like ChannelData as opposed to STUN, DTLS and RTP, RFC 7983 §7.
  public static boolean looksLikeChannelData(byte[] buffer, int offset, int length) {
    return length >= HEADER_LENGTH && (buffer[offset] & 0xf0) == 0x40;
  }

  /// The same for packets of old clients too, where nothing but TURN is expected.
  public static boolean mayBeChannelData(byte[] buffer, int offset, int length) {
    return length >= HEADER_LENGTH && (buffer[offset] & 0xc0) == 0x40;
  }

  /// The channel's number in a packet of at least four bytes.
  public static int number(byte[] buffer, int offset) {
    return (buffer[offset] & 0xff) << 8 | buffer[offset + 1] & 0xff;
  }

  /// The length of the data, or -1 when the packet is shorter than it says.
  public static int dataLength(byte[] buffer, int offset, int length) {
    int data = (buffer[offset + 2] & 0xff) << 8 | buffer[offset + 3] & 0xff;
    return data <= length - HEADER_LENGTH ? data : -1;
  }

  /// Writes the header; the data stands behind it.
  public static void writeHeader(byte[] buffer, int offset, int number, int dataLength) {
    buffer[offset] = (byte) (number >>> 8);
    buffer[offset + 1] = (byte) number;
    buffer[offset + 2] = (byte) (dataLength >>> 8);
    buffer[offset + 3] = (byte) dataLength;
  }
}
