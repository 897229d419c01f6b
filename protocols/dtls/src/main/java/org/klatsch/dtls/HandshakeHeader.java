package org.klatsch.dtls;

import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// The header of a handshake message or of a fragment of one, RFC 6347 §4.2.2:
///
/// ```
/// struct {
///   HandshakeType msg_type;     1 byte
///   uint24 length;              of the whole message
///   uint16 message_seq;
///   uint24 fragment_offset;
///   uint24 fragment_length;
/// } Handshake;
/// ```
record HandshakeHeader(
    int type, int length, int messageSequence, int fragmentOffset, int fragmentLength) {
  static final int LENGTH = 12;

  static HandshakeHeader parse(PacketReader in) throws MalformedPacketException {
    return new HandshakeHeader(in.u8(), in.u24(), in.u16(), in.u24(), in.u24());
  }

  static void write(
      PacketWriter out, int type, int length, int sequence, int offset, int fragmentLength) {
    out.u8(type).u24(length).u16(sequence).u24(offset).u24(fragmentLength);
  }
}
