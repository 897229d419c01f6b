package org.klatsch.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.klatsch.sansio.PacketWriter;

/// All handshake messages of both sides so far. Kept whole because version and hash function are
/// known late, and under 1.2 CertificateVerify may take another hash than Finished. Released with
/// the handshake.
final class Transcript {
  /// Bytes of a header as TLS has it: type and length.
  private static final int SHORT_HEADER = 4;

  private final List<HandshakeMessage> messages = new ArrayList<>();
  private boolean shortHeaders;

  void add(HandshakeMessage message) {
    messages.add(message);
  }

  /// Goes on in the form of version 1.3, RFC 9147 §5.2: headers without message number and
  /// fragment. That of 1.2 has them as if the message had not been fragmented, RFC 6347 §4.2.6.
  void useShortHeaders() {
    shortHeaders = true;
  }

  /// Starts over: neither the first ClientHello nor HelloVerifyRequest are part of it, RFC 6347
  /// §4.2.6.
  void clear() {
    messages.clear();
  }

  /// Lets a hash stand for the first ClientHello, which a HelloRetryRequest has answered: RFC 8446
  /// §4.4.1.
  void replaceByHash(byte[] clientHelloHash) {
    messages.clear();
    messages.add(new HandshakeMessage(HandshakeType.MESSAGE_HASH.code(), 0, 0, clientHelloHash));
  }

  /// A copy.
  byte[] toByteArray() {
    int header = shortHeaders ? SHORT_HEADER : HandshakeHeader.LENGTH;
    int length = messages.stream().mapToInt(m -> header + m.body().length).sum();
    PacketWriter out = new PacketWriter(length);
    for (HandshakeMessage message : messages) {
      byte[] body = message.body();
      if (shortHeaders) {
        out.u8(message.type()).u24(body.length);
      } else {
        HandshakeHeader.write(out, message.type(), body.length, message.sequence(), 0, body.length);
      }
      out.bytes(body);
    }
    return out.toByteArray();
  }

  /// @param algorithm JCA name
  byte[] hash(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm).digest(toByteArray());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks " + algorithm, e);
    }
  }
}
