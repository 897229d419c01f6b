package org.klatsch.dtls;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.sansio.MalformedPacketException;

/// A client until the server has chosen a version: ClientHello out; a HelloVerifyRequest asks for
/// it again with a cookie (RFC 6347 §4.2.1); the ServerHello or HelloRetryRequest decides which
/// state machine goes on.
final class ClientStart extends Handshake {
  private ClientHello hello;
  private List<KeyExchange> exchanges = List.of();
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
            options.cipherSuites().stream()
                .filter(suite -> options.versions().contains(suite.version()))
                .map(CipherSuite::code)
                .toList(),
            new byte[] {ClientHello.NO_COMPRESSION},
            extensions(options));
  }

  private static Extensions extensions(DtlsOptions options) {
    boolean version12 = options.versions().contains(ProtocolVersion.DTLS_1_2);
    boolean version13 = options.versions().contains(ProtocolVersion.DTLS_1_3);
    Extensions extensions = new Extensions();
    if (version13) {
      extensions.putSupportedVersions(options.versions());
    }
    if (version12) {
      extensions.putEmptyRenegotiationInfo();
      extensions.put(Extensions.EXTENDED_MASTER_SECRET, new byte[0]);
    }
    extensions.putCodes(
        Extensions.SUPPORTED_GROUPS,
        options.groups().stream()
            .filter(group -> version13 || !group.isHybrid())
            .map(NamedGroup::code)
            .toList());
    if (version12) {
      extensions.putPointFormats();
    }
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

  /// The groups that a key share is made for at once: the preferred one, and if that is hybrid the
  /// first of the others, so that a server without ML-KEM needs no second ClientHello.
  private static List<NamedGroup> sharedGroups(DtlsOptions options) {
    List<NamedGroup> shared = new ArrayList<>();
    for (NamedGroup group : options.groups()) {
      shared.add(group);
      if (!group.isHybrid()) {
        break;
      }
    }
    return shared;
  }

  void begin() {
    DtlsOptions options = layer.options();
    if (!options.versions().contains(ProtocolVersion.DTLS_1_3)) {
      send(hello);
      return;
    }
    List<NamedGroup> groups = sharedGroups(options);
    layer.compute(
        () -> KeyExchange.generate(groups, layer.random()),
        (now, made) -> {
          exchanges = made;
          hello = Client13.withShares(hello, made);
          send(hello);
        });
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
      if (version == ProtocolVersion.DTLS_1_3 && verified) {
        // RFC 9147 §5.1: HelloVerifyRequest is of 1.2.
        throw DtlsException.fatal(
            AlertDescription.ILLEGAL_PARAMETER, "DTLS 1.3 chosen after a HelloVerifyRequest");
      }
      Handshake next =
          version == ProtocolVersion.DTLS_1_3
              ? new Client13(layer, hello, exchanges)
              : new Client12(layer, hello);
      exchanges = List.of();
      layer.become(next);
      next.handle(now, message);
    } else {
      throw unexpected(message, "waiting for ServerHello");
    }
  }
}
