package org.klatsch.dtls;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// Certificate of version 1.3, RFC 8446 §4.4.2:
///
/// ```
/// struct { opaque cert_data<1..2^24-1>; Extension extensions<0..2^16-1>; } CertificateEntry;
/// struct {
///   opaque certificate_request_context<0..2^8-1>;
///   CertificateEntry certificate_list<0..2^24-1>;
/// } Certificate;
/// ```
///
/// Extensions of entries are read over: we ask for none.
///
/// @param context what the CertificateRequest had; empty from a server
/// @param chain the certificates without what surrounds them
record CertificateMessage13(byte[] context, CertificateMessage chain) {
  static CertificateMessage13 parse(PacketReader in, int maxBytes) throws MalformedPacketException {
    byte[] context = in.bytes(in.u8());
    PacketReader list = in.slice(in.u24());
    Extensions.requireEnd(in);
    CertificateMessage.requireSize(list.remaining(), maxBytes);
    List<byte[]> certificates = new ArrayList<>();
    while (list.hasRemaining()) {
      byte[] certificate = list.bytes(list.u24());
      Extensions.parseList(list.slice(2 + peek16(list)));
      CertificateMessage.requireEntry(certificate, certificates.size());
      certificates.add(certificate);
    }
    return new CertificateMessage13(context, new CertificateMessage(certificates));
  }

  private static int peek16(PacketReader in) throws MalformedPacketException {
    return new PacketReader(in.array(), in.position(), in.remaining()).u16();
  }

  byte[] encode() {
    int length = chain.certificates().stream().mapToInt(c -> 5 + c.length).sum();
    PacketWriter out = new PacketWriter(4 + context.length + length);
    out.u8(context.length).bytes(context).u24(length);
    chain.certificates().forEach(c -> out.u24(c.length).bytes(c).u16(0));
    return out.toByteArray();
  }
}
