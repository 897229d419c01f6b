package org.klatsch.dtls;

import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// HelloVerifyRequest, RFC 6347 §4.2.1:
///
/// ```
/// struct {
///   ProtocolVersion server_version;
///   opaque cookie<0..2^8-1>;
/// } HelloVerifyRequest;
/// ```
///
/// @param version not the negotiated one: servers write DTLS 1.0 here whatever they will choose
record HelloVerifyRequest(int version, byte[] cookie) {
  static HelloVerifyRequest parse(PacketReader in) throws MalformedPacketException {
    HelloVerifyRequest message = new HelloVerifyRequest(in.u16(), in.bytes(in.u8()));
    Extensions.requireEnd(in);
    return message;
  }

  byte[] encode() {
    PacketWriter out = new PacketWriter(3 + cookie.length);
    return out.u16(version).u8(cookie.length).bytes(cookie).toByteArray();
  }
}
