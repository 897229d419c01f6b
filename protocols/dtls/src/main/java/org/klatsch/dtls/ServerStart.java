package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// A server until it has chosen a version: waits for a whole ClientHello, asks for another one with
/// a cookie or key share if need be (RFC 6347 §4.2.1, RFC 9147 §5.1), and lets the state machine of
/// the chosen version go on.
final class ServerStart extends Handshake {
  /// Our HelloRetryRequest, when no cookie holds it.
  private @Nullable HelloRetry sentRetry;

  ServerStart(HandshakeLayer layer) {
    super(layer);
  }

  @Override
  void handle(long now, HandshakeMessage message) throws MalformedPacketException {
    if (!message.is(HandshakeType.CLIENT_HELLO) || message.epoch() != 0) {
      throw unexpected(message, "waiting for ClientHello");
    }
    ClientHello hello = ClientHello.parse(message.reader());
    ProtocolVersion version = VersionNegotiation.choose(layer.options().versions(), hello);
    if (version == ProtocolVersion.DTLS_1_3) {
      begin13(message, hello);
      return;
    }
    HelloVerification verification = layer.options().helloVerification();
    if (verification != null && !verification.isValid(hello)) {
      requestCookie(message, verification.cookie(hello));
      return;
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
    byte[] body = new HelloVerifyRequest(ProtocolVersion.DTLS_1_0.code(), cookie).encode();
    answerAndForget(message, HandshakeType.HELLO_VERIFY_REQUEST, body);
  }

  private void answerAndForget(HandshakeMessage message, HandshakeType type, byte[] body) {
    layer.forgetClientHello(message.sequence());
    layer.records().continueFrom(layer.records().lastInitialSequence());
    Flight flight = new Flight();
    flight.add(layer.message(type, 0, body));
    layer.send(flight, false);
    layer.forgetClientHello(message.sequence() + 1);
  }

  private void begin13(HandshakeMessage message, ClientHello hello)
      throws MalformedPacketException {
    DtlsOptions options = layer.options();
    Negotiation13 choice = Negotiation13.of(options, hello);
    HelloVerification verification = options.helloVerification();
    HelloRetry retry = verification == null ? sentRetry : verification.open(hello);
    if (retry == null && (verification != null || choice.share() == null)) {
      requestHello(message, choice, verification);
      return;
    }
    layer.becomeVersion13();
    if (verification != null) {
      layer.records().continueFrom(layer.records().lastInitialSequence());
    }
    if (retry != null) {
      if (retry.suite() != choice.suite().code()
          || choice.share() == null
          || (retry.group() != 0 && retry.group() != choice.group().code())) {
        throw DtlsException.fatal(
            AlertDescription.ILLEGAL_PARAMETER,
            "the second ClientHello is not what the HelloRetryRequest asked for");
      }
      layer.transcript().clear();
      layer.transcript().replaceByHash(retry.clientHelloHash());
      layer
          .transcript()
          .add(
              new HandshakeMessage(
                  HandshakeType.SERVER_HELLO.code(), message.sequence() - 1, 0, retry.encode()));
    }
    Server13 server = new Server13(layer, hello, choice);
    layer.become(server);
    layer.transcript().add(message);
    server.start();
  }

  /// Asks for a ClientHello with a cookie, a key share of another group, or both.
  private void requestHello(
      HandshakeMessage message, Negotiation13 choice, @Nullable HelloVerification verification) {
    int group = choice.share() == null ? choice.group().code() : 0;
    Transcript first = new Transcript();
    first.useShortHeaders();
    first.add(message);
    byte[] hash = first.hash(choice.suite().hash());
    HelloRetry retry = new HelloRetry(choice.suite().code(), group, hash, null);
    if (verification == null) {
      sentRetry = retry;
    } else {
      layer.statistics().drop(DropReason.COOKIE_REQUIRED);
      retry = verification.seal(retry);
    }
    answerAndForget(message, HandshakeType.SERVER_HELLO, retry.encode());
  }
}
