package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.net.StreamConnector;
import org.klatsch.net.StreamDialer;
import org.klatsch.net.proxy.ProxyDialer;
import org.klatsch.net.proxy.ProxySettings;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.server.turn.Relay;
import org.klatsch.server.turn.RelaySettings;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCIceCandidatePair;
import org.klatsch.webrtc.RTCIceCandidateType;
import org.klatsch.webrtc.RTCIceServer;
import org.klatsch.webrtc.RTCIceTransportPolicy;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// Our client through coturn, and the clients of coturn, Pion, Chromium and Firefox through our
/// relay: over UDP, TCP, TLS and DTLS.
@Tag("interop")
@Timeout(180)
class RelayInteropTest {
  private static final int BYTES = 5_000_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final RelaySettings SETTINGS = RelaySettings.DEFAULT.withUser("me", "secret");
  @TempDir private Path folder;

  /// An address that clients on this machine reach a server at: browsers gather no loopback ones.
  static TransportAddress machine() throws IOException {
    for (LocalAddress each : LocalInterfaces.list(InterfaceFilter.DEFAULT)) {
      if (each.address().isIpv4()) {
        return each.address();
      }
    }
    return TransportAddress.parse("127.0.0.1", 0);
  }

  static RTCConfiguration through(String url) {
    return new RTCConfiguration()
        .withIceServers(new RTCIceServer(url, "me", "secret"))
        .withIceTransportPolicy(RTCIceTransportPolicy.RELAY);
  }

  static void assertRelayed(EchoClient client) {
    RTCIceCandidatePair pair =
        client.connection.sctp().transport().iceTransport().getSelectedCandidatePair();
    assertThat(pair).isNotNull();
    assertThat(pair.local().type()).isEqualTo(RTCIceCandidateType.RELAY);
  }

  /// Two of our own connections, each with relayed candidates alone.
  private static void exchangeThrough(String url, @Nullable TrustedServer trusted)
      throws Exception {
    exchangeThrough(url, trusted, StreamDialer.DIRECT);
  }

  private static void exchangeThrough(
      String url, @Nullable TrustedServer trusted, StreamDialer dialer) throws Exception {
    StreamConnector connector = StreamConnector.DEFAULT.withDialer(dialer);
    if (trusted != null) {
      connector = connector.withTls(trusted.tls()).withTrust(trusted.trust());
    }
    PeerConnectionOptions options = EchoClient.OPEN.withStreams(connector);
    try (EchoClient offerer = new EchoClient(through(url), options);
        EchoClient answerer = new EchoClient(through(url), options)) {
      RTCDataChannel bulk = offerer.connection.createDataChannel("bulk");
      String offer = offerer.completeLocalSdp();
      assertThat(offer).contains("typ relay").doesNotContain("typ host").doesNotContain("srflx");
      answerer.connection.onDataChannel(event -> echo(event.channel()));
      answerer
          .connection
          .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.OFFER, offer))
          .get();
      String answer = answerer.completeLocalSdp();
      offerer
          .connection
          .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer))
          .get();
      EchoClient.awaitOpen(bulk);
      EchoClient.exchange(bulk, 7, BYTES, new EchoClient.Sizes(1, 60_000), LIMIT);
      assertRelayed(offerer);
      assertRelayed(answerer);
    }
  }

  private static void echo(RTCDataChannel channel) {
    channel.onMessage(event -> {
      byte[] bytes = event.bytes();
      if (bytes != null) {
        channel.send(bytes);
      } else {
        channel.send(event.text());
      }
    });
  }

  @Test
  void ourClientsMeetThroughOurRelay() throws Exception {
    TrustedServer trusted = TrustedServer.at(machine().host(), folder);
    try (Relay relay =
        Relay.startWithTls(machine().host(), 0, SETTINGS, trusted.chain(), trusted.key())) {
      TransportAddress server = relay.locals().getFirst();
      exchangeThrough("turn:" + server, null);
      exchangeThrough("turn:" + server + "?transport=tcp", null);
      exchangeThrough("turns:" + server, trusted);
      exchangeThrough("turns:" + server + "?transport=udp", trusted);
      assertThat(relay.counters().bytesToPeers()).isGreaterThan(4 * BYTES);
    }
  }

  /// coturn on an address of this machine, with a port for TLS and DTLS.
  private final class Coturn implements AutoCloseable {
    final TransportAddress plain;
    final TransportAddress secured;
    private final Process process;

    Coturn(TrustedServer trusted) throws IOException {
      TransportAddress machine = machine();
      plain = machine.withPort(freePort(machine));
      secured = machine.withPort(freePort(machine));
      Path log = folder.resolve("coturn.log");
      process =
          new ProcessBuilder(
                  Programs.require("turnserver").toString(),
                  "-n",
                  "--lt-cred-mech",
                  "--user=me:secret",
                  "--realm=example.org",
                  "--listening-ip=" + machine.host(),
                  "--relay-ip=" + machine.host(),
                  "--listening-port=" + plain.port(),
                  "--allow-loopback-peers",
                  "--cli-password=unused",
                  "--tls-listening-port=" + secured.port(),
                  "--cert=" + trusted.chain(),
                  "--pkey=" + trusted.key(),
                  "--no-cli",
                  "--pidfile=" + folder.resolve("coturn.pid"),
                  "--userdb=" + folder.resolve("coturn.db"),
                  "--log-file=stdout",
                  "--simple-log")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        awaitStun(plain, log);
      } catch (IOException e) {
        process.destroy();
        throw e;
      }
    }

    @Override
    public void close() {
      process.destroy();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void ourClientsMeetThroughCoturn() throws Exception {
    Requirements.check(() -> Programs.require("turnserver"));
    TrustedServer trusted = TrustedServer.at(machine().host(), folder);
    try (Coturn coturn = new Coturn(trusted)) {
      exchangeThrough("turn:" + coturn.plain, null);
      exchangeThrough("turn:" + coturn.plain + "?transport=tcp", null);
      exchangeThrough("turns:" + coturn.secured, trusted);
      exchangeThrough("turns:" + coturn.secured + "?transport=udp", trusted);
    }
  }

  @Test
  void ourClientsReachCoturnThroughProxies() throws Exception {
    Requirements.check(() -> Programs.require("turnserver"));
    Requirements.check(() -> Programs.require("tinyproxy"));
    Requirements.check(() -> Programs.require("microsocks"));
    TrustedServer trusted = TrustedServer.at(machine().host(), folder);
    String host = machine().host();
    int connect = freePort(machine());
    int socks = freePort(machine());
    Path configuration =
        Files.writeString(
            folder.resolve("tinyproxy.conf"),
            """
            Port %d
            Listen %s
            BasicAuth me secret
            LogFile "%s"
            MaxClients 100
            """
                .formatted(connect, host, folder.resolve("tinyproxy.log")));
    List<List<String>> commands =
        List.of(
            List.of(Programs.require("tinyproxy").toString(), "-d", "-c", "" + configuration),
            List.of(
                Programs.require("microsocks").toString(),
                "-i",
                host,
                "-p",
                "" + socks,
                "-u",
                "me",
                "-P",
                "secret"));
    List<Process> proxies = new ArrayList<>();
    try (Coturn coturn = new Coturn(trusted)) {
      for (List<String> command : commands) {
        proxies.add(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("proxy" + proxies.size() + ".txt").toFile())
                .start());
      }
      for (String url :
          List.of(
              "http://me:secret@" + host + ":" + connect,
              "socks5://me:secret@" + host + ":" + socks)) {
        StreamDialer dialer = new ProxyDialer(ProxySettings.parse(url));
        awaitProxy(dialer, coturn.plain);
        exchangeThrough("turn:" + coturn.plain + "?transport=tcp", null, dialer);
        exchangeThrough("turns:" + coturn.secured, trusted, dialer);
      }
    } finally {
      for (Process each : proxies) {
        each.destroy();
        each.waitFor();
      }
    }
    assertThat(Files.readString(folder.resolve("tinyproxy.log"))).contains("CONNECT " + host);
    assertThat(Files.readString(folder.resolve("proxy1.txt"))).contains("connected to " + host);
  }

  private static void awaitProxy(StreamDialer dialer, TransportAddress server) throws IOException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        dialer.dial(machine(), server, LIMIT).close();
        return;
      } catch (IOException e) {
        if (System.nanoTime() >= deadline) {
          throw e;
        }
        // It is still starting.
        Thread.onSpinWait();
      }
    }
  }

  private static int freePort(TransportAddress host) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(host.host()))) {
      return socket.getLocalPort();
    }
  }

  /// Asks for a binding until somebody answers.
  private static void awaitStun(TransportAddress server, Path log) throws IOException {
    byte[] request = new byte[20];
    request[1] = 1;
    System.arraycopy(new byte[] {0x21, 0x12, (byte) 0xa4, 0x42}, 0, request, 4, 4);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(200);
      while (System.nanoTime() < deadline) {
        socket.send(
            new DatagramPacket(
                request, request.length, InetAddress.getByName(server.host()), server.port()));
        try {
          socket.receive(new DatagramPacket(new byte[200], 200));
          return;
        } catch (SocketTimeoutException e) {
          // It is still starting.
        }
      }
    }
    throw new IOException("no answer of " + server + ":\n" + Files.readString(log));
  }

  private static Process uclient(List<String> mode, TransportAddress server, Path log)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of(Programs.require("turnutils_uclient").toString()));
    command.addAll(mode);
    command.addAll(List.of("-u", "me", "-w", "secret", "-n", "50", "-m", "2", "-l", "170"));
    command.addAll(List.of("-p", Integer.toString(server.port()), server.host()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  @Test
  void coturnsClientsMeetThroughOurRelay() throws Exception {
    Requirements.check(() -> Programs.require("turnutils_uclient"));
    TrustedServer trusted = TrustedServer.at(machine().host(), folder);
    try (Relay relay =
        Relay.startWithTls(machine().host(), 0, SETTINGS, trusted.chain(), trusted.key())) {
      // On channels and with indications; then over TCP, TLS and DTLS, and connections of TCP to
      // connections of TCP, RFC 6062. All at once, as the tool waits a while at its end.
      Map<Process, Path> clients = new LinkedHashMap<>();
      try {
        for (List<String> mode :
            List.of(
                List.of("-y", "-c"),
                List.of("-y", "-c", "-s"),
                List.of("-y", "-c", "-t"),
                List.of("-y", "-c", "-t", "-S"),
                List.of("-y", "-c", "-S"),
                List.of("-T"))) {
          Path log = folder.resolve("uclient" + String.join("", mode) + ".log");
          clients.put(uclient(mode, relay.locals().getFirst(), log), log);
        }
        for (Map.Entry<Process, Path> client : clients.entrySet()) {
          assertThat(client.getKey().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
              .as(client.getValue().toString())
              .isTrue();
          String told = Files.readString(client.getValue(), StandardCharsets.UTF_8);
          assertThat(told).contains("Total transmit time").doesNotContain("ERROR");
          assertThat(client.getKey().exitValue()).as(told).isZero();
        }
      } finally {
        clients.keySet().forEach(Process::destroyForcibly);
      }
      assertThat(relay.counters().packetsToPeers()).isGreaterThan(100);
    }
  }

  @Test
  void chromiumMeetsUsThroughOurRelayAlone() throws Exception {
    Requirements.browser("chromium");
    for (String transport : List.of("udp", "tcp")) {
      browserMeetsUs("chromium", transport);
    }
  }

  @Test
  void firefoxMeetsUsThroughOurRelayAlone() throws Exception {
    Requirements.browser("firefox");
    browserMeetsUs("firefox", "tcp");
  }

  /// Has a page answer with an echo, over this relay alone.
  static void answerThrough(Browser.Page page, String url) {
    page.evaluate(
        """
        (() => {
          window.peer = new RTCPeerConnection({
            iceServers: [{urls: '%s', username: 'me', credential: 'secret'}],
            iceTransportPolicy: 'relay'});
          peer.ondatachannel = ({channel}) => {
            channel.binaryType = 'arraybuffer';
            const queue = [];
            channel.bufferedAmountLowThreshold = 1 << 20;
            const drain = () => {
              while (queue.length > 0 && channel.readyState === 'open'
                  && channel.bufferedAmount < 4 << 20) {
                channel.send(queue.shift());
              }
            };
            channel.onopen = drain;
            channel.onbufferedamountlow = drain;
            channel.onmessage = (event) => { queue.push(event.data); drain(); };
          };
          window.complete = async () => {
            await peer.setLocalDescription();
            while (peer.iceGatheringState !== 'complete') {
              await new Promise((resolve) => setTimeout(resolve, 10));
            }
            return peer.localDescription.sdp;
          };
          return true;
        })()
        """
            .formatted(url));
  }

  static String answer(Browser.Page page, String offer) {
    String answer =
        page.evaluate(
                "peer.setRemoteDescription({type: 'offer', sdp: "
                    + JsonSocket.JSON.writeValueAsString(offer)
                    + "}).then(() => complete())")
            .asString();
    assertThat(answer).contains("typ relay").doesNotContain("typ host");
    return answer;
  }

  private static void browserMeetsUs(String name, String transport) throws Exception {
    try (Relay relay = Relay.startWithTcp(machine().host(), 0, SETTINGS);
        Browser browser = Browser.start(name);
        Browser.Page page = browser.newPage();
        EchoClient client = new EchoClient(through("turn:" + relay.locals().getFirst()))) {
      page.open("data:text/html,<title>relay</title>");
      answerThrough(page, "turn:" + relay.locals().getFirst() + "?transport=" + transport);
      RTCDataChannel bulk = client.connection.createDataChannel("bulk");
      String answer = answer(page, client.completeLocalSdp());
      client
          .connection
          .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer))
          .get();
      EchoClient.awaitOpen(bulk);
      EchoClient.exchange(bulk, 7, BYTES, new EchoClient.Sizes(1, 60_000), LIMIT);
      assertRelayed(client);
      assertThat(relay.counters().allocations()).isGreaterThanOrEqualTo(2);
      assertThat(relay.streamCounters().open()).isEqualTo(transport.equals("tcp") ? 1 : 0);
    }
  }

  @Test
  void pionMeetsUsThroughOurRelayAloneOverTcp() throws Exception {
    Requirements.check(ForeignPeer.Stack.PION::command);
    try (Relay relay = Relay.startWithTcp(machine().host(), 0, SETTINGS);
        EchoClient client = new EchoClient(through("turn:" + relay.locals().getFirst()))) {
      String url = "turn:" + relay.locals().getFirst() + "?transport=tcp";
      try (ForeignPeer peer =
          ForeignPeer.start(
              ForeignPeer.Stack.PION,
              "answer",
              folder,
              "--mode",
              "echo",
              "--relay",
              url + ",me,secret")) {
        RTCDataChannel bulk = client.connect(peer, folder, "answer", () -> {});
        EchoClient.exchange(bulk, 7, BYTES, new EchoClient.Sizes(1, 60_000), LIMIT);
        assertRelayed(client);
        assertThat(relay.streamCounters().open()).isPositive();
      }
    }
  }
}
