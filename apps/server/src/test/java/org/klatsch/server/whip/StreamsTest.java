package org.klatsch.server.whip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.media.Clients;
import org.klatsch.server.media.SdpFragment;
import org.klatsch.webrtc.RTCDtlsTransportState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionState;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

final class StreamsTest {
  private static final String FRAGMENT = "application/trickle-ice-sdpfrag";
  @TempDir static Path directory;
  private static KlatschServer server;
  private static HttpClient http;
  private static Clients clients;

  @BeforeAll
  static void start() throws IOException {
    server = KlatschServer.start(ServerOptions.of(0, directory));
    http = HttpClient.newHttpClient();
    clients = new Clients();
  }

  @AfterAll
  static void stop() throws IOException {
    clients.close();
    http.close();
    server.close();
  }

  private static HttpResponse<String> send(
      String method, String path, String type, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.ready().url() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, String offer) throws Exception {
    return send("POST", path, "application/sdp", offer);
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static HttpResponse<String> connect(String path, RTCPeerConnection connection)
      throws Exception {
    HttpResponse<String> created = post(path, Clients.offer(connection));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    connection
        .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, created.body()))
        .get(Clients.PATIENCE_SECONDS, TimeUnit.SECONDS);
    return created;
  }

  private static void awaitState(RTCPeerConnection connection, RTCPeerConnectionState wanted)
      throws Exception {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    connection.onConnectionStateChange(_ -> {
      if (connection.connectionState() == wanted) {
        reached.complete(null);
      }
    });
    if (connection.connectionState() != wanted) {
      reached.get(Clients.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Test
  void playsToTwoWhatOnePublishes() throws Exception {
    try (Clients.Publisher publisher = clients.publisher();
        Clients.Player one = clients.player();
        Clients.Player other = clients.player()) {
      HttpResponse<String> created = connect("/whip/morning", publisher.connection);
      assertThat(header(created, "content-type")).isEqualTo("application/sdp");
      assertThat(header(created, "location")).matches("/whip/morning/[0-9a-f]{32}");
      assertThat(header(created, "etag")).matches("\"[^\"]+\"");
      assertThat(created.headers().allValues("link"))
          .anySatisfy(link ->
              assertThat(link)
                  .startsWith("<turn:127.0.0.1:")
                  .contains("rel=\"ice-server\"", "username=", "credential="));
      connect("/whep/morning", one.connection);
      connect("/whep/morning", other.connection);
      for (Clients.Player player : List.of(one, other)) {
        EncodedVideoFrame first =
            (EncodedVideoFrame) player.video.poll(Clients.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(first).isNotNull();
        assertThat(first.keyFrame()).isTrue();
        player.awaitFrames(10);
      }
      HttpResponse<String> deleted = send("DELETE", header(created, "location"), "", "");
      assertThat(deleted.statusCode()).isEqualTo(200);
      CompletableFuture<Void> ended = new CompletableFuture<>();
      var transport = publisher.connection.getTransceivers().getFirst().sender().transport();
      transport.onStateChange(_ -> ended.complete(null));
      if (transport.state() != RTCDtlsTransportState.CLOSED) {
        ended.get(Clients.PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
      assertThat(transport.state()).isEqualTo(RTCDtlsTransportState.CLOSED);
      assertThat(post("/whep/morning", "v=0").statusCode()).isEqualTo(404);
      assertThat(send("DELETE", header(created, "location"), "", "").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aSecondPublisherIsRefusedWhileTheFirstIsConnected() throws Exception {
    try (Clients.Publisher publisher = clients.publisher();
        Clients.Player player = clients.player();
        Clients.Publisher second = clients.publisher()) {
      connect("/whip/taken", publisher.connection);
      connect("/whep/taken", player.connection);
      player.awaitFrames(1);
      String offer = Clients.offer(second.connection);
      assertThat(post("/whip/taken", offer).statusCode()).isEqualTo(409);
    }
  }

  @Test
  void playersStayWhenThePublisherComesAnew() throws Exception {
    try (Clients.Player player = clients.player()) {
      try (Clients.Publisher publisher = clients.publisher()) {
        connect("/whip/again", publisher.connection);
        connect("/whep/again", player.connection);
        player.awaitFrames(5);
      }
      try (Clients.Publisher publisher = clients.publisher()) {
        connect("/whip/again", publisher.connection);
        awaitState(publisher.connection, RTCPeerConnectionState.CONNECTED);
        player.video.clear();
        player.audio.clear();
        player.awaitFrames(10);
      }
    }
  }

  @Test
  void takesCandidatesAndRestartsIceByPatch() throws Exception {
    try (Clients.Publisher publisher = clients.publisher()) {
      String offer = Clients.offer(publisher.connection);
      String bare = offer.replaceAll("a=(candidate:.*|end-of-candidates)\r\n", "");
      HttpResponse<String> created = post("/whip/trickle", bare);
      assertThat(created.statusCode()).isEqualTo(201);
      publisher
          .connection
          .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, created.body()))
          .get(Clients.PATIENCE_SECONDS, TimeUnit.SECONDS);
      String session = header(created, "location");
      String etag = header(created, "etag");
      String fragment = SdpFragment.of(offer);
      assertThat(send("PATCH", session, FRAGMENT, fragment).statusCode()).isEqualTo(428);
      assertThat(send("PATCH", session, FRAGMENT, fragment, "If-Match", "\"x\"").statusCode())
          .isEqualTo(412);
      assertThat(send("PATCH", session, "text/plain", fragment, "If-Match", etag).statusCode())
          .isEqualTo(415);
      assertThat(send("PATCH", session, FRAGMENT, "nonsense", "If-Match", etag).statusCode())
          .isEqualTo(400);
      assertThat(send("PATCH", session, FRAGMENT, fragment, "If-Match", etag).statusCode())
          .isEqualTo(204);
      awaitState(publisher.connection, RTCPeerConnectionState.CONNECTED);

      publisher.connection.restartIce();
      String again = SdpFragment.of(Clients.offer(publisher.connection));
      HttpResponse<String> restarted = send("PATCH", session, FRAGMENT, again, "If-Match", "*");
      assertThat(restarted.statusCode()).isEqualTo(200);
      assertThat(header(restarted, "content-type")).isEqualTo(FRAGMENT);
      assertThat(header(restarted, "etag")).isNotEmpty().isNotEqualTo(etag);
      assertThat(restarted.body()).contains("a=ice-ufrag:", "a=ice-pwd:", "a=candidate:");
      assertThat(send("PATCH", session, FRAGMENT, fragment, "If-Match", etag).statusCode())
          .isEqualTo(412);
      assertThat(send("DELETE", session, "", "", "If-Match", "\"x\"").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void saysWhatIsWrongWithARequest() throws Exception {
    try (Clients.Player player = clients.player();
        Clients.Publisher publisher = clients.publisher()) {
      String receives = Clients.offer(player.connection);
      assertThat(post("/whep/nobody", receives).statusCode()).isEqualTo(404);
      HttpResponse<String> refused = post("/whip/wrong", receives);
      assertThat(refused.statusCode()).isEqualTo(422);
      assertThat(header(refused, "content-type")).isEqualTo("application/problem+json");
      assertThat(refused.body()).contains("sendonly");
      assertThat(post("/whip/wrong", "nonsense").statusCode()).isEqualTo(400);
      assertThat(post("/whip/wrong", "").statusCode()).isEqualTo(422);
      assertThat(send("POST", "/whip/wrong", "text/plain", "v=0").statusCode()).isEqualTo(415);
      assertThat(post("/whip/wrong", "v=0\r\n" + "a=x\r\n".repeat(60_000)).statusCode())
          .isEqualTo(413);
      assertThat(send("PUT", "/whip/wrong", "application/sdp", "v=0").statusCode()).isEqualTo(405);
      assertThat(header(send("GET", "/whep/wrong", "", ""), "allow")).contains("POST");
      String other =
          Clients.offer(publisher.connection)
              .replace("VP8/90000", "VP7/90000")
              .replaceAll("a=rtpmap:(\\d+) (VP9|AV1|H264)/", "a=rtpmap:$1 Z$2/");
      assertThat(post("/whip/wrong", other).statusCode()).isEqualTo(422);
    }
  }

  @Test
  void reachesPeersWithoutUdpOverThePortOfThePage() throws Exception {
    try (Clients.Publisher publisher = clients.publisher();
        Clients.Player player = clients.player()) {
      connect("/whip/tcp", publisher.connection);
      HttpResponse<String> created =
          post("/whep/tcp", withoutUdp(Clients.offer(player.connection)));
      assertThat(created.statusCode()).isEqualTo(201);
      String answer = withoutUdp(created.body());
      assertThat(answer).contains(" " + server.ready().httpPort() + " typ host tcptype passive");
      player
          .connection
          .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer))
          .get(Clients.PATIENCE_SECONDS, TimeUnit.SECONDS);
      player.awaitFrames(10);
    }
  }

  private static String withoutUdp(String sdp) {
    return sdp.replaceAll("(?i)a=candidate:\\S+ \\d udp .*\r\n", "");
  }

  @Test
  void answersPreflights() throws Exception {
    HttpResponse<String> endpoint =
        send("OPTIONS", "/whip/any", "", "", "Origin", "https://page.example");
    assertThat(endpoint.statusCode()).isEqualTo(200);
    assertThat(header(endpoint, "accept-post")).isEqualTo("application/sdp");
    assertThat(header(endpoint, "access-control-allow-origin")).isEqualTo("*");
    assertThat(header(endpoint, "access-control-allow-headers")).contains("If-Match");
    assertThat(header(endpoint, "access-control-allow-methods")).contains("PATCH", "DELETE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://page.example", "null", "http://127.0.0.1.example"})
  void aPageOfSomebodyElseMayNotUseWhatIsFreeToThisMachine(String origin) throws Exception {
    HttpResponse<String> refused =
        send("POST", "/whip/any", "application/sdp", "v=0", "Origin", origin);
    assertThat(refused.statusCode()).isEqualTo(403);
    // The page can read why.
    assertThat(header(refused, "access-control-allow-origin")).isEqualTo("*");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/whip/", "/whip/.hidden", "/whep/a/b", "/whip/a%2Fb", "/whip/..%2Fa"})
  void knowsNoOtherPaths(String path) throws Exception {
    assertThat(post(path, "v=0").statusCode()).isIn(400, 404, 405);
  }

  @Test
  void servesManyPlayersOfOneStream() throws Exception {
    try (Clients.Publisher publisher = clients.publisher()) {
      connect("/whip/many", publisher.connection);
      List<Clients.Player> players = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Clients.Player player = clients.player();
        players.add(player);
        connect("/whep/many", player.connection);
      }
      for (Clients.Player player : players) {
        player.awaitFrames(10);
        player.close();
      }
      // All asked for a key frame, the publisher made a few.
      assertThat(publisher.keyFrames.size()).isLessThan(players.size() + 2);
    }
  }
}
