package org.klatsch.dtls;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.klatsch.sansio.PacketWriter;

/// All handshake messages of both sides so far, each with its header as if it had not been
/// fragmented: RFC 6347 §4.2.6. Kept as bytes because the hash functions are known late, and
/// CertificateVerify may take another one than Finished. Released with the handshake.
final class Transcript {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);

  void add(HandshakeMessage message) {
    PacketWriter header = new PacketWriter(HandshakeHeader.LENGTH);
    int length = message.body().length;
    HandshakeHeader.write(header, message.type(), length, message.sequence(), 0, length);
    bytes.write(header.array(), 0, header.length());
    bytes.write(message.body(), 0, length);
  }

  /// Starts over: neither the first ClientHello nor HelloVerifyRequest are part of it, RFC 6347
  /// §4.2.6.
  void clear() {
    bytes.reset();
  }

  /// A copy.
  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  /// @param algorithm JCA name
  byte[] hash(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes.toByteArray());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks " + algorithm, e);
    }
  }
}
