package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// Certificate, RFC 5246 §7.4.2:
///
/// ```
/// opaque ASN.1Cert<1..2^24-1>;
/// struct { ASN.1Cert certificate_list<0..2^24-1>; } Certificate;
/// ```
///
/// @param certificates in DER form, the sender's own first; empty for a client that has none
record CertificateMessage(List<byte[]> certificates) {
  /// Certificates of a chain that we look at.
  private static final int MAX_CERTIFICATES = 10;

  static CertificateMessage parse(PacketReader in, int maxBytes) throws MalformedPacketException {
    PacketReader list = in.slice(in.u24());
    Extensions.requireEnd(in);
    requireSize(list.remaining(), maxBytes);
    List<byte[]> certificates = new ArrayList<>();
    while (list.hasRemaining()) {
      byte[] certificate = list.bytes(list.u24());
      requireEntry(certificate, certificates.size());
      certificates.add(certificate);
    }
    return new CertificateMessage(certificates);
  }

  static void requireSize(int bytes, int maxBytes) throws DtlsException {
    if (bytes > maxBytes) {
      throw DtlsException.fatal(
          AlertDescription.BAD_CERTIFICATE, "chain of " + bytes + " bytes, at most " + maxBytes);
    }
  }

  static void requireEntry(byte[] certificate, int before) throws DtlsException {
    if (certificate.length == 0 || before == MAX_CERTIFICATES) {
      throw DtlsException.fatal(
          AlertDescription.DECODE_ERROR, "an empty certificate, or more than 10");
    }
  }

  byte[] encode() {
    int length = certificates.stream().mapToInt(c -> 3 + c.length).sum();
    PacketWriter out = new PacketWriter(3 + length);
    out.u24(length);
    certificates.forEach(c -> out.u24(c.length).bytes(c));
    return out.toByteArray();
  }

  /// The certificates as the JDK reads them.
  List<X509Certificate> decode() throws MalformedPacketException {
    List<X509Certificate> decoded = new ArrayList<>();
    for (byte[] der : certificates) {
      try {
        decoded.add(DtlsCertificate.parse(der));
      } catch (GeneralSecurityException | RuntimeException e) {
        throw DtlsException.fatal(
            AlertDescription.BAD_CERTIFICATE, "unreadable certificate: " + e.getMessage());
      }
    }
    return decoded;
  }
}
