package org.klatsch.dtls;

import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// A server's handshake of version 1.3 after a ClientHello that has all it takes; see [Client13]
/// for the flights.
final class Server13 extends Handshake {
  private enum State {
    /// Our flight is being computed.
    PREPARING,
    CERTIFICATE,
    CERTIFICATE_VERIFY,
    FINISHED
  }

  private final ClientHello hello;
  private final DtlsOptions options;
  private final Negotiation13 choice;
  private final @Nullable SrtpProfile srtpProfile;
  private final @Nullable String applicationProtocol;
  private State state = State.PREPARING;
  private @Nullable KeySchedule13 keys;
  private List<X509Certificate> clientCertificates = List.of();

  Server13(HandshakeLayer layer, ClientHello hello, Negotiation13 choice)
      throws MalformedPacketException {
    super(layer);
    this.hello = hello;
    this.options = layer.options();
    this.choice = choice;
    this.srtpProfile = ExtensionAnswers.chooseProfile(options, hello.extensions());
    this.applicationProtocol = ExtensionAnswers.chooseProtocol(options, hello.extensions());
    int limit = hello.extensions().recordSizeLimit();
    if (limit > 0) {
      // Under 1.3 it includes the byte of the content type, RFC 8449 §4.
      layer.records().limitSending(limit - 1);
    }
  }

  private byte[] transcriptHash() {
    return layer.transcript().hash(choice.suite().hash());
  }

  // ---- Our flight.

  /// Agrees on keys.
  void start() {
    byte[] share = required(choice.share()).key();
    SecureRandom random = layer.random();
    layer.compute(
        () -> KeyExchange.answer(choice.group(), share, random), (now, answer) -> sign(answer));
  }

  private void sign(KeyExchange.Answer answer) {
    Flight flight = new Flight();
    KeyShareEntry share = new KeyShareEntry(choice.group().code(), answer.publicKey());
    byte[] random =
        VersionNegotiation.serverRandom(
            options.versions(), ProtocolVersion.DTLS_1_3, layer.random());
    ServerHello serverHello =
        ServerHello.of13(
            random,
            choice.suite(),
            new Extensions().put(Extensions.KEY_SHARE, share.encodeServer()));
    flight.add(layer.message(HandshakeType.SERVER_HELLO, 0, serverHello.encode()));
    KeySchedule13 schedule = new KeySchedule13(choice.suite(), answer.secret(), transcriptHash());
    keys = schedule;
    layer.records().startWriting(schedule.handshakeWriting(DtlsRole.SERVER));
    flight.add(
        layer.message(
            HandshakeType.ENCRYPTED_EXTENSIONS,
            2,
            new EncryptedExtensions(encryptedExtensions()).encode()));
    if (wantsCertificate()) {
      byte[] request = CertificateRequest13.of(options.signatureSchemes()).encode();
      flight.add(layer.message(HandshakeType.CERTIFICATE_REQUEST, 2, request));
    }
    CertificateMessage chain = new CertificateMessage(choice.certificate().encodedChain());
    byte[] shown = new CertificateMessage13(new byte[0], chain).encode();
    flight.add(layer.message(HandshakeType.CERTIFICATE, 2, shown));
    byte[] signed = CertificateVerify.signedContent(DtlsRole.SERVER, transcriptHash());
    SecureRandom forSigning = layer.random();
    layer.compute(
        () ->
            Signatures.sign(choice.scheme(), choice.certificate().privateKey(), forSigning, signed),
        (now, signature) -> finish(flight, signature));
  }

  /// Only what the client offered may be answered.
  private Extensions encryptedExtensions() {
    Extensions answer = new Extensions();
    ExtensionAnswers.put(answer, srtpProfile, applicationProtocol);
    if (hello.extensions().has(Extensions.RECORD_SIZE_LIMIT)) {
      answer.putRecordSizeLimit(Math.min(options.recordSizeLimit() + 1, 1 << 14));
    }
    return answer;
  }

  private void finish(Flight flight, byte[] signature) {
    KeySchedule13 schedule = required(keys);
    byte[] verify = new CertificateVerify(choice.scheme().code(), signature).encode();
    flight.add(layer.message(HandshakeType.CERTIFICATE_VERIFY, 2, verify));
    byte[] verifyData = schedule.verifyData(DtlsRole.SERVER, transcriptHash());
    flight.add(layer.message(HandshakeType.FINISHED, 2, verifyData));
    schedule.deriveApplicationSecrets(transcriptHash());
    layer.keyLog(hello.random(), schedule);
    layer.send(flight, true);
    layer
        .records()
        .startWriting(
            schedule.applicationWriting(DtlsRole.SERVER, RecordLayer.FIRST_APPLICATION_EPOCH));
    layer.install(schedule.handshakeReading(DtlsRole.SERVER));
    layer.requireEpoch(2);
    state = wantsCertificate() ? State.CERTIFICATE : State.FINISHED;
  }

  private boolean wantsCertificate() {
    return options.peerAuthentication() == DtlsOptions.PeerAuthentication.FINGERPRINT;
  }

  // ---- The client's flight.

  @Override
  void handle(long now, HandshakeMessage message) throws MalformedPacketException {
    if (message.epoch() != 2) {
      throw unexpected(message, "waiting for " + state + ", in epoch " + message.epoch());
    }
    layer.forgetFlight();
    switch (state) {
      case PREPARING -> throw unexpected(message, "preparing ServerHello");
      case CERTIFICATE -> {
        expect(message, HandshakeType.CERTIFICATE);
        layer.transcript().add(message);
        handleCertificate(
            now, CertificateMessage13.parse(message.reader(), options.maxCertificateChain()));
      }
      case CERTIFICATE_VERIFY -> {
        expect(message, HandshakeType.CERTIFICATE_VERIFY);
        byte[] signed = CertificateVerify.signedContent(DtlsRole.CLIENT, transcriptHash());
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

  private void handleCertificate(long now, CertificateMessage13 message)
      throws MalformedPacketException {
    if (message.context().length != 0) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "a certificate for a request that we did not make");
    }
    List<X509Certificate> certificates = message.chain().decode();
    if (certificates.isEmpty()) {
      // RFC 8446 §4.4.2.4.
      throw DtlsException.fatal(
          AlertDescription.CERTIFICATE_REQUIRED, "the client shows no certificate");
    }
    Signatures.requireUsable(certificates.getFirst().getPublicKey());
    state = State.CERTIFICATE_VERIFY;
    layer.authenticate(
        now, certificates.getFirst(), (later, ok) -> clientCertificates = certificates);
  }

  private void handleCertificateVerify(CertificateVerify message, byte[] signed)
      throws DtlsException {
    PublicKey key = clientCertificates.getFirst().getPublicKey();
    SignatureScheme scheme =
        Signatures.accept(
            ProtocolVersion.DTLS_1_3, options.signatureSchemes(), message.signatureScheme(), key);
    state = State.FINISHED;
    layer.compute(
        () -> {
          Signatures.verify(scheme, key, message.signature(), signed);
          return true;
        },
        (now, ok) -> {});
  }

  private void handleFinished(long now, HandshakeMessage message) throws MalformedPacketException {
    KeySchedule13 schedule = required(keys);
    byte[] expected = schedule.verifyData(DtlsRole.CLIENT, transcriptHash());
    if (!MessageDigest.isEqual(message.body(), expected)) {
      throw DtlsException.fatal(AlertDescription.DECRYPT_ERROR, "the client's Finished is wrong");
    }
    PostHandshake13 next = new PostHandshake13(layer, schedule);
    next.begin();
    layer.acknowledge();
    layer.complete(
        now,
        new NegotiatedParameters(
            ProtocolVersion.DTLS_1_3,
            choice.suite(),
            choice.group(),
            choice.scheme(),
            srtpProfile,
            applicationProtocol,
            true,
            clientCertificates),
        schedule,
        next);
  }
}
