package org.klatsch.dtls;

import java.util.List;
import org.klatsch.sansio.MalformedPacketException;

/// A client until the server has chosen a version: ClientHello out; a HelloVerifyRequest asks for
/// it again with a cookie (RFC 6347 §4.2.1); the ServerHello decides which state machine goes on.
final class ClientStart extends Handshake {
  private final ClientHello hello;
  private boolean verified;

  ClientStart(HandshakeLayer layer) {
    super(layer);
    byte[] random = new byte[ClientHello.RANDOM_LENGTH];
    layer.random().nextBytes(random);
    DtlsOptions options = layer.options();
    this.hello =
        new ClientHello(
            ProtocolVersion.DTLS_1_2.code(),
            random,
            new byte[0],
            new byte[0],
            options.cipherSuites().stream().map(CipherSuite::code).toList(),
            new byte[] {ClientHello.NO_COMPRESSION},
            extensions(options));
  }

  private static Extensions extensions(DtlsOptions options) {
    Extensions extensions = new Extensions();
    extensions.putEmptyRenegotiationInfo();
    extensions.put(Extensions.EXTENDED_MASTER_SECRET, new byte[0]);
    extensions.putCodes(
        Extensions.SUPPORTED_GROUPS, options.groups().stream().map(NamedGroup::code).toList());
    extensions.putPointFormats();
    extensions.putCodes(
        Extensions.SIGNATURE_ALGORITHMS,
        options.signatureSchemes().stream().map(SignatureScheme::code).toList());
    if (!options.srtpProfiles().isEmpty()) {
      extensions.put(Extensions.USE_SRTP, UseSrtp.of(options.srtpProfiles()).encode());
    }
    if (!options.applicationProtocols().isEmpty()) {
      extensions.putApplicationProtocols(options.applicationProtocols());
    }
    if (options.recordSizeLimit() < RecordHeader.MAX_PLAINTEXT) {
      extensions.putRecordSizeLimit(options.recordSizeLimit());
    }
    return extensions;
  }

  void sendClientHello() {
    send(hello);
  }

  private void send(ClientHello message) {
    Flight flight = new Flight();
    flight.add(layer.message(HandshakeType.CLIENT_HELLO, 0, message.encode()));
    layer.send(flight, true);
  }

  @Override
  void handle(long now, HandshakeMessage message) throws MalformedPacketException {
    if (message.is(HandshakeType.HELLO_VERIFY_REQUEST) && !verified) {
      verified = true;
      HelloVerifyRequest request = HelloVerifyRequest.parse(message.reader());
      layer.transcript().clear();
      send(hello.withCookie(request.cookie()));
    } else if (message.is(HandshakeType.SERVER_HELLO)) {
      ServerHello answer = ServerHello.parse(message.reader());
      List<ProtocolVersion> enabled = layer.options().versions();
      ProtocolVersion version = VersionNegotiation.chosen(enabled, answer);
      if (version != ProtocolVersion.DTLS_1_2) {
        throw new IllegalStateException("no handshake for " + version);
      }
      Client12 client = new Client12(layer, hello);
      layer.become(client);
      client.handle(now, message);
    } else {
      throw unexpected(message, "waiting for ServerHello");
    }
  }
}
