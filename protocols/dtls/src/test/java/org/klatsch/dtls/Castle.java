package org.klatsch.dtls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
import org.jspecify.annotations.Nullable;

/// Bouncy Castle as the other end. Its handshake blocks and so has a thread of its own.
final class Castle implements DatagramTransport {
  static final byte[] HELLO = "hello castle".getBytes(StandardCharsets.UTF_8);
  static final String EXPORT_LABEL = "EXPERIMENTAL-klatsch";
  static final byte[] EXPORT_CONTEXT = {1, 2, 3};

  final BlockingQueue<byte[]> incoming = new LinkedBlockingQueue<>();
  final BlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
  private final BcTlsCrypto crypto = new BcTlsCrypto(new TestRandom(5));
  private final DtlsRole role;
  private final DtlsCertificate own;
  private final Settings settings;
  volatile int suite;
  volatile @Nullable SrtpProfile profile;
  volatile byte[] exported = {};
  volatile byte[] exportedWithContext = {};

  /// What it offers or accepts.
  ///
  /// @param groups of a client; a server takes any
  /// @param sendLimit bytes of a packet at most
  record Settings(
      List<CipherSuite> suites,
      List<NamedGroup> groups,
      List<SrtpProfile> profiles,
      int sendLimit) {
    private int[] suiteCodes() {
      return suites.stream().mapToInt(CipherSuite::code).toArray();
    }

    private int[] profileCodes() {
      return profiles.stream().mapToInt(SrtpProfile::code).toArray();
    }
  }

  Castle(DtlsRole role, DtlsCertificate own, Settings settings) {
    this.role = role;
    this.own = own;
    this.settings = settings;
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
      return Arrays.copyOf(buffer, length);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void export(org.bouncycastle.tls.TlsContext context) {
    suite = context.getSecurityParametersConnection().getCipherSuite();
    exported = context.exportKeyingMaterial(EXPORT_LABEL, null, 60);
    exportedWithContext = context.exportKeyingMaterial(EXPORT_LABEL, EXPORT_CONTEXT, 60);
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

  private final class Client extends DefaultTlsClient {
    Client() {
      super(Castle.this.crypto);
    }

    @Override
    protected int[] getSupportedCipherSuites() {
      return settings.suiteCodes();
    }

    @Override
    public ProtocolVersion[] getSupportedVersions() {
      return ProtocolVersion.DTLSv12.only();
    }

    @Override
    @SuppressWarnings("unchecked")
    public Hashtable<Integer, byte[]> getClientExtensions() throws IOException {
      Hashtable<Integer, byte[]> extensions = super.getClientExtensions();
      if (!settings.profiles().isEmpty()) {
        TlsSRTPUtils.addUseSRTPExtension(
            extensions, new UseSRTPData(settings.profileCodes(), TlsUtils.EMPTY_BYTES));
      }
      return extensions;
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    protected Vector getSupportedGroups(Vector roles) {
      Vector groups = new Vector();
      settings.groups().forEach(group -> groups.add(group.code()));
      return groups;
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public void processServerExtensions(Hashtable extensions) throws IOException {
      super.processServerExtensions(extensions);
      UseSRTPData chosen = extensions == null ? null : TlsSRTPUtils.getUseSRTPExtension(extensions);
      if (chosen != null) {
        if (chosen.getProtectionProfiles().length != 1) {
          throw new TlsFatalAlert(AlertDescription.illegal_parameter);
        }
        profile = SrtpProfile.ofCode(chosen.getProtectionProfiles()[0]);
      }
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
        public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
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
      return settings.suiteCodes();
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
      SrtpProfile chosen = profile;
      if (chosen != null) {
        TlsSRTPUtils.addUseSRTPExtension(
            extensions, new UseSRTPData(new int[] {chosen.code()}, TlsUtils.EMPTY_BYTES));
      }
      return extensions;
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public void processClientExtensions(Hashtable extensions) throws IOException {
      super.processClientExtensions(extensions);
      UseSRTPData offered = TlsSRTPUtils.getUseSRTPExtension(extensions);
      if (offered != null) {
        profile =
            settings.profiles().stream()
                .filter(each ->
                    Arrays.stream(offered.getProtectionProfiles())
                        .anyMatch(code -> code == each.code()))
                .findFirst()
                .orElse(null);
      }
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
    return settings.sendLimit();
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
    sent.add(Arrays.copyOfRange(buffer, offset, offset + length));
  }

  @Override
  public void close() {}

  /// Passes packets until the castle's call returns.
  <T> T drive(TestEnd ours, CompletableFuture<T> call)
      throws InterruptedException, ExecutionException {
    while (!call.isDone()) {
      ours.takeSent().forEach(incoming::add);
      byte[] packet = sent.poll(5, TimeUnit.MILLISECONDS);
      if (packet != null) {
        ours.receive(0, packet);
      }
    }
    ours.takeSent().forEach(incoming::add);
    return call.get();
  }

  /// The next packet of the castle.
  byte[] take() throws InterruptedException {
    byte[] packet = sent.poll(20, TimeUnit.SECONDS);
    if (packet == null) {
      throw new AssertionError("no packet within 20 seconds");
    }
    return packet;
  }
}
