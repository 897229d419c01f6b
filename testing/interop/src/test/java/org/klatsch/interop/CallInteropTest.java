package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCDTMFSender;
import org.klatsch.webrtc.RTCInboundRtpStreamStats;
import org.klatsch.webrtc.RTCOutboundRtpStreamStats;
import org.klatsch.webrtc.RTCRtpTransceiver;
import org.klatsch.webrtc.RTCRtpTransceiverDirection;
import org.klatsch.webrtc.RTCStatsReport;
import org.klatsch.webrtc.RTCTrackEvent;
import tools.jackson.databind.JsonNode;

/// Calls between browsers and this library.
@Tag("interop")
@Timeout(120)
class CallInteropTest {
  /// One of each name for all tests, because a start takes seconds.
  private static final Map<String, Browser> BROWSERS = new HashMap<>();

  private static Browser browser(String name) throws IOException {
    Requirements.browserWithSound(name);
    Browser browser = BROWSERS.get(name);
    if (browser == null) {
      browser = Browser.start(name);
      BROWSERS.put(name, browser);
    }
    return browser;
  }

  @AfterAll
  static void closeBrowsers() {
    BROWSERS.values().forEach(Browser::close);
    BROWSERS.clear();
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static CompletableFuture<RTCTrackEvent> nextTrack(EchoClient client) {
    CompletableFuture<RTCTrackEvent> event = new CompletableFuture<>();
    client.connection.onTrack(event::complete);
    return event;
  }

  /// Adds a track that is sent and received by one codec only, with what goes beside it, or by what
  /// both like best if the name is empty.
  private static void addTrack(EchoClient client, MediaStreamTrack track, String mimeType) {
    client.connection.addTrack(track);
    if (!mimeType.isEmpty()) {
      client.connection.getTransceivers().getFirst().setCodecPreferences(Only.codec(mimeType));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void echoesTheTone(String name) throws Exception {
    try (EchoClient client = new EchoClient();
        CallPage page = new CallPage(browser(name), client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      page.start("peer.addTrack(tone(440))");
      page.pageOffers(() -> client.connection.addTrack(incoming.join().track()));
      client.awaitConnected();
      MediaStreamTrack track = await(incoming).track();
      Ear.awaitTone(track, 440);
      page.waitUntil("hears(440)");
      assertThat(page.evaluate("codecOf('inbound-rtp', 'audio')").asString())
          .isEqualTo("audio/opus");
      countsAgree(client, page);
    }
  }

  /// Both sides of each stream count the same packets, but for those on their way. A browser keeps
  /// its figures for a moment, in which it may send a burst: they are asked for until they agree.
  private static void countsAgree(EchoClient client, CallPage page) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (true) {
      RTCStatsReport ours = await(client.connection.getStats());
      JsonNode sent = page.evaluate("stats('outbound-rtp', 'audio')");
      JsonNode received = page.evaluate("stats('inbound-rtp', 'audio')");
      RTCInboundRtpStreamStats inbound =
          ours.stream(RTCInboundRtpStreamStats.class).findFirst().orElseThrow();
      RTCOutboundRtpStreamStats outbound =
          ours.stream(RTCOutboundRtpStreamStats.class).findFirst().orElseThrow();
      assertThat(inbound.ssrc()).isEqualTo(sent.get("ssrc").asLong());
      assertThat(outbound.ssrc()).isEqualTo(received.get("ssrc").asLong());
      assertThat(inbound.packetsLost()).isZero();
      assertThat(received.get("packetsLost").asLong()).isZero();
      assertThat(inbound.jitter()).isBetween(0.0, 0.1);
      long here = inbound.packetsReceived() - sent.get("packetsSent").asLong();
      long there = outbound.packetsSent() - received.get("packetsReceived").asLong();
      if (here >= -50 && here <= 10 && there >= -50 && there <= 10) {
        return;
      }
      assertThat(System.nanoTime())
          .as("%d more packets received than sent, %d more sent than received", here, there)
          .isLessThan(deadline);
    }
  }

  static Stream<Arguments> browsersAndCodecsAndRoles() {
    return Stream.of("chromium", "firefox")
        .flatMap(name ->
            Stream.of("audio/opus", "audio/G722", "audio/PCMU", "audio/PCMA")
                .flatMap(codec ->
                    Stream.of("offer", "answer").map(role -> arguments(name, codec, role))));
  }

  /// @param role of the page
  @ParameterizedTest
  @MethodSource("browsersAndCodecsAndRoles")
  void speaksEachCodecInBothRoles(String name, String codec, String role) throws Exception {
    try (EchoClient client = new EchoClient();
        AudioTrackSource voice = Ear.tone(1_000);
        CallPage page = new CallPage(browser(name), client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      page.start("window.sender = peer.addTrack(tone(440))");
      Runnable add = () -> addTrack(client, voice.track(), codec);
      if (role.equals("offer")) {
        page.pageOffers(add);
      } else {
        add.run();
        page.pageAnswers("");
      }
      client.awaitConnected();
      Ear.awaitTone(await(incoming).track(), 440);
      page.waitUntil("hears(1000)");
      assertThat(page.evaluate("codecOf('inbound-rtp', 'audio')").asString()).isEqualTo(codec);
      assertThat(page.evaluate("codecOf('outbound-rtp', 'audio')").asString()).isEqualTo(codec);
      countsAgree(client, page);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void changesACallUnderWay(String name) throws Exception {
    try (EchoClient client = new EchoClient();
        AudioTrackSource voice = Ear.tone(1_000);
        AudioTrackSource other = Ear.tone(700);
        CallPage page = new CallPage(browser(name), client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      page.start("window.track = tone(440); window.sender = peer.addTrack(track)");
      page.pageOffers(() -> client.connection.addTrack(voice.track()));
      client.awaitConnected();
      RTCTrackEvent event = await(incoming);
      RTCRtpTransceiver transceiver = client.connection.getTransceivers().getFirst();
      Ear.awaitTone(event.track(), 440);
      page.waitUntil("hears(1000)");

      // Mute on both sides.
      voice.track().enabled(false);
      page.waitUntil("silent()");
      voice.track().enabled(true);
      page.waitUntil("hears(1000)");
      page.evaluate("track.enabled = false");
      Ear.awaitSilence(event.track());
      page.evaluate("track.enabled = true");
      Ear.awaitTone(event.track(), 440);

      // Another track without negotiation, on both sides.
      await(transceiver.sender().replaceTrack(other.track()));
      page.waitUntil("hears(700)");
      page.evaluate("sender.replaceTrack(tone(523))");
      Ear.awaitTone(event.track(), 523);

      // Other candidates while the call goes on.
      String before = client.connection.localDescription().sdp();
      client.connection.restartIce();
      page.pageAnswers("");
      assertThat(ufrag(client.connection.localDescription().sdp())).isNotEqualTo(ufrag(before));
      page.waitUntil("hears(700)");
      Ear.awaitTone(event.track(), 523);
    }
  }

  private static String ufrag(String sdp) {
    return sdp.lines().filter(line -> line.startsWith("a=ice-ufrag:")).findFirst().orElseThrow();
  }

  /// Firefox has telephone events at 8 kHz only, and sends them beside Opus, too.
  @ParameterizedTest
  @CsvSource({"chromium, audio/opus", "firefox, audio/PCMU", "firefox, ''"})
  void pressesKeysBothWays(String name, String codec) throws Exception {
    try (EchoClient client = new EchoClient();
        AudioTrackSource voice = Ear.tone(1_000);
        CallPage page = new CallPage(browser(name), client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      page.start("window.sender = peer.addTrack(tone(440))");
      page.pageOffers(() -> addTrack(client, voice.track(), codec));
      client.awaitConnected();
      RTCTrackEvent event = await(incoming);
      Ear.awaitTone(event.track(), 440);
      BlockingQueue<String> keys = new LinkedBlockingQueue<>();
      event.receiver().onToneReceived(e -> keys.add(e.tone()));
      page.waitUntil("hears(1000)");
      page.evaluate("sender.dtmf.insertDTMF('0815#*', 100, 70)");
      for (String key : "0815#*".split("")) {
        assertThat(keys.poll(20, TimeUnit.SECONDS)).isEqualTo(key);
      }
      RTCDTMFSender dtmf = client.connection.getSenders().getFirst().dtmf();
      assertThat(dtmf.canInsertDTMF()).isTrue();
      dtmf.insertDTMF("5", 2_000, 70);
      // Browsers play the tones of telephone events: 770 and 1,336 Hz are the 5.
      page.waitUntil("hears(770) || hears(1336)");
      page.waitUntil("hears(1000)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void holdsAndResumes(String name) throws Exception {
    try (EchoClient client = new EchoClient();
        AudioTrackSource voice = Ear.tone(700);
        CallPage page = new CallPage(browser(name), client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      page.start("window.sender = peer.addTrack(tone(523))");
      page.pageOffers(() -> client.connection.addTrack(voice.track()));
      client.awaitConnected();
      RTCTrackEvent event = await(incoming);
      RTCRtpTransceiver transceiver = client.connection.getTransceivers().getFirst();
      Ear.awaitTone(event.track(), 523);
      page.waitUntil("hears(700)");
      CompletableFuture<Boolean> muted = new CompletableFuture<>();
      event.track().onMute(_ -> muted.complete(true));
      transceiver.direction(RTCRtpTransceiverDirection.INACTIVE);
      page.pageAnswers("");
      assertThat(transceiver.currentDirection()).isEqualTo(RTCRtpTransceiverDirection.INACTIVE);
      assertThat(await(muted)).isTrue();
      page.waitUntil("tracks[0].muted");
      page.waitUntil("silent()");
      CompletableFuture<RTCTrackEvent> again = nextTrack(client);
      transceiver.direction(RTCRtpTransceiverDirection.SENDRECV);
      page.pageAnswers("peer.getTransceivers()[0].direction = 'sendrecv'");
      assertThat(await(again).track()).isSameAs(event.track());
      // Chromium's WebAudio stays silent for a track that was taken away; its statistics do not.
      assertThat(page.evaluate("hearsMore()").asBoolean()).isTrue();
      Ear.awaitTone(event.track(), 523);
    }
  }

  @ParameterizedTest
  @CsvSource({"firefox, video/VP8, offer", "firefox, video/VP8, answer"})
  void showsPicturesBothWays(String name, String codec, String role) throws Exception {
    MediaStreamTrack pattern = Eye.pattern();
    try (EchoClient client = new EchoClient();
        CallPage page = new CallPage(browser(name), client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      page.start("window.sender = peer.addTrack(picture(640, 360))");
      Runnable add = () -> addTrack(client, pattern, codec);
      if (role.equals("offer")) {
        page.pageOffers(add);
      } else {
        add.run();
        page.pageAnswers("");
      }
      client.awaitConnected();
      Eye.awaitPictures(await(incoming).track(), 50, false);
      page.waitUntil("framesDecoded > 50");
      assertThat(page.evaluate("codecOf('inbound-rtp', 'video')").asString()).isEqualTo(codec);
      assertThat(page.evaluate("codecOf('outbound-rtp', 'video')").asString()).isEqualTo(codec);
    } finally {
      pattern.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void forwardsThePictureWithoutDecodingIt(String name) throws Exception {
    try (EchoClient client = new EchoClient();
        CallPage page = new CallPage(browser(name), client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      page.start("peer.addTrack(picture(640, 360))");
      page.pageOffers(() -> client.connection.addTrack(incoming.join().track()));
      client.awaitConnected();
      page.waitUntil("window.videoElement && videoElement.videoWidth === 640");
      page.waitUntil("framesDecoded > 100");
      assertThat(page.evaluate("codecOf('inbound-rtp', 'video')").asString())
          .isEqualTo("video/VP8");
      RTCStatsReport stats = await(client.connection.getStats());
      RTCInboundRtpStreamStats inbound =
          stats.stream(RTCInboundRtpStreamStats.class).findFirst().orElseThrow();
      assertThat(inbound.framesReceived()).isGreaterThan(100);
      assertThat(inbound.framesDecoded()).isZero();
    }
  }
}
