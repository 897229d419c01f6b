package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against the JDK's own engine. As server it always asks for a cookie.
class SslEngineInteropTest {
  private static final byte[] HELLO = "hello engine".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @CsvSource({
    "ECDSA_P256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "ECDSA_P256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "ECDSA_P384, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "ECDSA_P256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "RSA_2048, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "RSA_2048, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "RSA_2048, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  })
  void agreesAsClientAndAsServer(KeyType type, CipherSuite suite) throws Exception {
    for (DtlsRole role : DtlsRole.values()) {
      DtlsOptions.Builder options =
          role == DtlsRole.CLIENT
              ? TestPair.clientOptions(type).cipherSuites(suite)
              : TestPair.serverOptions(type).cipherSuites(suite);
      TestEnd ours = new TestEnd(options.build(), 1);
      DtlsCertificate theirs = TestCertificates.client(type);
      ours.connection.remoteFingerprints(0, List.of(theirs.fingerprint("sha-384")));
      EngineEnd engine = new EngineEnd(role.opposite(), theirs);
      ours.start(0);
      engine.run();
      exchange(ours, engine);
      assertThat(ours.connection.isConnected()).as("%s: %s", role, ours.events).isTrue();
      assertThat(ours.negotiated().cipherSuite()).isEqualTo(suite);
      assertThat(engine.engine.getSession().getCipherSuite()).isEqualTo(suite.name());
      assertThat(ours.negotiated().extendedMasterSecret()).isTrue();
      ours.send(HELLO);
      engine.send(HELLO);
      exchange(ours, engine);
      assertThat(ours.received).containsExactly(HELLO);
      assertThat(engine.received).containsExactly(HELLO);
      engine.engine.closeOutbound();
      engine.run();
      exchange(ours, engine);
      assertThat(ours.closeCause().kind()).isEqualTo(CloseCause.Kind.CLOSED_BY_PEER);
    }
  }

  private static void exchange(TestEnd ours, EngineEnd engine) throws Exception {
    while (!ours.sent.isEmpty() || !engine.sent.isEmpty()) {
      for (byte[] packet : ours.takeSent()) {
        engine.receive(packet);
      }
      while (!engine.sent.isEmpty()) {
        ours.receive(0, engine.sent.remove());
      }
    }
  }

  private static final class EngineEnd {
    final SSLEngine engine;
    final ArrayDeque<byte[]> sent = new ArrayDeque<>();
    final List<byte[]> received = new ArrayList<>();
    private final ByteBuffer network = ByteBuffer.allocate(32_768);
    private final ByteBuffer application = ByteBuffer.allocate(32_768);

    EngineEnd(DtlsRole role, DtlsCertificate certificate) throws Exception {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "key",
          certificate.privateKey(),
          new char[0],
          certificate.chain().toArray(new Certificate[0]));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("DTLSv1.2");
      context.init(keys.getKeyManagers(), new TrustManager[] {new TrustsAll()}, null);
      engine = context.createSSLEngine();
      engine.setUseClientMode(role == DtlsRole.CLIENT);
      engine.setNeedClientAuth(role == DtlsRole.SERVER);
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setMaximumPacketSize(1200);
      engine.setSSLParameters(parameters);
      engine.beginHandshake();
    }

    void send(byte[] data) throws Exception {
      network.clear();
      engine.wrap(ByteBuffer.wrap(data), network);
      flush();
    }

    private void flush() {
      network.flip();
      if (network.hasRemaining()) {
        byte[] packet = new byte[network.remaining()];
        network.get(packet);
        sent.add(packet);
      }
    }

    void receive(byte[] packet) throws Exception {
      ByteBuffer in = ByteBuffer.wrap(packet);
      do {
        unwrap(in);
        run();
      } while (in.hasRemaining() && !engine.isInboundDone());
    }

    private SSLEngineResult unwrap(ByteBuffer in) throws Exception {
      application.clear();
      SSLEngineResult result = engine.unwrap(in, application);
      application.flip();
      if (application.hasRemaining()) {
        byte[] data = new byte[application.remaining()];
        application.get(data);
        received.add(data);
      }
      return result;
    }

    /// Does all that the engine wants before it needs another packet.
    void run() throws Exception {
      while (true) {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
          for (Runnable task = engine.getDelegatedTask();
              task != null;
              task = engine.getDelegatedTask()) {
            task.run();
          }
        } else if (status == HandshakeStatus.NEED_WRAP) {
          network.clear();
          SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), network);
          flush();
          if (result.getStatus() != SSLEngineResult.Status.OK) {
            return;
          }
        } else if (status == HandshakeStatus.NEED_UNWRAP_AGAIN) {
          unwrap(ByteBuffer.allocate(0));
        } else {
          return;
        }
      }
    }
  }

  private static final class TrustsAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
