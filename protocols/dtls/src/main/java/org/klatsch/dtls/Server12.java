package org.klatsch.dtls;

import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// A server's full handshake of version 1.2 after the ClientHello; see [Client12] for the flights.
final class Server12 extends Handshake {
  private enum State {
    /// Our flight is being computed.
    PREPARING,
    CERTIFICATE,
    CLIENT_KEY_EXCHANGE,
    CERTIFICATE_VERIFY,
    FINISHED
  }

  /// Our part of the key exchange.
  private record Offer(EphemeralKey key, byte[] publicKey, byte[] signature) {}

  /// A suite with a certificate and signature scheme for it.
  private record Choice(CipherSuite suite, DtlsCertificate certificate, SignatureScheme scheme) {}

  private final ClientHello hello;
  private final DtlsOptions options;
  private final Choice choice;
  private final NamedGroup group;
  private final byte[] serverRandom;
  private final boolean extendedMasterSecret;
  private final @Nullable SrtpProfile srtpProfile;
  private final @Nullable String applicationProtocol;
  private State state = State.PREPARING;
  private @Nullable EphemeralKey ephemeral;
  private List<X509Certificate> clientCertificates = List.of();
  private @Nullable KeySchedule12 keys;

  Server12(HandshakeLayer layer, ClientHello hello) throws MalformedPacketException {
    super(layer);
    this.hello = hello;
    this.options = layer.options();
    Extensions extensions = hello.extensions();
    if (!hello.offersNoCompression() || !extensions.acceptsUncompressedPoints()) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER,
          "the client offers neither null compression nor uncompressed points, or only one");
    }
    extensions.requireEmptyRenegotiationInfo();
    this.extendedMasterSecret = extensions.has(Extensions.EXTENDED_MASTER_SECRET);
    if (!extendedMasterSecret && options.requireExtendedMasterSecret()) {
      throw DtlsException.fatal(
          AlertDescription.HANDSHAKE_FAILURE, "the client has no extended master secret");
    }
    this.group = chooseGroup(extensions.codes(Extensions.SUPPORTED_GROUPS));
    this.choice = chooseSuite(extensions.codes(Extensions.SIGNATURE_ALGORITHMS));
    this.srtpProfile = ExtensionAnswers.chooseProfile(options, extensions);
    this.applicationProtocol = ExtensionAnswers.chooseProtocol(options, extensions);
    int limit = extensions.recordSizeLimit();
    if (limit > 0) {
      layer.records().limitSending(limit);
    }
    this.serverRandom =
        VersionNegotiation.serverRandom(
            options.versions(), ProtocolVersion.DTLS_1_2, layer.random());
  }

  private NamedGroup chooseGroup(@Nullable List<Integer> offered) throws DtlsException {
    for (NamedGroup ours : options.groups()) {
      // Without the extension the client leaves the choice to us, RFC 8422 §4; P-256 all know.
      if (!ours.isHybrid()
          && (offered == null ? ours == NamedGroup.SECP256R1 : offered.contains(ours.code()))) {
        return ours;
      }
    }
    throw DtlsException.fatal(
        AlertDescription.HANDSHAKE_FAILURE,
        "no common group, offered " + offered + ", ours " + options.groups());
  }

  private Choice chooseSuite(@Nullable List<Integer> schemes) throws DtlsException {
    // Without the extension SHA-1 would be meant, RFC 5246 §7.4.1.4.1, which RFC 9155 §2 forbids.
    List<Integer> offered = schemes == null ? List.of() : schemes;
    for (CipherSuite suite : options.cipherSuites()) {
      if (suite.version() != ProtocolVersion.DTLS_1_2
          || !hello.cipherSuites().contains(suite.code())) {
        continue;
      }
      for (DtlsCertificate certificate : options.certificates()) {
        SignatureScheme scheme =
            Signatures.choose(
                ProtocolVersion.DTLS_1_2,
                options.signatureSchemes(),
                offered,
                certificate.certificate().getPublicKey());
        if (certificate.isRsa() == suite.isRsa() && scheme != null) {
          return new Choice(suite, certificate, scheme);
        }
      }
    }
    throw DtlsException.fatal(
        AlertDescription.HANDSHAKE_FAILURE,
        "no common cipher suite with a certificate and signature algorithm for it");
  }

  /// Makes the key pair and signs it.
  void start() {
    NamedGroup named = group;
    Choice chosen = choice;
    byte[] clientRandom = hello.random();
    byte[] ours = serverRandom;
    SecureRandom random = layer.random();
    layer.compute(
        () -> {
          EphemeralKey key = EphemeralKey.generate(named, random);
          byte[] publicKey = key.publicKey();
          byte[] signature =
              Signatures.sign(
                  chosen.scheme(),
                  chosen.certificate().privateKey(),
                  random,
                  clientRandom,
                  ours,
                  ServerKeyExchange.params(named.code(), publicKey));
          return new Offer(key, publicKey, signature);
        },
        (now, offer) -> sendHello(offer));
  }

  private void sendHello(Offer offer) {
    ephemeral = offer.key();
    Flight flight = new Flight();
    ServerHello answer =
        new ServerHello(
            ProtocolVersion.DTLS_1_2.code(),
            serverRandom,
            new byte[0],
            choice.suite().code(),
            ClientHello.NO_COMPRESSION,
            answerExtensions());
    flight.add(layer.message(HandshakeType.SERVER_HELLO, 0, answer.encode()));
    byte[] chain = new CertificateMessage(choice.certificate().encodedChain()).encode();
    flight.add(layer.message(HandshakeType.CERTIFICATE, 0, chain));
    ServerKeyExchange exchange =
        new ServerKeyExchange(
            group.code(), offer.publicKey(), choice.scheme().code(), offer.signature());
    flight.add(layer.message(HandshakeType.SERVER_KEY_EXCHANGE, 0, exchange.encode()));
    if (wantsCertificate()) {
      CertificateRequest request =
          new CertificateRequest(
              List.of(CertificateRequest.ECDSA_SIGN, CertificateRequest.RSA_SIGN),
              options.signatureSchemes().stream().map(SignatureScheme::code).toList());
      flight.add(layer.message(HandshakeType.CERTIFICATE_REQUEST, 0, request.encode()));
    }
    flight.add(layer.message(HandshakeType.SERVER_HELLO_DONE, 0, new byte[0]));
    state = wantsCertificate() ? State.CERTIFICATE : State.CLIENT_KEY_EXCHANGE;
    layer.send(flight, true);
  }

  /// Only what the client offered may be answered, RFC 5246 §7.4.1.4.
  private Extensions answerExtensions() {
    Extensions offered = hello.extensions();
    Extensions answer = new Extensions();
    if (offered.has(Extensions.RENEGOTIATION_INFO)
        || hello.cipherSuites().contains(ClientHello.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)) {
      answer.putEmptyRenegotiationInfo();
    }
    if (extendedMasterSecret) {
      answer.put(Extensions.EXTENDED_MASTER_SECRET, new byte[0]);
    }
    if (offered.has(Extensions.EC_POINT_FORMATS)) {
      answer.putPointFormats();
    }
    ExtensionAnswers.put(answer, srtpProfile, applicationProtocol);
    if (offered.has(Extensions.RECORD_SIZE_LIMIT)) {
      answer.putRecordSizeLimit(options.recordSizeLimit());
    }
    return answer;
  }

  private boolean wantsCertificate() {
    return options.peerAuthentication() == DtlsOptions.PeerAuthentication.FINGERPRINT;
  }

  @Override
  void handle(long now, HandshakeMessage message) throws MalformedPacketException {
    if (message.is(HandshakeType.FINISHED) != (message.epoch() == 1)) {
      throw unexpected(message, "in epoch " + message.epoch());
    }
    switch (state) {
      case PREPARING -> throw unexpected(message, "preparing ServerHello");
      case CERTIFICATE -> {
        expect(message, HandshakeType.CERTIFICATE);
        layer.transcript().add(message);
        handleCertificate(
            now, CertificateMessage.parse(message.reader(), options.maxCertificateChain()));
      }
      case CLIENT_KEY_EXCHANGE -> {
        expect(message, HandshakeType.CLIENT_KEY_EXCHANGE);
        layer.transcript().add(message);
        handleClientKeyExchange(ClientKeyExchange.parse(message.reader()));
      }
      case CERTIFICATE_VERIFY -> {
        expect(message, HandshakeType.CERTIFICATE_VERIFY);
        // The signature covers the messages before this one.
        byte[] signed = layer.transcript().toByteArray();
        layer.transcript().add(message);
        handleCertificateVerify(CertificateVerify.parse(message.reader()), signed);
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

  private void handleCertificate(long now, CertificateMessage message)
      throws MalformedPacketException {
    List<X509Certificate> chain = message.decode();
    if (chain.isEmpty()) {
      // RFC 5246 §7.4.6.
      throw DtlsException.fatal(
          AlertDescription.HANDSHAKE_FAILURE, "the client shows no certificate");
    }
    Signatures.requireUsable(chain.getFirst().getPublicKey());
    state = State.CLIENT_KEY_EXCHANGE;
    layer.authenticate(now, chain.getFirst(), (later, ok) -> clientCertificates = chain);
  }

  private void handleClientKeyExchange(ClientKeyExchange message) {
    EphemeralKey ours = required(ephemeral);
    ephemeral = null;
    byte[] sessionHash = layer.transcript().hash(choice.suite().hash());
    state = clientCertificates.isEmpty() ? State.FINISHED : State.CERTIFICATE_VERIFY;
    layer.compute(
        () -> ours.agree(message.publicKey()),
        (now, premasterSecret) -> {
          KeySchedule12 schedule =
              extendedMasterSecret
                  ? KeySchedule12.extended(
                      choice.suite(), premasterSecret, sessionHash, hello.random(), serverRandom)
                  : KeySchedule12.classic(
                      choice.suite(), premasterSecret, hello.random(), serverRandom);
          keys = schedule;
          layer.keyLog(hello.random(), schedule);
          layer.install(schedule.readEpoch(DtlsRole.SERVER));
        });
  }

  private void handleCertificateVerify(CertificateVerify message, byte[] signed)
      throws DtlsException {
    PublicKey key = clientCertificates.getFirst().getPublicKey();
    SignatureScheme scheme =
        Signatures.accept(
            ProtocolVersion.DTLS_1_2, options.signatureSchemes(), message.signatureScheme(), key);
    state = State.FINISHED;
    layer.compute(
        () -> {
          Signatures.verify(scheme, key, message.signature(), signed);
          return true;
        },
        (now, ok) -> {});
  }

  private void handleFinished(long now, HandshakeMessage message) throws MalformedPacketException {
    KeySchedule12 schedule = required(keys);
    String algorithm = choice.suite().hash();
    byte[] expected = schedule.verifyData(DtlsRole.CLIENT, layer.transcript().hash(algorithm));
    if (!MessageDigest.isEqual(message.body(), expected)) {
      throw DtlsException.fatal(AlertDescription.DECRYPT_ERROR, "the client's Finished is wrong");
    }
    layer.transcript().add(message);
    byte[] verifyData = schedule.verifyData(DtlsRole.SERVER, layer.transcript().hash(algorithm));
    Flight flight = new Flight();
    flight.addChangeCipherSpec(0);
    flight.add(layer.message(HandshakeType.FINISHED, 1, verifyData));
    layer.records().startWriting(schedule.writeEpoch(DtlsRole.SERVER));
    layer.send(flight, false);
    layer.complete(
        now,
        new NegotiatedParameters(
            ProtocolVersion.DTLS_1_2,
            choice.suite(),
            group,
            choice.scheme(),
            srtpProfile,
            applicationProtocol,
            extendedMasterSecret,
            new ArrayList<>(clientCertificates)),
        schedule);
  }
}
