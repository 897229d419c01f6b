package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.UdpRelay;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCInboundRtpStreamStats;
import org.klatsch.webrtc.RTCOutboundRtpStreamStats;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import org.klatsch.webrtc.RTCTrackEvent;
import org.klatsch.webrtc.VideoTrackSink;
import tools.jackson.databind.JsonNode;

/// Video both ways between a browser and this library over a link that loses packets.
@Tag("interop")
@Timeout(120)
class LossyVideoInteropTest {
  private static final LinkOptions LINK = LinkOptions.PERFECT.delayMillis(25).loss(0.05);
  private static final long SEED = 20_261_123;
  private static final int SECONDS = 15;

  private static final Pattern CANDIDATE =
      Pattern.compile(
          "a=candidate:\\S+ 1 (?i:udp) \\d+ (\\d+\\.\\d+\\.\\d+\\.\\d+) (\\d+) typ host[^\r\n]*");
  private static final Pattern ANY_CANDIDATE = Pattern.compile("a=candidate:[^\r\n]*\r?\n");

  /// What freezes of a receiver add up to between two looks.
  private static final class Freezes {
    private double before;
    double worst;
    long count;

    void note(@Nullable Long freezes, @Nullable Double total) {
      if (freezes != null && total != null) {
        worst = Math.max(worst, total - before);
        before = total;
        count = freezes;
      }
    }
  }

  @Test
  void fivePercentOfLossFreezeNothingForASecond() throws Exception {
    Requirements.browser("chromium");
    MediaStreamTrack camera = Eye.pattern();
    UdpRelay relay = null;
    try (Browser browser = Browser.start("chromium");
        EchoClient client = new EchoClient();
        CallPage page = new CallPage(browser, client)) {
      CompletableFuture<RTCTrackEvent> incoming = new CompletableFuture<>();
      client.connection.onTrack(incoming::complete);
      page.start("peer.addTrack(picture(640, 360))");
      relay = connect(client, page, camera);
      client.awaitConnected();
      MediaStreamTrack track = incoming.get(20, TimeUnit.SECONDS).track();
      try (VideoTrackSink _ = new VideoTrackSink(track, _ -> {})) {
        page.waitUntil("framesDecoded > 30");
        awaitPictures(client, page);
        Freezes theirs = new Freezes();
        Freezes ours = new Freezes();
        look(client, page, theirs, ours);
        theirs.worst = 0;
        ours.worst = 0;
        JsonNode before = page.evaluate("stats('inbound-rtp', 'video')");
        RTCInboundRtpStreamStats start = inbound(client);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
          page.evaluate("new Promise((resolve) => setTimeout(resolve, 200))");
          look(client, page, theirs, ours);
        }
        JsonNode after = page.evaluate("stats('inbound-rtp', 'video')");
        RTCInboundRtpStreamStats finish = inbound(client);
        long shownThere = frames(after) - frames(before);
        long shownHere = finish.framesDecoded() - start.framesDecoded();
        System.out.printf(
            "5 %% loss both ways for %d s: Chromium decoded %d pictures, froze %d times, worst"
                + " %.2f s, NACK %d, PLI %d; here %d pictures, %d freezes, worst %.2f s, NACK %d,"
                + " PLI %d%n",
            SECONDS,
            shownThere,
            theirs.count,
            theirs.worst,
            after.path("nackCount").asLong(),
            after.path("pliCount").asLong(),
            shownHere,
            ours.count,
            ours.worst,
            finish.nackCount(),
            finish.pliCount());
        assertThat(theirs.worst).as("freezes at Chromium").isLessThan(1);
        assertThat(ours.worst).as("freezes here").isLessThan(1);
        // The last picture is no older either: half of what comes without loss, on a slow machine.
        assertThat(shownThere).isGreaterThan(SECONDS * 12);
        assertThat(shownHere).isGreaterThan(SECONDS * 12);
        assertThat(finish.packetsLost()).isPositive();
        assertThat(finish.retransmittedPacketsReceived()).isPositive();
        assertThat(after.get("packetsLost").asLong()).isPositive();
        RTCOutboundRtpStreamStats sent =
            client.connection.getStats().get(20, TimeUnit.SECONDS).stream(
                    RTCOutboundRtpStreamStats.class)
                .findFirst()
                .orElseThrow();
        assertThat(sent.retransmittedPacketsSent()).isPositive();
      }
    } finally {
      camera.stop();
      if (relay != null) {
        relay.close();
      }
    }
  }

  private static long frames(JsonNode inbound) {
    return inbound.path("framesDecoded").asLong();
  }

  private static RTCInboundRtpStreamStats inbound(EchoClient client) throws Exception {
    return client.connection.getStats().get(20, TimeUnit.SECONDS).stream(
            RTCInboundRtpStreamStats.class)
        .findFirst()
        .orElseThrow(() -> new IOException("nothing received"));
  }

  private static void awaitPictures(EchoClient client, CallPage page) throws Exception {
    for (int i = 0; i < 100; i++) {
      if (inbound(client).framesDecoded() > 30) {
        return;
      }
      page.evaluate("new Promise((resolve) => setTimeout(resolve, 200))");
    }
    throw new IOException("too few pictures: " + inbound(client));
  }

  private static void look(EchoClient client, CallPage page, Freezes theirs, Freezes ours)
      throws Exception {
    JsonNode told = page.evaluate("stats('inbound-rtp', 'video')");
    theirs.note(told.path("freezeCount").asLong(), told.path("totalFreezesDuration").asDouble());
    RTCInboundRtpStreamStats own = inbound(client);
    ours.note(own.freezeCount(), own.totalFreezesDuration());
  }

  /// The page offers without candidates and learns only of the relay before ours.
  private static UdpRelay connect(EchoClient client, CallPage page, MediaStreamTrack camera)
      throws Exception {
    String offer = page.evaluate("complete()").asString();
    client
        .connection
        .setRemoteDescription(
            new RTCSessionDescriptionInit(
                RTCSdpType.OFFER, ANY_CANDIDATE.matcher(offer).replaceAll("")))
        .get(20, TimeUnit.SECONDS);
    client.connection.addTrack(camera);
    String answer = client.completeLocalSdp();
    Matcher candidate = CANDIDATE.matcher(answer);
    if (!candidate.find()) {
      throw new IOException("no candidate of IPv4 in " + answer);
    }
    UdpRelay relay =
        UdpRelay.open(
            new InetSocketAddress(
                InetAddress.getByName(candidate.group(1)), Integer.parseInt(candidate.group(2))),
            LINK,
            LINK,
            SEED);
    String through =
        candidate
            .group()
            .replace(" " + candidate.group(2) + " typ", " " + relay.address().getPort() + " typ");
    String bare = ANY_CANDIDATE.matcher(answer).replaceAll("");
    int first = bare.indexOf("a=ice-ufrag");
    page.answer(bare.substring(0, first) + through + "\r\n" + bare.substring(first));
    return relay;
  }
}
