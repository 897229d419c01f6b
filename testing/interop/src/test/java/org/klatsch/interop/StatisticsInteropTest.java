package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.MediaStream;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCIceCandidatePairStats;
import org.klatsch.webrtc.RTCInboundRtpStreamStats;
import org.klatsch.webrtc.RTCOutboundRtpStreamStats;
import org.klatsch.webrtc.RTCQualityLimitationReason;
import org.klatsch.webrtc.RTCRemoteInboundRtpStreamStats;
import org.klatsch.webrtc.RTCRemoteOutboundRtpStreamStats;
import org.klatsch.webrtc.RTCRtpSender;
import org.klatsch.webrtc.RTCRtpStreamStats;
import org.klatsch.webrtc.RTCStatsReport;
import org.klatsch.webrtc.RTCTrackEvent;
import org.klatsch.webrtc.RTCTransportStats;
import org.klatsch.webrtc.VideoTrackSink;
import tools.jackson.databind.JsonNode;

/// Both ends of a call tell the same numbers, and hear what they see.
///
/// Tolerances: counters of a stream that has stopped are equal but for what a packet lost on the
/// loopback may take (3 packets), and for pictures that Chromium counts as sent though no packet of
/// them left (10); round trips and jitter are below 50 ms, on a busy machine. Levels agree within a
/// quarter, or a half downwards, as Chromium tells the peak where the W3C wants the root mean
/// square.
@Tag("interop")
@Timeout(120)
class StatisticsInteropTest {
  private static final long PACKETS = 3;
  private static final long FRAMES = 10;
  private static final double SECONDS = 0.05;

  /// How far sound and picture may be apart.
  private static final double APART_MILLIS = 40;

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static <T extends RTCRtpStreamStats> T of(
      RTCStatsReport report, Class<T> type, String kind) {
    return report.stream(type)
        .filter(each -> kind.equals(each.kind()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " of " + kind));
  }

  private static long number(JsonNode of, String name) {
    assertThat(of.has(name)).as("%s in %s", name, of).isTrue();
    return of.get(name).asLong();
  }

  @Test
  void agreesWithChromium() throws Exception {
    Requirements.browser("chromium");
    MediaStreamTrack camera = Eye.pattern();
    try (Browser browser = Browser.start("chromium");
        EchoClient client = new EchoClient();
        AudioTrackSource voice = Ear.tone(1_000);
        CallPage page = new CallPage(browser, client)) {
      BlockingQueue<RTCTrackEvent> incoming = new LinkedBlockingQueue<>();
      client.connection.onTrack(incoming::add);
      page.start(
          """
          const all = [tone(440), picture(640, 360)];
          const stream = new MediaStream(all);
          all.forEach((track) => peer.addTrack(track, stream));
          """);
      page.pageOffers(() -> {
        MediaStream stream = new MediaStream(List.of(voice.track(), camera));
        client.connection.addTrack(voice.track(), stream);
        client.connection.addTrack(camera, stream);
      });
      client.awaitConnected();
      Map<String, MediaStreamTrack> tracks = new HashMap<>();
      for (int i = 0; i < 2; i++) {
        MediaStreamTrack track = incoming.poll(20, TimeUnit.SECONDS).track();
        tracks.put(track.kind(), track);
      }
      try (AudioTrackSink ear = new AudioTrackSink(tracks.get("audio"), 48_000, 1, _ -> {});
          VideoTrackSink eye = new VideoTrackSink(tracks.get("video"), _ -> {})) {
        Ear.awaitTone(tracks.get("audio"), 440);
        page.waitUntil("hears(1000)");
        page.waitUntil("framesDecoded > 50");
        awaitReports(client, page);
        levelsAgree(client, page);
        soundAndPictureAreTogether(client, page);
        assertThat(ear.dropped() + eye.dropped()).isNotNegative();

        // Nothing is sent any more; what is under way arrives.
        page.evaluate(
            "Promise.all(peer.getSenders().map((sender) => sender.replaceTrack(null)))"
                + ".then(() => new Promise((resolve) => setTimeout(resolve, 500)))");
        for (RTCRtpSender each : client.connection.getSenders()) {
          await(each.replaceTrack(null));
        }
        page.evaluate("new Promise((resolve) => setTimeout(resolve, 1000))");
        RTCStatsReport ours = await(client.connection.getStats());
        for (String kind : List.of("audio", "video")) {
          receivedAsSent(ours, page, kind);
          sentAsReceived(ours, page, kind);
        }
        transportsAgree(ours, page);
      }
    } finally {
      camera.stop();
    }
  }

  private static void awaitReports(EchoClient client, CallPage page) throws Exception {
    page.waitUntil(
        "(async () => (await stats('remote-inbound-rtp', 'audio'))?.roundTripTime >= 0 &&"
            + " (await stats('remote-inbound-rtp', 'video'))?.roundTripTime >= 0)()");
    for (int i = 0; i < 200; i++) {
      RTCStatsReport report = await(client.connection.getStats());
      long measured =
          report.stream(RTCRemoteInboundRtpStreamStats.class)
              .filter(each -> each.roundTripTime() != null)
              .count();
      if (measured == 2 && report.stream(RTCRemoteOutboundRtpStreamStats.class).count() == 2) {
        return;
      }
      page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))");
    }
    throw new AssertionError("no reports: " + await(client.connection.getStats()).values());
  }

  /// Chromium's tone has an amplitude of 0.3, ours of 8,000 in 32,768.
  private static void levelsAgree(EchoClient client, CallPage page) throws Exception {
    RTCStatsReport ours = await(client.connection.getStats());
    double said = page.evaluate("stats('media-source', 'audio')").get("audioLevel").asDouble();
    Double heard = of(ours, RTCInboundRtpStreamStats.class, "audio").audioLevel();
    double theyHear = page.evaluate("stats('inbound-rtp', 'audio')").get("audioLevel").asDouble();
    System.out.printf(
        "audio level: Chromium says %.3f, we hear %.3f; of ours it hears %.3f%n",
        said, heard, theyHear);
    assertThat(heard).isBetween(0.3 * 0.5, 0.3 * 1.25);
    assertThat(said).isBetween(0.3 * 0.5, 0.3 * 1.25);
    assertThat(theyHear).isBetween(8_000 / 32_768.0 * 0.5, 8_000 / 32_768.0 * 1.25);
  }

  /// By the time on the sender's clock of what is heard and what is seen at the same moment. A look
  /// may fall between two pictures: the middle one of nine counts.
  private static void soundAndPictureAreTogether(EchoClient client, CallPage page)
      throws Exception {
    double atBrowser = Double.NaN;
    double here = Double.NaN;
    for (int round = 0; round < 15; round++) {
      double[] theirs = new double[9];
      double[] ours = new double[9];
      for (int i = 0; i < theirs.length; i++) {
        theirs[i] =
            page.evaluate(
                    "(async () => (await stats('inbound-rtp', 'audio')).estimatedPlayoutTimestamp -"
                        + " (await stats('inbound-rtp', 'video')).estimatedPlayoutTimestamp)()")
                .asDouble();
        RTCStatsReport report = await(client.connection.getStats());
        Double heard =
            of(report, RTCInboundRtpStreamStats.class, "audio").estimatedPlayoutTimestamp();
        Double seen =
            of(report, RTCInboundRtpStreamStats.class, "video").estimatedPlayoutTimestamp();
        assertThat(heard).isNotNull();
        assertThat(seen).isNotNull();
        ours[i] = heard - seen;
        page.evaluate("new Promise((resolve) => setTimeout(resolve, 70))");
      }
      Arrays.sort(theirs);
      Arrays.sort(ours);
      atBrowser = theirs[4];
      here = ours[4];
      System.out.printf(
          "sound ahead of picture: %.1f ms at Chromium, %.1f ms here%n", atBrowser, here);
      if (Math.abs(atBrowser) <= APART_MILLIS && Math.abs(here) <= APART_MILLIS) {
        return;
      }
    }
    assertThat(atBrowser).isBetween(-APART_MILLIS, APART_MILLIS);
    assertThat(here).isBetween(-APART_MILLIS, APART_MILLIS);
  }

  private static void receivedAsSent(RTCStatsReport ours, CallPage page, String kind) {
    JsonNode sent = page.evaluate("stats('outbound-rtp', '" + kind + "')");
    RTCInboundRtpStreamStats received = of(ours, RTCInboundRtpStreamStats.class, kind);
    System.out.printf("Chromium sent %s%nwe received %s%n", sent, received);
    assertThat(received.ssrc()).isEqualTo(number(sent, "ssrc"));
    // Retransmissions, and padding that probes the path, on either side.
    assertThat(received.packetsReceived())
        .as("%s packets", kind)
        .isCloseTo(number(sent, "packetsSent"), Offset.offset(PACKETS));
    assertThat(received.packetsLost()).isBetween(0L, PACKETS);
    assertThat(received.bytesReceived())
        .as("%s bytes", kind)
        .isCloseTo(number(sent, "bytesSent"), Offset.offset(PACKETS * 1_200));
    assertThat(received.headerBytesReceived())
        .as("%s header bytes", kind)
        .isCloseTo(number(sent, "headerBytesSent"), Offset.offset(PACKETS * 300));
    RTCRemoteOutboundRtpStreamStats reported =
        of(ours, RTCRemoteOutboundRtpStreamStats.class, kind);
    assertThat(reported.packetsSent()).isBetween(1L, number(sent, "packetsSent"));
    // Their view of our reception: loss, round trip and jitter.
    JsonNode report = page.evaluate("stats('remote-inbound-rtp', '" + kind + "')");
    assertThat(report.get("packetsLost").asLong())
        .isCloseTo(received.packetsLost(), Offset.offset(PACKETS));
    assertThat(report.get("roundTripTime").asDouble()).isBetween(0.0, SECONDS);
    assertThat(report.get("jitter").asDouble())
        .isCloseTo(received.jitter(), Offset.offset(SECONDS));
    if (kind.equals("video")) {
      assertThat(received.framesReceived())
          .isBetween(number(sent, "framesSent") - FRAMES, number(sent, "framesSent"));
      assertThat(received.framesDecoded() + received.framesDropped())
          .isCloseTo(number(sent, "framesEncoded"), Offset.offset(FRAMES));
      assertThat(received.keyFramesDecoded()).isBetween(1L, number(sent, "keyFramesEncoded"));
      assertThat(received.nackCount()).isEqualTo(number(sent, "nackCount"));
      assertThat(received.pliCount()).isEqualTo(number(sent, "pliCount"));
      assertThat(received.firCount()).isEqualTo(number(sent, "firCount"));
      assertThat(received.frameWidth()).isEqualTo(sent.get("frameWidth").asInt());
      assertThat(received.frameHeight()).isEqualTo(sent.get("frameHeight").asInt());
      assertThat(received.totalProcessingDelay() / received.framesDecoded()).isBetween(0.0, 1.0);
      assertThat((double) received.qpSum() / received.framesDecoded())
          .isCloseTo(
              sent.get("qpSum").asDouble() / number(sent, "framesEncoded"), Offset.offset(8.0));
      assertThat(received.totalAssemblyTime())
          .isBetween(0.0, Math.max(1e-9, received.totalProcessingDelay()));
      assertThat(received.framesAssembledFromMultiplePackets())
          .isBetween(0L, received.framesDecoded());
    }
  }

  private static void sentAsReceived(RTCStatsReport ours, CallPage page, String kind) {
    JsonNode received = page.evaluate("stats('inbound-rtp', '" + kind + "')");
    RTCOutboundRtpStreamStats sent = of(ours, RTCOutboundRtpStreamStats.class, kind);
    System.out.printf("we sent %s%nChromium received %s%n", sent, received);
    assertThat(sent.ssrc()).isEqualTo(number(received, "ssrc"));
    assertThat(sent.packetsSent())
        .as("%s packets", kind)
        .isCloseTo(number(received, "packetsReceived"), Offset.offset(PACKETS));
    assertThat(sent.bytesSent())
        .as("%s bytes", kind)
        .isCloseTo(number(received, "bytesReceived"), Offset.offset(PACKETS * 1_200));
    assertThat(sent.headerBytesSent())
        .as("%s header bytes", kind)
        .isCloseTo(number(received, "headerBytesReceived"), Offset.offset(PACKETS * 300));
    RTCRemoteInboundRtpStreamStats report = of(ours, RTCRemoteInboundRtpStreamStats.class, kind);
    assertThat(report.packetsLost())
        .isCloseTo(number(received, "packetsLost"), Offset.offset(PACKETS));
    assertThat(report.packetsReceived())
        .isBetween(1L, number(received, "packetsReceived") + PACKETS);
    assertThat(report.roundTripTime()).isBetween(0.0, SECONDS);
    assertThat(report.jitter())
        .isCloseTo(received.get("jitter").asDouble(), Offset.offset(SECONDS));
    assertThat(report.fractionLost()).isBetween(0.0, 0.1);
    if (kind.equals("video")) {
      long got = number(received, "framesReceived");
      assertThat(sent.framesSent()).isCloseTo(got, Offset.offset(FRAMES));
      assertThat(sent.framesEncoded()).isCloseTo(got, Offset.offset(FRAMES));
      assertThat(number(received, "keyFramesDecoded")).isBetween(1L, sent.keyFramesEncoded());
      assertThat(sent.nackCount()).isEqualTo(number(received, "nackCount"));
      assertThat(sent.pliCount()).isEqualTo(number(received, "pliCount"));
      assertThat(sent.firCount()).isEqualTo(number(received, "firCount"));
      assertThat(received.get("frameWidth").asInt()).isEqualTo(sent.frameWidth());
      assertThat(received.get("frameHeight").asInt()).isEqualTo(sent.frameHeight());
      assertThat(sent.qualityLimitationDurations()).containsKey(RTCQualityLimitationReason.CPU);
      assertThat(sent.encoderImplementation()).startsWith("lib");
      // VP8: the same pictures, read by two parsers.
      assertThat((double) sent.qpSum() / sent.framesEncoded())
          .isCloseTo(
              received.get("qpSum").asDouble() / number(received, "framesDecoded"),
              Offset.offset(2.0));
    }
  }

  private static void transportsAgree(RTCStatsReport ours, CallPage page) {
    JsonNode theirs = page.evaluate("stats('transport')");
    RTCTransportStats transport = ours.stream(RTCTransportStats.class).findFirst().orElseThrow();
    assertThat(transport.tlsVersion()).isEqualToIgnoringCase(theirs.get("tlsVersion").asString());
    assertThat(transport.dtlsCipher()).isEqualTo(theirs.get("dtlsCipher").asString());
    assertThat(transport.dtlsState()).hasToString(theirs.get("dtlsState").asString());
    // Reports and checks go on while one side is asked after the other.
    assertThat(transport.packetsSent())
        .isCloseTo(number(theirs, "packetsReceived"), Offset.offset(100L));
    assertThat(transport.packetsReceived())
        .isCloseTo(number(theirs, "packetsSent"), Offset.offset(100L));
    RTCIceCandidatePairStats pair =
        (RTCIceCandidatePairStats) ours.get(transport.selectedCandidatePairId());
    assertThat(pair.nominated()).isTrue();
    assertThat(pair.currentRoundTripTime()).isBetween(0.0, SECONDS);
    assertThat(pair.requestsReceived()).isPositive();
    assertThat(pair.availableOutgoingBitrate()).isGreaterThan(100_000);
  }
}
