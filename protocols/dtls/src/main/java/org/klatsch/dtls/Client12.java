package org.klatsch.dtls;

import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// A client's full handshake of version 1.2, RFC 6347 §4.2.4 and RFC 5246 §7.3:
///
/// ```
/// Client                                     Server
/// ClientHello                 -------->                        flight 1 (3 with a cookie)
///                                            ServerHello       flight 4
///                                            Certificate
///                                            ServerKeyExchange
///                                            CertificateRequest*
///                             <--------      ServerHelloDone
/// Certificate*                                                 flight 5
/// ClientKeyExchange
/// CertificateVerify*
/// [ChangeCipherSpec]
/// Finished                    -------->
///                                            [ChangeCipherSpec] flight 6
///                             <--------      Finished
/// ```
final class Client12 extends Handshake {
  private enum State {
    SERVER_HELLO,
    CERTIFICATE,
    SERVER_KEY_EXCHANGE,
    CERTIFICATE_REQUEST_OR_DONE,
    DONE,
    FINISHED
  }

  /// Our public key and the premaster secret.
  private record Agreement(byte[] publicKey, byte[] premasterSecret) {}

  private final ClientHello hello;
  private final DtlsOptions options;
  private State state = State.SERVER_HELLO;

  // What the messages so far have said. Each is set in the state named like the message.
  private @Nullable ServerHello serverHello;
  private @Nullable CipherSuite suite;
  private boolean extendedMasterSecret;
  private @Nullable SrtpProfile srtpProfile;
  private @Nullable String applicationProtocol;
  private List<X509Certificate> serverCertificates = List.of();
  private @Nullable ServerKeyExchange serverKeyExchange;
  private @Nullable NamedGroup group;
  private @Nullable SignatureScheme serverScheme;
  private @Nullable CertificateRequest certificateRequest;
  private @Nullable KeySchedule12 keys;

  Client12(HandshakeLayer layer, ClientHello hello) {
    super(layer);
    this.hello = hello;
    this.options = layer.options();
  }

  @Override
  void handle(long now, HandshakeMessage message) throws MalformedPacketException {
    if (message.is(HandshakeType.FINISHED) != (message.epoch() == 1)) {
      throw unexpected(message, "in epoch " + message.epoch());
    }
    if (message.is(HandshakeType.HELLO_REQUEST)) {
      // Ignored during a handshake, RFC 5246 §7.4.1.1, and not part of the transcript.
      return;
    }
    switch (state) {
      case SERVER_HELLO -> {
        expect(message, HandshakeType.SERVER_HELLO);
        layer.transcript().add(message);
        handleServerHello(ServerHello.parse(message.reader()));
        state = State.CERTIFICATE;
      }
      case CERTIFICATE -> {
        expect(message, HandshakeType.CERTIFICATE);
        layer.transcript().add(message);
        handleCertificate(
            now, CertificateMessage.parse(message.reader(), options.maxCertificateChain()));
      }
      case SERVER_KEY_EXCHANGE -> {
        expect(message, HandshakeType.SERVER_KEY_EXCHANGE);
        layer.transcript().add(message);
        handleServerKeyExchange(ServerKeyExchange.parse(message.reader()));
        state = State.CERTIFICATE_REQUEST_OR_DONE;
      }
      case CERTIFICATE_REQUEST_OR_DONE, DONE -> {
        layer.transcript().add(message);
        if (message.is(HandshakeType.CERTIFICATE_REQUEST)
            && state == State.CERTIFICATE_REQUEST_OR_DONE) {
          certificateRequest = CertificateRequest.parse(message.reader());
          state = State.DONE;
        } else {
          expect(message, HandshakeType.SERVER_HELLO_DONE);
          Extensions.requireEnd(message.reader());
          layer.answered();
          state = State.FINISHED;
          agree();
        }
      }
      case FINISHED -> {
        expect(message, HandshakeType.FINISHED);
        handleFinished(now, message);
      }
    }
  }

  private void expect(HandshakeMessage message, HandshakeType type) throws DtlsException {
    if (!message.is(type)) {
      throw unexpected(message, "waiting for " + state);
    }
  }

  private void handleServerHello(ServerHello answer) throws MalformedPacketException {
    Extensions extensions = answer.extensions();
    for (int type : extensions.types()) {
      if (!hello.extensions().has(type)) {
        throw DtlsException.fatal(
            AlertDescription.UNSUPPORTED_EXTENSION, "extension " + type + " was not offered");
      }
    }
    CipherSuite chosen = CipherSuite.ofCode(answer.cipherSuite());
    if (chosen == null
        || chosen.version() != ProtocolVersion.DTLS_1_2
        || !options.cipherSuites().contains(chosen)
        || answer.compressionMethod() != ClientHello.NO_COMPRESSION) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER,
          "cipher suite 0x"
              + Integer.toHexString(answer.cipherSuite())
              + " with compression "
              + answer.compressionMethod()
              + " was not offered");
    }
    extensions.requireEmptyRenegotiationInfo();
    if (!extensions.acceptsUncompressedPoints()) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "the server takes no uncompressed points");
    }
    extendedMasterSecret = extensions.has(Extensions.EXTENDED_MASTER_SECRET);
    if (!extendedMasterSecret && options.requireExtendedMasterSecret()) {
      throw DtlsException.fatal(
          AlertDescription.HANDSHAKE_FAILURE, "the server has no extended master secret");
    }
    srtpProfile = ExtensionAnswers.profile(options, extensions);
    applicationProtocol = ExtensionAnswers.protocol(options, extensions);
    int limit = extensions.recordSizeLimit();
    if (limit > 0) {
      layer.records().limitSending(limit);
    }
    serverHello = answer;
    suite = chosen;
  }

  private void handleCertificate(long now, CertificateMessage message)
      throws MalformedPacketException {
    List<X509Certificate> chain = message.decode();
    if (chain.isEmpty()) {
      throw DtlsException.fatal(
          AlertDescription.BAD_CERTIFICATE, "the server shows no certificate");
    }
    PublicKey key = chain.getFirst().getPublicKey();
    Signatures.requireUsable(key);
    if (suite().isRsa() != key instanceof RSAKey) {
      throw DtlsException.fatal(
          AlertDescription.BAD_CERTIFICATE, key.getAlgorithm() + " key under " + suite);
    }
    state = State.SERVER_KEY_EXCHANGE;
    layer.authenticate(now, chain.getFirst(), (later, ok) -> serverCertificates = chain);
  }

  private void handleServerKeyExchange(ServerKeyExchange message) throws MalformedPacketException {
    NamedGroup named = NamedGroup.ofCode(message.group());
    if (named == null || named.isHybrid() || !options.groups().contains(named)) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "group " + message.group() + " was not offered");
    }
    group = named;
    serverScheme =
        Signatures.accept(
            ProtocolVersion.DTLS_1_2,
            options.signatureSchemes(),
            message.signatureScheme(),
            serverKey());
    serverKeyExchange = message;
  }

  /// With ServerHelloDone the rest is ours to do: check the server's signature and agree on keys.
  private void agree() {
    ServerKeyExchange message = required(serverKeyExchange);
    SignatureScheme scheme = required(serverScheme);
    NamedGroup named = required(group);
    PublicKey key = serverKey();
    byte[] clientRandom = hello.random();
    byte[] serverRandom = required(serverHello).random();
    SecureRandom random = layer.random();
    layer.compute(
        () -> {
          Signatures.verify(
              scheme, key, message.signature(), clientRandom, serverRandom, message.params());
          EphemeralKey ephemeral = EphemeralKey.generate(named, random);
          return new Agreement(ephemeral.publicKey(), ephemeral.agree(message.publicKey()));
        },
        (now, agreement) -> handleAgreement(agreement));
  }

  private void handleAgreement(Agreement agreement) {
    Flight flight = new Flight();
    DtlsCertificate certificate = null;
    SignatureScheme scheme = null;
    CertificateRequest request = certificateRequest;
    if (request != null) {
      for (DtlsCertificate own : options.certificates()) {
        SignatureScheme usable = schemeFor(request, own);
        if (certificate == null && usable != null) {
          certificate = own;
          scheme = usable;
        }
      }
      // Without a suitable certificate the message is sent with an empty list, RFC 5246 §7.4.6.
      List<byte[]> chain = certificate == null ? List.of() : certificate.encodedChain();
      flight.add(
          layer.message(HandshakeType.CERTIFICATE, 0, new CertificateMessage(chain).encode()));
    }
    flight.add(
        layer.message(
            HandshakeType.CLIENT_KEY_EXCHANGE,
            0,
            new ClientKeyExchange(agreement.publicKey()).encode()));
    byte[] serverRandom = required(serverHello).random();
    KeySchedule12 schedule =
        extendedMasterSecret
            ? KeySchedule12.extended(
                suite(),
                agreement.premasterSecret(),
                layer.transcript().hash(suite().hash()),
                hello.random(),
                serverRandom)
            : KeySchedule12.classic(
                suite(), agreement.premasterSecret(), hello.random(), serverRandom);
    keys = schedule;
    layer.keyLog(hello.random(), schedule);
    if (certificate == null || scheme == null) {
      finish(flight);
      return;
    }
    DtlsCertificate signer = certificate;
    SignatureScheme chosen = scheme;
    SecureRandom random = layer.random();
    byte[] transcript = layer.transcript().toByteArray();
    layer.compute(
        () -> Signatures.sign(chosen, signer.privateKey(), random, transcript),
        (now, signature) -> {
          byte[] verify = new CertificateVerify(chosen.code(), signature).encode();
          flight.add(layer.message(HandshakeType.CERTIFICATE_VERIFY, 0, verify));
          finish(flight);
        });
  }

  private @Nullable SignatureScheme schemeFor(CertificateRequest request, DtlsCertificate own) {
    int type = own.isRsa() ? CertificateRequest.RSA_SIGN : CertificateRequest.ECDSA_SIGN;
    return request.certificateTypes().contains(type)
        ? Signatures.choose(
            ProtocolVersion.DTLS_1_2,
            options.signatureSchemes(),
            request.signatureSchemes(),
            own.certificate().getPublicKey())
        : null;
  }

  private void finish(Flight flight) {
    KeySchedule12 schedule = required(keys);
    byte[] hash = layer.transcript().hash(suite().hash());
    flight.addChangeCipherSpec(0);
    flight.add(
        layer.message(HandshakeType.FINISHED, 1, schedule.verifyData(DtlsRole.CLIENT, hash)));
    layer.install(schedule.readEpoch(DtlsRole.CLIENT));
    layer.records().startWriting(schedule.writeEpoch(DtlsRole.CLIENT));
    layer.send(flight, true);
  }

  private void handleFinished(long now, HandshakeMessage message) throws MalformedPacketException {
    KeySchedule12 schedule = required(keys);
    byte[] hash = layer.transcript().hash(suite().hash());
    if (!MessageDigest.isEqual(message.body(), schedule.verifyData(DtlsRole.SERVER, hash))) {
      throw DtlsException.fatal(AlertDescription.DECRYPT_ERROR, "the server's Finished is wrong");
    }
    layer.answered();
    layer.complete(
        now,
        new NegotiatedParameters(
            ProtocolVersion.DTLS_1_2,
            suite(),
            required(group),
            required(serverScheme),
            srtpProfile,
            applicationProtocol,
            extendedMasterSecret,
            serverCertificates),
        schedule);
  }

  private CipherSuite suite() {
    return required(suite);
  }

  private PublicKey serverKey() {
    return serverCertificates.getFirst().getPublicKey();
  }
}
