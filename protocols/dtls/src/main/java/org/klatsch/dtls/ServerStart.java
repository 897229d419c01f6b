package org.klatsch.dtls;

import org.klatsch.sansio.MalformedPacketException;

/// A server until it has chosen a version: waits for a whole ClientHello, asks for a cookie if so
/// configured (RFC 6347 §4.2.1), and lets the state machine of the chosen version go on.
final class ServerStart extends Handshake {
  ServerStart(HandshakeLayer layer) {
    super(layer);
  }

  @Override
  void handle(long now, HandshakeMessage message) throws MalformedPacketException {
    if (!message.is(HandshakeType.CLIENT_HELLO) || message.epoch() != 0) {
      throw unexpected(message, "waiting for ClientHello");
    }
    ClientHello hello = ClientHello.parse(message.reader());
    HelloVerification verification = layer.options().helloVerification();
    if (verification != null && !verification.isValid(hello)) {
      requestCookie(message, verification.cookie(hello));
      return;
    }
    ProtocolVersion version = VersionNegotiation.choose(layer.options().versions(), hello);
    if (version != ProtocolVersion.DTLS_1_2) {
      throw new IllegalStateException("no handshake for " + version);
    }
    if (verification != null) {
      layer.records().continueFrom(layer.records().lastInitialSequence());
    }
    Server12 server = new Server12(layer, hello);
    layer.become(server);
    layer.transcript().add(message);
    server.start();
  }

  /// Answers and forgets: the next ClientHello has the next message number, or the same one when
  /// our answer got lost. The answer bears the version DTLS 1.0 whatever will be negotiated, and
  /// the record number of the ClientHello.
  private void requestCookie(HandshakeMessage message, byte[] cookie) {
    layer.statistics().drop(DropReason.COOKIE_REQUIRED);
    layer.forgetClientHello(message.sequence());
    layer.records().continueFrom(layer.records().lastInitialSequence());
    byte[] body = new HelloVerifyRequest(ProtocolVersion.DTLS_1_0.code(), cookie).encode();
    Flight flight = new Flight();
    flight.add(layer.message(HandshakeType.HELLO_VERIFY_REQUEST, 0, body));
    layer.send(flight, false);
    layer.forgetClientHello(message.sequence() + 1);
  }
}
