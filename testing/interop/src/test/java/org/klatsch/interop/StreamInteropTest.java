package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.interop.ForeignPeer.Stack;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCRtpTransceiver;
import org.klatsch.webrtc.RTCRtpTransceiverDirection;
import org.klatsch.webrtc.RTCRtpTransceiverInit;
import org.klatsch.whip.WhipOptions;
import org.klatsch.whip.WhipSession;
import tools.jackson.databind.JsonNode;

/// Streams in and out of our server with the clients of others and with ours.
@Tag("interop")
@Timeout(120)
final class StreamInteropTest {
  private static final int OUR_HZ = 1_000;
  private static final int THEIR_HZ = 440;
  private static final int PICTURES = 25;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Map<String, CodecFormat> FORMATS =
      Map.of("VP8", CodecFormat.VP8, "H264", CodecFormat.H264);

  @TempDir static Path data;
  @TempDir Path signal;
  private static KlatschServer server;
  private static HttpClient http;

  @BeforeAll
  static void start() throws Exception {
    server = KlatschServer.start(ServerOptions.of(0, data));
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    http.close();
  }

  private static URI url(String path) {
    return URI.create(server.ready().url() + path);
  }

  @ParameterizedTest
  @MethodSource("browsers")
  void browsersPlayWhatABrowserPublishes(String publisher, String player) throws Exception {
    Requirements.browserWithSound(publisher);
    Requirements.browser(player);
    String stream = publisher + "-" + player;
    try (Browser one = Browser.start(publisher);
        Browser other = Browser.start(player);
        Browser.Page source = StreamPage.open(one, server.ready().url());
        Browser.Page first = StreamPage.open(other, server.ready().url());
        Browser.Page second = StreamPage.open(other, server.ready().url())) {
      String resource = source.evaluate("publish('/whip/" + stream + "')").asString();
      assertThat(resource).startsWith("/whip/" + stream + "/");
      for (Browser.Page page : new Browser.Page[] {first, second}) {
        page.evaluate("play('/whep/" + stream + "')");
        JsonNode decoded = page.evaluate("decoded(" + PICTURES + ")");
        assertThat(decoded.get(0).asInt()).as("%s", decoded).isGreaterThanOrEqualTo(PICTURES);
        assertThat(decoded.get(1).asInt()).as("%s", decoded).isPositive();
      }
      int status =
          source
              .evaluate("fetch('" + resource + "', {method: 'DELETE'}).then(r => r.status)")
              .asInt();
      assertThat(status).isEqualTo(200);
    }
  }

  static Stream<Arguments> browsers() {
    return Stream.of(arguments("chromium", "firefox"), arguments("firefox", "chromium"));
  }

  private static HttpResponse<String> post(String path, String offer) throws Exception {
    return http.send(
        HttpRequest.newBuilder(url(path))
            .header("Content-Type", "application/sdp")
            .POST(HttpRequest.BodyPublishers.ofString(offer))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void exchange(ForeignPeer peer, String path) throws Exception {
    HttpResponse<String> created = post(path, peer.awaitDescription(signal, "offer", LIMIT));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    ForeignPeer.writeDescription(signal, "answer", created.body());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("publishers")
  void weSeeAndHearWhatAnotherStackPublishes(Stack stack, String video) throws Exception {
    Requirements.check(stack::command);
    if (stack == Stack.PION) {
      FrameFile.writeTone(signal.resolve("audio.frames"), CodecFormat.OPUS, THEIR_HZ);
      FrameFile.writePictures(signal.resolve("video.frames"), FORMATS.get(video));
    }
    String stream = "from-" + stack;
    CompletableFuture<MediaStreamTrack> voice = new CompletableFuture<>();
    CompletableFuture<MediaStreamTrack> picture = new CompletableFuture<>();
    RTCPeerConnection connection = new RTCPeerConnection();
    connection.onTrack(
        event -> (event.track().kind().equals("audio") ? voice : picture).complete(event.track()));
    RTCRtpTransceiverInit receives =
        new RTCRtpTransceiverInit().withDirection(RTCRtpTransceiverDirection.RECVONLY);
    connection.addTransceiver("audio", receives);
    connection.addTransceiver("video", receives);
    try (ForeignPeer peer =
        ForeignPeer.start(
            stack, "offer", signal, "--mode", "echo", "--audio", "opus", "--video", video)) {
      exchange(peer, "/whip/" + stream);
      try (WhipSession _ =
              WhipSession.open(http, url("/whep/" + stream), connection, WhipOptions.DEFAULT);
          Eye.Watch watch =
              Eye.watch(picture.get(20, TimeUnit.SECONDS), PICTURES, stack == Stack.PION)) {
        Ear.awaitTone(voice.get(20, TimeUnit.SECONDS), THEIR_HZ);
        watch.await();
      }
    } finally {
      connection.close();
    }
  }

  static Stream<Arguments> publishers() {
    return Stream.of(
        arguments(Stack.AIORTC, "VP8"),
        arguments(Stack.GSTREAMER, "H264"),
        arguments(Stack.PION, "VP8"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("players")
  void anotherStackSeesAndHearsWhatWePublish(Stack stack, String video) throws Exception {
    Requirements.check(stack::command);
    String stream = "to-" + stack;
    MediaStreamTrack pattern = Eye.pattern();
    RTCPeerConnection connection = new RTCPeerConnection();
    RTCRtpTransceiverInit sends =
        new RTCRtpTransceiverInit().withDirection(RTCRtpTransceiverDirection.SENDONLY);
    try (AudioTrackSource tone = Ear.tone(OUR_HZ)) {
      connection.addTransceiver(tone.track(), sends);
      RTCRtpTransceiver pictures = connection.addTransceiver(pattern, sends);
      pictures.setCodecPreferences(Only.codec("video/" + video));
      try (WhipSession _ =
              WhipSession.open(http, url("/whip/" + stream), connection, WhipOptions.DEFAULT);
          ForeignPeer peer =
              ForeignPeer.start(
                  stack, "offer", signal, "--mode", "play", "--audio", "opus", "--video", video)) {
        exchange(peer, "/whep/" + stream);
        JsonNode result = peer.result(LIMIT);
        assertThat(result.get("heard").asBoolean()).isTrue();
        assertThat(result.get("videoFrames").asInt()).isGreaterThanOrEqualTo(PICTURES);
      }
    } finally {
      pattern.stop();
      connection.close();
    }
  }

  static Stream<Arguments> players() {
    return Stream.of(arguments(Stack.AIORTC, "H264"), arguments(Stack.GSTREAMER, "VP8"));
  }
}
