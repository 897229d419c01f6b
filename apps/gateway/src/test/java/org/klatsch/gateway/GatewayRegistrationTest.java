package org.klatsch.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.gateway.config.Domain;
import org.klatsch.gateway.config.DtmfMode;
import org.klatsch.gateway.config.SipSettings;
import org.klatsch.server.TlsOptions;
import org.klatsch.sip.HostPort;
import org.klatsch.sip.MalformedSipException;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipMessageReader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipStreamReader;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.Uri;
import org.klatsch.sip.Via;
import org.klatsch.sip.auth.DigestClient;

/// Registers at a gateway over real sockets of each transport.
class GatewayRegistrationTest {
  private static final int PATIENCE_MILLIS = 20_000;

  @TempDir Path data;

  private final Tokens tokens = new Tokens(new SecureRandom());
  private Gateway gateway;

  /// One exchange: a request, and its answer.
  private interface Line extends AutoCloseable {
    SipTransport transport();

    SipResponse ask(SipRequest request) throws IOException, MalformedSipException;

    @Override
    void close() throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    Domain domain =
        new Domain("example.com", false, List.of(new Domain.User("alice", "wonderland")));
    SipSettings settings =
        new SipSettings(List.of(domain), List.of(), Map.of(), null, null, DtmfMode.INFO);
    gateway =
        Gateway.start(
            new GatewayOptions(
                "127.0.0.1", 0, 20_000, 29_999, data, new TlsOptions.SelfSigned(), settings));
  }

  @AfterEach
  void stop() throws IOException {
    gateway.close();
  }

  private Line udp() throws IOException {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return new Line() {
      @Override
      public SipTransport transport() {
        return SipTransport.UDP;
      }

      @Override
      public SipResponse ask(SipRequest request) throws IOException, MalformedSipException {
        byte[] bytes = request.toBytes();
        socket.send(
            new DatagramPacket(
                bytes, bytes.length, InetAddress.getLoopbackAddress(), gateway.sipPort()));
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        socket.receive(packet);
        return (SipResponse) SipMessageReader.parse(packet.getData(), 0, packet.getLength());
      }

      @Override
      public void close() {
        socket.close();
      }
    };
  }

  private static Line stream(SipTransport transport, Socket socket) throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    return new Line() {
      private final SipStreamReader reader = new SipStreamReader();

      @Override
      public SipTransport transport() {
        return transport;
      }

      @Override
      public SipResponse ask(SipRequest request) throws IOException, MalformedSipException {
        socket.getOutputStream().write(request.toBytes());
        byte[] bytes = new byte[4096];
        while (!reader.next()) {
          int length = socket.getInputStream().read(bytes);
          if (length < 0) {
            throw new IOException("closed by the gateway");
          }
          reader.handleBytes(bytes, 0, length);
        }
        return (SipResponse)
            SipMessageReader.parse(reader.buffer(), reader.packetOffset(), reader.packetLength());
      }

      @Override
      public void close() throws IOException {
        socket.close();
      }
    };
  }

  private Line tcp() throws IOException {
    return stream(
        SipTransport.TCP, new Socket(InetAddress.getLoopbackAddress(), gateway.sipPort()));
  }

  private Line tls() throws IOException, GeneralSecurityException {
    KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
    anchors.load(null, null);
    try (InputStream in = Files.newInputStream(data.resolve("tls-certificate.pem"))) {
      anchors.setCertificateEntry(
          "gateway", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return stream(
        SipTransport.TLS,
        context
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), gateway.sipsPort()));
  }

  private SipRequest register(Line line, String user, String contact) {
    NameAddr address = NameAddr.of(Uri.of("sip:" + user + "@example.com"));
    SipRequest request =
        SipRequest.of(
            "REGISTER",
            Uri.of("sip:example.com"),
            address.withTag(tokens.tag()),
            address,
            tokens.callId(),
            1);
    request.add("Contact", contact);
    return routed(line, request);
  }

  private SipRequest routed(Line line, SipRequest request) {
    request.addFirst(
        SipHeader.VIA,
        Via.of(line.transport(), HostPort.of("x.invalid"), tokens.branch())
            .withParameter("rport", null));
    return request;
  }

  private SipResponse withPassword(Line line, SipRequest request, String user, String password)
      throws IOException, MalformedSipException {
    SipResponse challenge = line.ask(request);
    assertThat(challenge.status()).isEqualTo(401);
    SipRequest answer =
        new DigestClient(user, password, new SecureRandom()).answer(request, challenge);
    return line.ask(routed(line, answer));
  }

  private static final String CONTACT =
      "<sip:alice@x.invalid>;+sip.instance=\"<urn:uuid:1>\";reg-id=1;expires=300";

  @Test
  void registersOverEveryTransport() throws Exception {
    for (Line line : List.of(udp(), tcp(), tls())) {
      try (line) {
        SipRequest request = register(line, "alice", CONTACT);
        request.add("Supported", "outbound, gruu");
        SipResponse ok = withPassword(line, request, "alice", "wonderland");
        assertThat(ok.status()).as("%s", line.transport()).isEqualTo(200);
        assertThat(ok.contact().parameters().value("pub-gruu"))
            .isEqualTo("sip:alice@example.com;gr=urn:uuid:1");
        assertThat(ok.lists(SipHeader.REQUIRE, "outbound")).isTrue();
        assertThat(Long.parseLong(ok.contact().parameters().value("expires")))
            .isBetween(200L, 300L);
      }
    }
  }

  @Test
  void aDeviceHasOneBindingHoweverOftenItComesBack() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (Line line = udp()) {
        SipRequest request =
            register(
                line,
                "alice",
                "<sip:alice@" + i + ".invalid>;+sip.instance=\"<urn:uuid:1>\";reg-id=1");
        SipResponse ok = withPassword(line, request, "alice", "wonderland");
        assertThat(ok.all(SipHeader.CONTACT)).hasSize(1);
      }
    }
  }

  @Test
  void aWrongPasswordRegistersNothing() throws Exception {
    try (Line line = tcp()) {
      assertThat(withPassword(line, register(line, "alice", CONTACT), "alice", "guess").status())
          .isEqualTo(401);
      assertThat(withPassword(line, register(line, "bob", CONTACT), "alice", "wonderland").status())
          .isEqualTo(403);
      SipRequest query = register(line, "alice", CONTACT);
      query.remove("Contact");
      SipResponse none = withPassword(line, query, "alice", "wonderland");
      assertThat(none.status()).isEqualTo(200);
      assertThat(none.has("Contact")).isFalse();
    }
  }

  @Test
  void aBindingIsTakenBack() throws Exception {
    try (Line line = tls()) {
      SipRequest request = register(line, "alice", CONTACT);
      assertThat(withPassword(line, request, "alice", "wonderland").contact()).isNotNull();
      SipRequest away = register(line, "alice", CONTACT.replace("300", "0"));
      assertThat(withPassword(line, away, "alice", "wonderland").contact()).isNull();
    }
  }

  @Test
  void refusesWhatItCannotDo() throws Exception {
    try (Line line = udp()) {
      SipRequest extended = register(line, "alice", CONTACT);
      extended.add("Require", "nothingSupportsThis, outbound");
      SipResponse refusal = line.ask(extended);
      assertThat(refusal.status()).isEqualTo(420);
      assertThat(refusal.all(SipHeader.UNSUPPORTED)).containsExactly("nothingSupportsThis");
      SipRequest foreign = register(line, "alice", CONTACT);
      foreign.uri(Uri.of("soap.beep://192.0.2.103:3002"));
      assertThat(line.ask(foreign).status()).isEqualTo(416);
    }
  }

  @Test
  void answersPingsOfStreams() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.sipPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      while (answer.size() < 2) {
        answer.write(socket.getInputStream().read());
      }
      assertThat(answer.toString(StandardCharsets.US_ASCII)).isEqualTo("\r\n");
    }
  }
}
