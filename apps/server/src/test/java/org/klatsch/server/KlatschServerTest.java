package org.klatsch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;
import org.klatsch.stun.TransactionId;

final class KlatschServerTest {
  @TempDir Path directory;

  @Test
  void twoServersNeverShareADataDirectory() throws IOException {
    try (var first = KlatschServer.start(ServerOptions.of(0, directory))) {
      assertThatThrownBy(() -> KlatschServer.start(ServerOptions.of(0, directory)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("--data");
      assertThat(first.ready().httpPort()).isEqualTo(first.ready().udpPort());
    }
    KlatschServer.start(ServerOptions.of(0, directory)).close();
  }

  @Test
  void aTakenPortIsAnErrorThatNamesTheFlag() throws IOException {
    try (var first = KlatschServer.start(ServerOptions.of(0, directory.resolve("a")))) {
      ServerOptions same = ServerOptions.of(first.ready().httpPort(), directory.resolve("b"));
      assertThatThrownBy(() -> KlatschServer.start(same))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("--port")
          .hasMessageContaining(String.valueOf(first.ready().httpPort()));
      // What the failed start had taken is free again.
      KlatschServer.start(ServerOptions.of(0, directory.resolve("b"))).close();
    }
  }

  @Test
  void speaksTlsWithACertificateThatItKeeps() throws Exception {
    ServerOptions options = ServerOptions.of(0, directory).withTls(new TlsOptions.SelfSigned());
    byte[] certificate;
    try (var server = KlatschServer.start(options)) {
      assertThat(server.ready().url()).startsWith("https://127.0.0.1:");
      assertThat(get(server)).isEqualTo(200);
      certificate = Files.readAllBytes(directory.resolve("tls-certificate.pem"));
    }
    try (var server = KlatschServer.start(options)) {
      assertThat(get(server)).isEqualTo(200);
      assertThat(Files.readAllBytes(directory.resolve("tls-certificate.pem")))
          .isEqualTo(certificate);
    }
    ServerOptions files =
        ServerOptions.of(0, directory)
            .withTls(
                new TlsOptions.Files(
                    directory.resolve("tls-certificate.pem"), directory.resolve("tls-key.pem")));
    try (var server = KlatschServer.start(files)) {
      assertThat(get(server)).isEqualTo(200);
    }
  }

  @Test
  void aCertificateFileWithoutCertificateIsNamed() throws IOException {
    Path empty = Files.createFile(directory.resolve("empty.pem"));
    ServerOptions options =
        ServerOptions.of(0, directory.resolve("data")).withTls(new TlsOptions.Files(empty, empty));
    assertThatThrownBy(() -> KlatschServer.start(options))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("empty.pem");
  }

  /// Trusts exactly the certificate that the server wrote, and checks that it names 127.0.0.1.
  private int get(KlatschServer server) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(directory.resolve("tls-certificate.pem"))) {
      trusted.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (var http = HttpClient.newBuilder().sslContext(context).build()) {
      var request = HttpRequest.newBuilder(URI.create(server.ready().url() + "/healthz")).build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  @Test
  void tellsAClientItsAddressOverUdp() throws Exception {
    try (var server = KlatschServer.start(ServerOptions.of(0, directory));
        var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      socket.setSoTimeout(10_000);
      byte[] request = new byte[64];
      var id = new TransactionId(1, 2);
      int length =
          new StunMessageWriter()
              .start(request, 0, request.length, StunClass.REQUEST, StunMethod.BINDING, id)
              .length();
      var target = InetAddress.getLoopbackAddress();
      // Neither of these is answered, nor does either stop the server.
      socket.send(new DatagramPacket(new byte[0], 0, target, server.ready().udpPort()));
      socket.send(new DatagramPacket(new byte[1_400], 1_400, target, server.ready().udpPort()));
      socket.send(new DatagramPacket(request, length, target, server.ready().udpPort()));
      var response = new DatagramPacket(new byte[256], 256);
      socket.receive(response);
      StunMessage message = StunMessage.parse(response.getData(), 0, response.getLength());
      assertThat(message.is(StunClass.SUCCESS_RESPONSE, StunMethod.BINDING)).isTrue();
      assertThat(message.belongsTo(id)).isTrue();
      assertThat(message.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS))
          .isEqualTo(TransportAddress.parse("127.0.0.1", socket.getLocalPort()));
    }
  }

  @Test
  void isNotReadyAnyMoreOnceItDrains() throws Exception {
    var server = KlatschServer.start(ServerOptions.of(0, directory));
    server.close();
    server.close();
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(server.ready().url() + "/readyz")).build();
      assertThatThrownBy(() -> http.send(request, HttpResponse.BodyHandlers.discarding()))
          .isInstanceOf(IOException.class);
    }
  }
}
