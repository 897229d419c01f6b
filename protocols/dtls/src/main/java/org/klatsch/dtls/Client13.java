package org.klatsch.dtls;

import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// A client's handshake of version 1.3, RFC 9147 §5.7 and RFC 8446 §2, from the ServerHello or
/// HelloRetryRequest on:
///
/// ```
/// Client                                     Server
/// ClientHello, key shares     -------->
///                             <--------      HelloRetryRequest*
/// ClientHello*                -------->
///                                            ServerHello, key share
///                                            {EncryptedExtensions}
///                                            {CertificateRequest*}
///                                            {Certificate}
///                                            {CertificateVerify}
///                             <--------      {Finished}
/// {Certificate*}
/// {CertificateVerify*}
/// {Finished}                  -------->
///                             <--------      [ACK]
/// ```
///
/// `{}` is epoch 2, `[]` epoch 3. Data may follow our Finished at once.
final class Client13 extends Handshake {
  private enum State {
    SERVER_HELLO,
    ENCRYPTED_EXTENSIONS,
    CERTIFICATE_REQUEST_OR_CERTIFICATE,
    CERTIFICATE,
    CERTIFICATE_VERIFY,
    FINISHED
  }

  private static final Set<Integer> IN_SERVER_HELLO =
      Set.of(Extensions.SUPPORTED_VERSIONS, Extensions.KEY_SHARE);
  private static final Set<Integer> IN_RETRY =
      Set.of(Extensions.SUPPORTED_VERSIONS, Extensions.KEY_SHARE, Extensions.COOKIE);

  /// What may stand in EncryptedExtensions of all that we offer, RFC 8446 §4.2.
  private static final Set<Integer> IN_ENCRYPTED_EXTENSIONS =
      Set.of(
          Extensions.SUPPORTED_GROUPS,
          Extensions.USE_SRTP,
          Extensions.APPLICATION_PROTOCOLS,
          Extensions.RECORD_SIZE_LIMIT);

  private final DtlsOptions options;
  private ClientHello hello;
  private List<KeyExchange> exchanges;
  private State state = State.SERVER_HELLO;

  // What the messages so far have said. Each is set in the state named like the message.
  private boolean retried;
  private @Nullable CipherSuite suite;
  private @Nullable NamedGroup group;
  private @Nullable KeySchedule13 keys;
  private @Nullable SrtpProfile srtpProfile;
  private @Nullable String applicationProtocol;
  private @Nullable CertificateRequest13 certificateRequest;
  private List<X509Certificate> serverCertificates = List.of();
  private @Nullable SignatureScheme serverScheme;

  Client13(HandshakeLayer layer, ClientHello hello, List<KeyExchange> exchanges) {
    super(layer);
    this.hello = hello;
    this.exchanges = exchanges;
    this.options = layer.options();
    layer.becomeVersion13();
  }

  /// A ClientHello with these key shares, in place of others.
  static ClientHello withShares(ClientHello hello, List<KeyExchange> exchanges) {
    List<KeyShareEntry> entries =
        exchanges.stream().map(e -> new KeyShareEntry(e.group().code(), e.publicKey())).toList();
    return hello.withExtensions(
        hello.extensions().copy().put(Extensions.KEY_SHARE, KeyShareEntry.encodeClient(entries)));
  }

  @Override
  void handle(long now, HandshakeMessage message) throws MalformedPacketException {
    if (message.epoch() != (state == State.SERVER_HELLO ? 0 : 2)) {
      throw unexpected(message, "waiting for " + state + ", in epoch " + message.epoch());
    }
    switch (state) {
      case SERVER_HELLO -> {
        expect(message, HandshakeType.SERVER_HELLO);
        ServerHello answer = ServerHello.parse(message.reader());
        if (answer.isRetry()) {
          handleRetry(message, answer);
        } else {
          handleServerHello(message, answer);
        }
      }
      case ENCRYPTED_EXTENSIONS -> {
        expect(message, HandshakeType.ENCRYPTED_EXTENSIONS);
        layer.transcript().add(message);
        handleEncryptedExtensions(EncryptedExtensions.parse(message.reader()).extensions());
        state = State.CERTIFICATE_REQUEST_OR_CERTIFICATE;
      }
      case CERTIFICATE_REQUEST_OR_CERTIFICATE, CERTIFICATE -> {
        if (message.is(HandshakeType.CERTIFICATE_REQUEST) && state != State.CERTIFICATE) {
          layer.transcript().add(message);
          certificateRequest = requireEmptyContext(message);
          state = State.CERTIFICATE;
        } else {
          expect(message, HandshakeType.CERTIFICATE);
          layer.transcript().add(message);
          handleCertificate(
              now, CertificateMessage13.parse(message.reader(), options.maxCertificateChain()));
        }
      }
      case CERTIFICATE_VERIFY -> {
        expect(message, HandshakeType.CERTIFICATE_VERIFY);
        byte[] signed = CertificateVerify.signedContent(DtlsRole.SERVER, transcriptHash());
        layer.transcript().add(message);
        handleCertificateVerify(CertificateVerify.parse(message.reader()), signed);
        state = State.FINISHED;
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

  private byte[] transcriptHash() {
    return layer.transcript().hash(required(suite).hash());
  }

  // ---- ServerHello and HelloRetryRequest.

  /// What both have in common, RFC 8446 §4.1.3 and RFC 9147 §5.
  private CipherSuite checkHello(ServerHello answer, Set<Integer> allowed)
      throws MalformedPacketException {
    for (int type : answer.extensions().types()) {
      if (!allowed.contains(type)) {
        throw DtlsException.fatal(
            AlertDescription.UNSUPPORTED_EXTENSION, "extension " + type + " in a ServerHello");
      }
    }
    CipherSuite chosen = CipherSuite.ofCode(answer.cipherSuite());
    if (answer.legacyVersion() != ProtocolVersion.DTLS_1_2.code()
        || answer.sessionId().length != 0
        || answer.compressionMethod() != ClientHello.NO_COMPRESSION
        || answer.extensions().selectedVersion() != ProtocolVersion.DTLS_1_3.code()
        || chosen == null
        || chosen.version() != ProtocolVersion.DTLS_1_3
        || !options.cipherSuites().contains(chosen)
        || (suite != null && suite != chosen)) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER,
          "ServerHello of legacy version 0x"
              + Integer.toHexString(answer.legacyVersion())
              + " with a session id of "
              + answer.sessionId().length
              + " bytes, cipher suite 0x"
              + Integer.toHexString(answer.cipherSuite())
              + " and compression "
              + answer.compressionMethod()
              + " was not offered");
    }
    return chosen;
  }

  /// RFC 8446 §4.1.4: once only, and it must change something.
  private void handleRetry(HandshakeMessage message, ServerHello answer)
      throws MalformedPacketException {
    if (retried) {
      throw DtlsException.fatal(AlertDescription.UNEXPECTED_MESSAGE, "a second HelloRetryRequest");
    }
    CipherSuite chosen = checkHello(answer, IN_RETRY);
    byte[] cookie = answer.extensions().cookie();
    int code = KeyShareEntry.ofRetry(answer.extensions());
    NamedGroup wanted = NamedGroup.ofCode(code);
    boolean wantsOther =
        wanted != null
            && options.groups().contains(wanted)
            && exchanges.stream().noneMatch(e -> e.group() == wanted);
    if (code < 0 ? cookie == null : !wantsOther) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER,
          "HelloRetryRequest for group " + code + " changes nothing or was not offered");
    }
    retried = true;
    suite = chosen;
    layer.transcript().replaceByHash(transcriptHash());
    layer.transcript().add(message);
    layer.forgetFlight();
    if (cookie != null) {
      hello = hello.withExtensions(hello.extensions().copy().putCookie(cookie));
    }
    if (wanted == null) {
      sendAgain();
      return;
    }
    SecureRandom random = layer.random();
    layer.compute(
        () -> KeyExchange.generate(List.of(wanted), random),
        (now, made) -> {
          exchanges = made;
          hello = withShares(hello, made);
          sendAgain();
        });
  }

  private void sendAgain() {
    Flight flight = new Flight();
    flight.add(layer.message(HandshakeType.CLIENT_HELLO, 0, hello.encode()));
    layer.send(flight, true);
  }

  private void handleServerHello(HandshakeMessage message, ServerHello answer)
      throws MalformedPacketException {
    CipherSuite chosen = checkHello(answer, IN_SERVER_HELLO);
    KeyShareEntry share = KeyShareEntry.ofServer(answer.extensions());
    if (share == null) {
      throw DtlsException.fatal(
          AlertDescription.MISSING_EXTENSION, "ServerHello without key_share");
    }
    KeyExchange exchange = null;
    for (KeyExchange each : exchanges) {
      if (each.group().code() == share.group()) {
        exchange = each;
      }
    }
    if (exchange == null) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER,
          "key share of group " + share.group() + ", for which we sent none");
    }
    suite = chosen;
    group = exchange.group();
    exchanges = List.of();
    layer.transcript().add(message);
    layer.forgetFlight();
    byte[] helloHash = transcriptHash();
    KeyExchange ours = exchange;
    state = State.ENCRYPTED_EXTENSIONS;
    layer.compute(
        () -> new KeySchedule13(chosen, ours.agree(share.key()), helloHash),
        (now, schedule) -> {
          keys = schedule;
          layer.records().startWriting(schedule.handshakeWriting(DtlsRole.CLIENT));
          layer.install(schedule.handshakeReading(DtlsRole.CLIENT));
          layer.requireEpoch(2);
        });
  }

  // ---- The server's protected messages.

  private void handleEncryptedExtensions(Extensions extensions) throws MalformedPacketException {
    for (int type : extensions.types()) {
      if (!hello.extensions().has(type)) {
        throw DtlsException.fatal(
            AlertDescription.UNSUPPORTED_EXTENSION, "extension " + type + " was not offered");
      }
      if (!IN_ENCRYPTED_EXTENSIONS.contains(type)) {
        throw DtlsException.fatal(
            AlertDescription.ILLEGAL_PARAMETER,
            "extension " + type + " has no place in EncryptedExtensions");
      }
    }
    srtpProfile = ExtensionAnswers.profile(options, extensions);
    applicationProtocol = ExtensionAnswers.protocol(options, extensions);
    int limit = extensions.recordSizeLimit();
    if (limit > 0) {
      // Under 1.3 it includes the byte of the content type, RFC 8449 §4.
      layer.records().limitSending(limit - 1);
    }
  }

  private static CertificateRequest13 requireEmptyContext(HandshakeMessage message)
      throws MalformedPacketException {
    CertificateRequest13 request = CertificateRequest13.parse(message.reader());
    if (request.context().length != 0) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "a context in the handshake's CertificateRequest");
    }
    request.signatureSchemes();
    return request;
  }

  private void handleCertificate(long now, CertificateMessage13 message)
      throws MalformedPacketException {
    List<X509Certificate> certificates = message.chain().decode();
    if (certificates.isEmpty() || message.context().length != 0) {
      // RFC 8446 §4.4.2.4.
      throw DtlsException.fatal(
          AlertDescription.DECODE_ERROR, "the server shows no certificate, or one with a context");
    }
    Signatures.requireUsable(certificates.getFirst().getPublicKey());
    state = State.CERTIFICATE_VERIFY;
    layer.authenticate(
        now, certificates.getFirst(), (later, ok) -> serverCertificates = certificates);
  }

  private void handleCertificateVerify(CertificateVerify message, byte[] signed)
      throws DtlsException {
    PublicKey key = serverCertificates.getFirst().getPublicKey();
    SignatureScheme scheme =
        Signatures.accept(
            ProtocolVersion.DTLS_1_3, options.signatureSchemes(), message.signatureScheme(), key);
    serverScheme = scheme;
    layer.compute(
        () -> {
          Signatures.verify(scheme, key, message.signature(), signed);
          return true;
        },
        (now, ok) -> {});
  }

  private void handleFinished(long now, HandshakeMessage message) throws MalformedPacketException {
    KeySchedule13 schedule = required(keys);
    byte[] expected = schedule.verifyData(DtlsRole.SERVER, transcriptHash());
    if (!MessageDigest.isEqual(message.body(), expected)) {
      throw DtlsException.fatal(AlertDescription.DECRYPT_ERROR, "the server's Finished is wrong");
    }
    layer.transcript().add(message);
    schedule.deriveApplicationSecrets(transcriptHash());
    layer.keyLog(hello.random(), schedule);
    authenticateOurselves(now);
  }

  // ---- Our flight.

  private void authenticateOurselves(long now) throws MalformedPacketException {
    Flight flight = new Flight();
    CertificateRequest13 request = certificateRequest;
    if (request == null) {
      finish(now, flight);
      return;
    }
    DtlsCertificate certificate = null;
    SignatureScheme scheme = null;
    for (DtlsCertificate own : options.certificates()) {
      SignatureScheme usable =
          Signatures.choose(
              ProtocolVersion.DTLS_1_3,
              options.signatureSchemes(),
              request.signatureSchemes(),
              own.certificate().getPublicKey());
      if (certificate == null && usable != null) {
        certificate = own;
        scheme = usable;
      }
    }
    // Without a suitable certificate the list is empty, RFC 8446 §4.4.2.
    List<byte[]> chain = certificate == null ? List.of() : certificate.encodedChain();
    CertificateMessage13 shown =
        new CertificateMessage13(request.context(), new CertificateMessage(chain));
    flight.add(layer.message(HandshakeType.CERTIFICATE, 2, shown.encode()));
    if (certificate == null || scheme == null) {
      finish(now, flight);
      return;
    }
    DtlsCertificate signer = certificate;
    SignatureScheme chosen = scheme;
    SecureRandom random = layer.random();
    byte[] signed = CertificateVerify.signedContent(DtlsRole.CLIENT, transcriptHash());
    layer.compute(
        () -> Signatures.sign(chosen, signer.privateKey(), random, signed),
        (later, signature) -> {
          byte[] verify = new CertificateVerify(chosen.code(), signature).encode();
          flight.add(layer.message(HandshakeType.CERTIFICATE_VERIFY, 2, verify));
          finish(later, flight);
        });
  }

  private void finish(long now, Flight flight) throws MalformedPacketException {
    KeySchedule13 schedule = required(keys);
    byte[] verifyData = schedule.verifyData(DtlsRole.CLIENT, transcriptHash());
    flight.add(layer.message(HandshakeType.FINISHED, 2, verifyData));
    layer.send(flight, true);
    PostHandshake13 next = new PostHandshake13(layer, schedule);
    next.begin();
    layer.complete(
        now,
        new NegotiatedParameters(
            ProtocolVersion.DTLS_1_3,
            required(suite),
            required(group),
            required(serverScheme),
            srtpProfile,
            applicationProtocol,
            true,
            serverCertificates),
        schedule,
        next);
  }
}
