package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SRTPProtectionProfile;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against Bouncy Castle, whose handshake blocks and so has a thread of its own.
class BouncyCastleInteropTest {
  private static final byte[] HELLO = "hello castle".getBytes(StandardCharsets.UTF_8);
  private static final String LABEL = "EXPERIMENTAL-klatsch";
  private static final byte[] CONTEXT = {1, 2, 3};

  @ParameterizedTest
  @CsvSource({
    "CLIENT, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, X25519",
    "SERVER, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, X25519",
    "CLIENT, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, SECP384R1",
    "SERVER, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, SECP384R1",
    "CLIENT, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, SECP256R1",
    "SERVER, ECDSA_P256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, SECP256R1",
    "CLIENT, RSA_2048, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, SECP256R1",
    "SERVER, RSA_2048, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, SECP256R1",
  })
  void agreesOnDataAndExportedKeys(DtlsRole role, KeyType type, CipherSuite suite, NamedGroup group)
      throws Exception {
    DtlsOptions.Builder options =
        role == DtlsRole.CLIENT ? TestPair.clientOptions(type) : TestPair.serverOptions(type);
    TestEnd ours = new TestEnd(options.cipherSuites(suite).groups(group).build(), 3);
    Castle castle = new Castle(role.opposite(), TestCertificates.client(type), suite);
    ours.connection.remoteFingerprints(
        0, List.of(TestCertificates.client(type).fingerprint("sha-256")));
    CompletableFuture<DTLSTransport> connecting = castle.connect();
    ours.start(0);
    DTLSTransport transport = drive(ours, castle, connecting);
    // The castle may be done while its last flight is still under way.
    CompletableFuture<byte[]> received =
        CompletableFuture.supplyAsync(() -> castle.exchange(transport));
    while (!ours.connection.isConnected()) {
      ours.receive(0, take(castle.sent));
    }
    ours.send(HELLO);
    assertThat(drive(ours, castle, received)).isEqualTo(HELLO);
    while (ours.received.isEmpty()) {
      ours.receive(0, take(castle.sent));
    }
    assertThat(ours.received).containsExactly(HELLO);
    assertThat(ours.negotiated().cipherSuite()).isEqualTo(suite);
    assertThat(ours.negotiated().group()).isEqualTo(group);
    assertThat(ours.negotiated().srtpProfile()).isEqualTo(SrtpProfile.SRTP_AEAD_AES_256_GCM);
    assertThat(ours.connection.exportKeyingMaterial(LABEL, 60)).isEqualTo(castle.exported);
    assertThat(ours.connection.exportKeyingMaterial(LABEL, CONTEXT, 60))
        .isEqualTo(castle.exportedWithContext);
  }

  /// Passes packets until the castle's call returns.
  private static <T> T drive(TestEnd ours, Castle castle, CompletableFuture<T> call)
      throws InterruptedException, ExecutionException {
    while (!call.isDone()) {
      ours.takeSent().forEach(castle.incoming::add);
      byte[] packet = castle.sent.poll(5, TimeUnit.MILLISECONDS);
      if (packet != null) {
        ours.receive(0, packet);
      }
    }
    ours.takeSent().forEach(castle.incoming::add);
    return call.get();
  }

  private static byte[] take(BlockingQueue<byte[]> queue) throws InterruptedException {
    byte[] packet = queue.poll(20, TimeUnit.SECONDS);
    if (packet == null) {
      throw new AssertionError("no packet within 20 seconds");
    }
    return packet;
  }

  private static final class Castle implements DatagramTransport {
    final BlockingQueue<byte[]> incoming = new LinkedBlockingQueue<>();
    final BlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
    private final BcTlsCrypto crypto = new BcTlsCrypto(new TestRandom(5));
    private final DtlsRole role;
    private final DtlsCertificate own;
    private final CipherSuite suite;
    volatile byte[] exported = {};
    volatile byte[] exportedWithContext = {};

    Castle(DtlsRole role, DtlsCertificate own, CipherSuite suite) {
      this.role = role;
      this.own = own;
      this.suite = suite;
    }

    CompletableFuture<DTLSTransport> connect() {
      return CompletableFuture.supplyAsync(() -> {
        try {
          return role == DtlsRole.CLIENT
              ? new DTLSClientProtocol().connect(new Client(), this)
              : new DTLSServerProtocol().accept(new Server(), this);
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
    }

    byte[] exchange(DTLSTransport transport) {
      try {
        transport.send(HELLO, 0, HELLO.length);
        byte[] buffer = new byte[2048];
        int length = transport.receive(buffer, 0, buffer.length, 20_000);
        return java.util.Arrays.copyOf(buffer, length);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void export(org.bouncycastle.tls.TlsContext context) {
      exported = context.exportKeyingMaterial(LABEL, null, 60);
      exportedWithContext = context.exportKeyingMaterial(LABEL, CONTEXT, 60);
    }

    private TlsCredentialedSigner signer(
        org.bouncycastle.tls.TlsContext context, Vector<?> algorithms) throws IOException {
      short algorithm =
          own.isRsa()
              ? org.bouncycastle.tls.SignatureAlgorithm.rsa
              : org.bouncycastle.tls.SignatureAlgorithm.ecdsa;
      SignatureAndHashAlgorithm chosen = null;
      for (Object candidate : algorithms) {
        SignatureAndHashAlgorithm each = (SignatureAndHashAlgorithm) candidate;
        if (chosen == null && each.getSignature() == algorithm) {
          chosen = each;
        }
      }
      Certificate chain =
          new Certificate(
              new TlsCertificate[] {crypto.createCertificate(own.encodedChain().getFirst())});
      return new BcDefaultTlsCredentialedSigner(
          new TlsCryptoParameters(context),
          crypto,
          PrivateKeyFactory.createKey(new ByteArrayInputStream(own.privateKey().getEncoded())),
          chain,
          chosen);
    }

    private static void requireOnlyAes256(Hashtable<Integer, byte[]> extensions)
        throws IOException {
      UseSRTPData data = TlsSRTPUtils.getUseSRTPExtension(extensions);
      if (data == null
          || data.getProtectionProfiles().length != 1
          || data.getProtectionProfiles()[0] != SRTPProtectionProfile.SRTP_AEAD_AES_256_GCM) {
        throw new TlsFatalAlert(AlertDescription.illegal_parameter);
      }
    }

    private final class Client extends DefaultTlsClient {
      Client() {
        super(Castle.this.crypto);
      }

      @Override
      protected int[] getSupportedCipherSuites() {
        return new int[] {suite.code()};
      }

      @Override
      public ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
      }

      @Override
      @SuppressWarnings("unchecked")
      public Hashtable<Integer, byte[]> getClientExtensions() throws IOException {
        Hashtable<Integer, byte[]> extensions = super.getClientExtensions();
        TlsSRTPUtils.addUseSRTPExtension(
            extensions,
            new UseSRTPData(
                new int[] {SRTPProtectionProfile.SRTP_AEAD_AES_256_GCM}, TlsUtils.EMPTY_BYTES));
        return extensions;
      }

      @Override
      @SuppressWarnings({"unchecked", "rawtypes"})
      public void processServerExtensions(Hashtable extensions) throws IOException {
        super.processServerExtensions(extensions);
        requireOnlyAes256(extensions);
      }

      @Override
      public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        export(context);
      }

      @Override
      public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
          @Override
          public void notifyServerCertificate(TlsServerCertificate certificate) {}

          @Override
          public TlsCredentials getClientCredentials(CertificateRequest request)
              throws IOException {
            return signer(context, request.getSupportedSignatureAlgorithms());
          }
        };
      }
    }

    private final class Server extends DefaultTlsServer {
      Server() {
        super(Castle.this.crypto);
      }

      @Override
      protected int[] getSupportedCipherSuites() {
        return new int[] {suite.code()};
      }

      @Override
      protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
      }

      @Override
      public CertificateRequest getCertificateRequest() {
        return new CertificateRequest(
            new short[] {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign},
            TlsUtils.getDefaultSupportedSignatureAlgorithms(context),
            null);
      }

      @Override
      public void notifyClientCertificate(Certificate certificate) {}

      @Override
      @SuppressWarnings("unchecked")
      public Hashtable<Integer, byte[]> getServerExtensions() throws IOException {
        Hashtable<Integer, byte[]> extensions = super.getServerExtensions();
        TlsSRTPUtils.addUseSRTPExtension(
            extensions,
            new UseSRTPData(
                new int[] {SRTPProtectionProfile.SRTP_AEAD_AES_256_GCM}, TlsUtils.EMPTY_BYTES));
        return extensions;
      }

      @Override
      protected TlsCredentialedSigner getECDSASignerCredentials() throws IOException {
        return signer(context, context.getSecurityParametersHandshake().getClientSigAlgs());
      }

      @Override
      protected TlsCredentialedSigner getRSASignerCredentials() throws IOException {
        return signer(context, context.getSecurityParametersHandshake().getClientSigAlgs());
      }

      @Override
      public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        export(context);
      }
    }

    @Override
    public int getReceiveLimit() {
      return 1500;
    }

    @Override
    public int getSendLimit() {
      return 1200;
    }

    @Override
    public int receive(byte[] buffer, int offset, int length, int waitMillis) throws IOException {
      try {
        byte[] packet = incoming.poll(waitMillis, TimeUnit.MILLISECONDS);
        if (packet == null) {
          return -1;
        }
        System.arraycopy(packet, 0, buffer, offset, packet.length);
        return packet.length;
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void send(byte[] buffer, int offset, int length) {
      sent.add(java.util.Arrays.copyOfRange(buffer, offset, offset + length));
    }

    @Override
    public void close() {}
  }
}
