package org.klatsch.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.net.StreamConnector;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.TlsOptions;
import org.klatsch.server.tls.ServerKeys;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;
import org.klatsch.stun.TransactionId;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCIceCandidate;
import org.klatsch.webrtc.RTCIceCandidateStats;
import org.klatsch.webrtc.RTCIceCandidateType;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCIceServer;
import org.klatsch.webrtc.RTCIceServerTransportProtocol;
import org.klatsch.webrtc.RTCIceTransportPolicy;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionIceErrorEvent;
import org.klatsch.webrtc.RTCSessionDescription;

/// TURN over TCP and TLS on real sockets, with our own connections and with raw ones.
@Timeout(60)
class RelayStreamTest {
  private static final RelaySettings SETTINGS = RelaySettings.DEFAULT.withUser("me", "secret");
  @TempDir private Path folder;
  private @Nullable X509TrustManager trust;

  private static TransportAddress machine() throws IOException {
    for (LocalAddress each : LocalInterfaces.list(InterfaceFilter.DEFAULT)) {
      if (each.address().isIpv4()) {
        return each.address();
      }
    }
    return TransportAddress.parse("127.0.0.1", 0);
  }

  /// Makes a certificate for this machine and trusts it.
  private SSLContext trustOwnCertificate() throws Exception {
    var _ = ServerKeys.selfSigned(folder, machine().host(), Instant.now(), new SecureRandom());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(certificate())) {
      trusted.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    trust = (X509TrustManager) factory.getTrustManagers()[0];
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private Path certificate() {
    return folder.resolve("tls-certificate.pem");
  }

  private Path key() {
    return folder.resolve("tls-key.pem");
  }

  /// One of two connections through relays alone.
  private static final class Peer implements AutoCloseable {
    private final PeerConnectionFactory factory;
    final RTCPeerConnection connection;
    final List<RTCIceCandidate> candidates = new ArrayList<>();
    final BlockingQueue<RTCPeerConnectionIceErrorEvent> errors = new LinkedBlockingQueue<>();
    private final CompletableFuture<Object> gathered = new CompletableFuture<>();

    Peer(@Nullable SSLContext tls, String... urls) {
      this(StreamConnector.DEFAULT.withTls(tls), urls);
    }

    Peer(StreamConnector connector, String... urls) {
      factory = new PeerConnectionFactory(PeerConnectionOptions.DEFAULT.withStreams(connector));
      connection =
          factory.createPeerConnection(
              new RTCConfiguration()
                  .withIceServers(new RTCIceServer(List.of(urls), "me", "secret"))
                  .withIceTransportPolicy(RTCIceTransportPolicy.RELAY));
      connection.onIceCandidate(event -> {
        RTCIceCandidate candidate = event.candidate();
        if (candidate != null && candidate.type() != null) {
          candidates.add(candidate);
        }
      });
      connection.onIceCandidateError(errors::add);
      connection.onIceGatheringStateChange(event -> {
        if (connection.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
          gathered.complete(event);
        }
      });
    }

    RTCSessionDescription complete() throws Exception {
      connection.setLocalDescription().get(10, TimeUnit.SECONDS);
      gathered.get(30, TimeUnit.SECONDS);
      RTCSessionDescription description = connection.localDescription();
      assertThat(description).isNotNull();
      return description;
    }

    @Override
    public void close() {
      connection.close();
      factory.close();
    }
  }

  private static void meet(Peer a, Peer b) throws Exception {
    CompletableFuture<Object> heard = new CompletableFuture<>();
    b.connection.onDataChannel(event -> event.channel().onMessage(m -> heard.complete(m.data())));
    RTCDataChannel channel = a.connection.createDataChannel("chat");
    String text = "x".repeat(100_000);
    channel.onOpen(_ -> channel.send(text));
    b.connection.setRemoteDescription(a.complete()).get(10, TimeUnit.SECONDS);
    a.connection.setRemoteDescription(b.complete()).get(10, TimeUnit.SECONDS);
    assertThat(heard.get(30, TimeUnit.SECONDS)).isEqualTo(text);
  }

  private static void assertToldAs(Peer peer, String url, RTCIceServerTransportProtocol protocol)
      throws Exception {
    assertThat(peer.candidates)
        .isNotEmpty()
        .allSatisfy(candidate -> {
          assertThat(candidate.type()).isEqualTo(RTCIceCandidateType.RELAY);
          assertThat(candidate.relayProtocol()).isEqualTo(protocol);
          assertThat(candidate.url()).isEqualTo(url);
        });
    assertThat(peer.connection.getStats().get(10, TimeUnit.SECONDS).values())
        .filteredOn(RTCIceCandidateStats.class::isInstance)
        .map(RTCIceCandidateStats.class::cast)
        .filteredOn(each -> each.id().startsWith("L"))
        .anySatisfy(each -> {
          assertThat(each.relayProtocol()).isEqualTo(protocol);
          assertThat(each.url()).isEqualTo(url);
        });
  }

  @Test
  void connectionsMeetOverTcp() throws Exception {
    try (Relay relay = Relay.startWithTcp(machine().host(), 0, SETTINGS)) {
      String url = "turn:" + relay.locals().getFirst() + "?transport=tcp";
      try (Peer a = new Peer((SSLContext) null, url);
          Peer b = new Peer((SSLContext) null, url)) {
        meet(a, b);
        assertToldAs(a, url, RTCIceServerTransportProtocol.TCP);
        assertThat(relay.streamCounters().open()).isGreaterThanOrEqualTo(2);
        assertThat(relay.streamCounters().dropped()).isZero();
      }
      assertThat(relay.counters().bytesToClients()).isGreaterThan(100_000);
    }
  }

  @Test
  void connectionsMeetOverTlsAndUdp() throws Exception {
    SSLContext tls = trustOwnCertificate();
    try (Relay relay = Relay.startWithTls(machine().host(), 0, SETTINGS, certificate(), key())) {
      TransportAddress server = relay.locals().getFirst();
      String url = "turns:" + server;
      try (Peer a = new Peer(tls, url);
          Peer b = new Peer((SSLContext) null, "turn:" + server + "?transport=udp")) {
        meet(a, b);
        assertToldAs(a, url, RTCIceServerTransportProtocol.TLS);
        assertToldAs(b, "turn:" + server + "?transport=udp", RTCIceServerTransportProtocol.UDP);
      }
      // Plain TCP is served on that port too.
      String plain = "turn:" + server + "?transport=tcp";
      try (Peer a = new Peer((SSLContext) null, plain);
          Peer b = new Peer((SSLContext) null, plain)) {
        meet(a, b);
      }
    }
  }

  @Test
  void aCertificateThatNobodyTrustsIsToldAsIceCandidateError() throws Exception {
    trustOwnCertificate();
    try (Relay relay = Relay.startWithTls(machine().host(), 0, SETTINGS, certificate(), key());
        Peer a = new Peer((SSLContext) null, "turns:" + relay.locals().getFirst())) {
      var _ = a.connection.createDataChannel("chat");
      a.complete();
      RTCPeerConnectionIceErrorEvent told = a.errors.poll(10, TimeUnit.SECONDS);
      assertThat(told).isNotNull();
      assertThat(told.errorCode()).isEqualTo(701);
      assertThat(told.url()).isEqualTo("turns:" + relay.locals().getFirst());
      assertThat(told.errorText()).contains("TLS");
      assertThat(a.candidates).isEmpty();
    }
  }

  @Test
  void connectionsMeetOverDtls() throws Exception {
    trustOwnCertificate();
    try (Relay relay = Relay.startWithTls(machine().host(), 0, SETTINGS, certificate(), key())) {
      String url = "turns:" + relay.locals().getFirst() + "?transport=udp";
      StreamConnector connector = StreamConnector.DEFAULT.withTrust(trust);
      try (Peer a = new Peer(connector, url);
          Peer b = new Peer(connector, url)) {
        meet(a, b);
        // The W3C has no word for DTLS.
        assertToldAs(a, url, RTCIceServerTransportProtocol.UDP);
        assertThat(relay.streamCounters().associations()).isGreaterThanOrEqualTo(2);
      }
      assertThat(relay.counters().bytesToClients()).isGreaterThan(100_000);
    }
  }

  @Test
  void overDtlsTooACertificateHasToBeTrusted() throws Exception {
    trustOwnCertificate();
    try (Relay relay = Relay.startWithTls(machine().host(), 0, SETTINGS, certificate(), key());
        Peer a =
            new Peer((SSLContext) null, "turns:" + relay.locals().getFirst() + "?transport=udp")) {
      var _ = a.connection.createDataChannel("chat");
      a.complete();
      RTCPeerConnectionIceErrorEvent told = a.errors.poll(10, TimeUnit.SECONDS);
      assertThat(told).isNotNull();
      assertThat(told.errorCode()).isEqualTo(701);
      assertThat(told.errorText()).contains("DTLS");
      assertThat(a.candidates).isEmpty();
      assertThat(relay.counters().allocationsMade()).isZero();
    }
  }

  @Test
  void onePortServesThePageAndTheRelayInTlsAndPlain() throws Exception {
    SSLContext tls = trustOwnCertificate();
    ServerOptions options =
        ServerOptions.of(0, folder.resolve("data"))
            .withHost(machine().host())
            .withRelay(SETTINGS)
            .withTls(new TlsOptions.Files(certificate(), key()));
    try (var server = KlatschServer.start(options)) {
      TransportAddress address = machine().withPort(server.ready().httpPort());
      try (Peer a = new Peer(tls, "turns:" + address);
          Peer b = new Peer((SSLContext) null, "turn:" + address + "?transport=tcp")) {
        meet(a, b);
      }
      // The UDP port has the same number.
      StreamConnector connector = StreamConnector.DEFAULT.withTrust(trust);
      try (Peer a = new Peer(connector, "turns:" + address + "?transport=udp");
          Peer b = new Peer((SSLContext) null, "turn:" + address)) {
        meet(a, b);
      }
      try (var http = HttpClient.newBuilder().sslContext(tls).build()) {
        var request = HttpRequest.newBuilder(URI.create(server.ready().url() + "/metrics")).build();
        String text = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        assertThat(text).contains("klatsch_turn_streams");
      }
    }
  }

  @Test
  void aPlainPortServesThePageAndTheRelay() throws Exception {
    ServerOptions options =
        ServerOptions.of(0, folder.resolve("data")).withHost(machine().host()).withRelay(SETTINGS);
    try (var server = KlatschServer.start(options)) {
      String url = "turn:" + machine().withPort(server.ready().httpPort()) + "?transport=tcp";
      try (Peer a = new Peer((SSLContext) null, url);
          Peer b = new Peer((SSLContext) null, url);
          var http = HttpClient.newHttpClient()) {
        meet(a, b);
        var request = HttpRequest.newBuilder(URI.create(server.ready().url() + "/healthz")).build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
            .isEqualTo(200);
      }
    }
  }

  private static byte[] binding() {
    byte[] request = new byte[64];
    int length =
        new StunMessageWriter()
            .start(
                request,
                0,
                request.length,
                StunClass.REQUEST,
                StunMethod.BINDING,
                new TransactionId(1, 2))
            .length();
    return Arrays.copyOf(request, length);
  }

  private static Socket connect(Relay relay) throws IOException {
    Socket socket = new Socket();
    TransportAddress server = relay.locals().getFirst();
    socket.connect(new InetSocketAddress(server.host(), server.port()), 10_000);
    socket.setSoTimeout(20_000);
    return socket;
  }

  @Test
  void requestsInPiecesAreAnsweredAndJunkEndsTheConnection() throws Exception {
    try (Relay relay = Relay.startWithTcp("127.0.0.1", 0, SETTINGS);
        Socket socket = connect(relay)) {
      OutputStream out = socket.getOutputStream();
      for (byte each : binding()) {
        out.write(each);
        out.flush();
      }
      out.write(binding());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      for (int i = 0; i < 2; i++) {
        byte[] answer = new byte[32];
        in.readFully(answer);
        StunMessage message = StunMessage.parse(answer, 0, answer.length);
        assertThat(message.is(StunClass.SUCCESS_RESPONSE, StunMethod.BINDING)).isTrue();
        assertThat(message.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS))
            .isEqualTo(TransportAddress.parse("127.0.0.1", socket.getLocalPort()));
      }
      // A length that no stranger needs: nothing is kept for it, the connection ends.
      out.write(new byte[] {0, 1, (byte) 0xff, (byte) 0xfc, 0x21, 0x12, (byte) 0xa4, 0x42});
      out.flush();
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void aClientThatLeavesGivesItsConnectionBack() throws Exception {
    try (Relay relay = Relay.startWithTcp("127.0.0.1", 0, SETTINGS)) {
      for (int i = 0; i < 50; i++) {
        try (Socket socket = connect(relay)) {
          socket.getOutputStream().write(binding());
          new DataInputStream(socket.getInputStream()).readFully(new byte[32]);
        }
      }
      long deadline = System.nanoTime() + 20_000_000_000L;
      while (relay.streamCounters().open() > 0 && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertThat(relay.streamCounters().open()).isZero();
    }
  }
}
