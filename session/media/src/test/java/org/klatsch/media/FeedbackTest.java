package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.rtp.NtpTime;
import org.klatsch.rtp.rtcp.CongestionFeedback;
import org.klatsch.rtp.rtcp.ExtendedReport;
import org.klatsch.rtp.rtcp.ReceiverEstimatedMaximumBitrate;
import org.klatsch.rtp.rtcp.RtcpCompound;
import org.klatsch.rtp.rtcp.RtcpPacket;
import org.klatsch.rtp.rtcp.SenderReport;
import org.klatsch.testkit.LinkOptions;

/// What receivers tell senders beside their reports.
@Tag("simulation")
class FeedbackTest {
  private static final int SSRC = 0x6666_0000;

  private static <P extends RtcpPacket> List<P> sent(TransportPair.Side side, Class<P> type)
      throws Exception {
    List<P> found = new ArrayList<>();
    for (byte[] packet : side.sentRtcp()) {
      RtcpCompound.parse(packet, 0, packet.length).stream()
          .filter(type::isInstance)
          .map(type::cast)
          .forEach(found::add);
    }
    return found;
  }

  @Test
  void aReceiverEstimatesThePathForSendersWithoutTransportWideFeedback() throws Exception {
    LinkOptions link = LinkOptions.PERFECT.delayMillis(25).rate(1_500_000).queueBytes(60_000);
    TransportPair pair = new TransportPair(1, link, LinkOptions.PERFECT.delayMillis(25));
    pair.connect();
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendVideo(SSRC));
    pair.b.transport.addReceiver(TransportPair.receiveVideo());
    VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
    source.adaptiveUpTo = 5_000_000;
    source.run(Duration.ofSeconds(90));
    pair.simulation.runFor(Duration.ofSeconds(40));

    List<ReceiverEstimatedMaximumBitrate> told =
        sent(pair.b, ReceiverEstimatedMaximumBitrate.class);
    assertThat(told).hasSizeBetween(20, 120);
    assertThat(told.getLast().ssrcs()).containsExactly(SSRC);
    // On the wire it has 18 bits of precision.
    assertThat(pair.b.transport.incomingBitrate())
        .isCloseTo(told.getLast().bitrate(), Percentage.withPercentage(0.1));
    long before = sender.statistics().getFirst().payloadBytes();
    pair.simulation.runFor(Duration.ofSeconds(20));
    long rate = (sender.statistics().getFirst().payloadBytes() - before) * 8 / 20;
    assertThat(rate).isBetween(700_000L, 1_450_000L);
    // After the first seconds nothing runs over.
    long overflowed = pair.a.host.uplink().overflowed();
    assertThat(overflowed).isLessThan(200);

    pair.a.host.uplink().options(link.rate(500_000));
    pair.simulation.runFor(Duration.ofSeconds(3));
    assertThat(pair.a.transport.targetBitrate()).isLessThan(600_000);
  }

  @Test
  void nothingIsEstimatedWithTransportWideFeedbackOrWithoutVideo() throws Exception {
    TransportPair pair = new TransportPair(2, LinkOptions.PERFECT, LinkOptions.PERFECT);
    pair.connect();
    List<RtpHeaderExtension> extensions =
        List.of(TransportPair.MID, TransportPair.SEND_TIME, TransportPair.TRANSPORT_SEQUENCE);
    RtpSender sender =
        pair.a.transport.addSender(TransportPair.sendVideo(SSRC).withHeaderExtensions(extensions));
    pair.b.transport.addReceiver(TransportPair.receiveVideo().withHeaderExtensions(extensions));
    new VideoSource(pair.simulation, pair.a, sender, 0).run(Duration.ofSeconds(5));
    pair.simulation.runFor(Duration.ofSeconds(5));
    assertThat(sent(pair.b, ReceiverEstimatedMaximumBitrate.class)).isEmpty();
    assertThat(pair.b.transport.incomingBitrate()).isZero();
  }

  /// RFC 3611 §4.4 and §4.5.
  @Test
  void whoOnlyReceivesMeasuresTheRoundTrip() throws Exception {
    RtpCodec vp8 =
        TransportPair.VP8.withRtcpFeedback(
            List.of(RtcpFeedback.NACK, RtcpFeedback.RECEIVER_REFERENCE_TIME));
    TransportPair pair =
        new TransportPair(
            3, LinkOptions.PERFECT.delayMillis(70), LinkOptions.PERFECT.delayMillis(50));
    pair.connect();
    RtpSender sender =
        pair.a.transport.addSender(TransportPair.sendVideo(SSRC).withCodecs(List.of(vp8)));
    RtpReceiver receiver =
        pair.b.transport.addReceiver(TransportPair.receiveVideo().withCodecs(List.of(vp8)));
    new VideoSource(pair.simulation, pair.a, sender, 0).run(Duration.ofSeconds(10));
    pair.simulation.runFor(Duration.ofSeconds(10));
    assertThat(pair.b.transport.roundTripTime()).isBetween(119_000_000L, 121_000_000L);
    ReceiveStatistics received = receiver.statistics().getFirst();
    assertThat(received.roundTripNanos()).isBetween(119_000_000L, 121_000_000L);
    assertThat(received.roundTripMeasurements()).isPositive();
    assertThat(received.totalRoundTripNanos() / received.roundTripMeasurements())
        .isBetween(119_000_000L, 121_000_000L);
    assertThat(sent(pair.b, ExtendedReport.class)).isNotEmpty();
    assertThat(sent(pair.a, ExtendedReport.class))
        .allSatisfy(report ->
            assertThat(report.blocks()).allMatch(ExtendedReport.ReceiverDelays.class::isInstance));
  }

  @Test
  void framesTellWhenTheyWereCaptured() {
    RtpHeaderExtension capture =
        new RtpHeaderExtension("http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", 9);
    List<RtpHeaderExtension> extensions = List.of(TransportPair.MID, capture);
    TransportPair pair =
        new TransportPair(4, LinkOptions.PERFECT.delayMillis(300), LinkOptions.PERFECT);
    pair.connect();
    RtpSender sender =
        pair.a.transport.addSender(TransportPair.sendVideo(SSRC).withHeaderExtensions(extensions));
    pair.b.transport.addReceiver(TransportPair.receiveVideo().withHeaderExtensions(extensions));
    new VideoSource(pair.simulation, pair.a, sender, 0).run(Duration.ofSeconds(3));
    // Before the first report of the sender.
    pair.simulation.runFor(Duration.ofMillis(400));
    assertThat(pair.b.videoFrames()).isNotEmpty();
    pair.simulation.runFor(Duration.ofSeconds(3));
    for (EncodedVideoFrame frame : pair.b.videoFrames()) {
      long captured = NtpTime.toEpochNanos(frame.origin().ntpTime());
      long wanted = 1_767_225_600_000_000_000L + VideoSource.number(frame) * 33_333_333L;
      assertThat(captured - wanted).isBetween(-1_000_000L, 1_000_000L);
    }
  }

  /// RFC 8888.
  @Test
  void reportsByStreamSteerTheEstimateAsWell() throws Exception {
    RtpCodec vp8 =
        TransportPair.VP8.withRtcpFeedback(
            List.of(RtcpFeedback.NACK, RtcpFeedback.PLI, RtcpFeedback.CONGESTION));
    List<RtpCodec> codecs = List.of(vp8, TransportPair.RTX);
    LinkOptions link = LinkOptions.PERFECT.delayMillis(25).rate(2_000_000).queueBytes(60_000);
    TransportPair pair = new TransportPair(5, link, LinkOptions.PERFECT.delayMillis(25));
    pair.connect();
    RtpSender voice = pair.a.transport.addSender(TransportPair.sendAudio(5));
    pair.b.transport.addReceiver(TransportPair.receiveAudio());
    pair.talk(pair.a, voice, Duration.ofSeconds(60));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendVideo(SSRC).withCodecs(codecs));
    pair.b.transport.addReceiver(TransportPair.receiveVideo().withCodecs(codecs));
    VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
    source.adaptiveUpTo = 5_000_000;
    source.run(Duration.ofSeconds(60));
    pair.simulation.runFor(Duration.ofSeconds(10));
    long before = sender.statistics().getFirst().payloadBytes();
    pair.simulation.runFor(Duration.ofSeconds(20));
    long rate = (sender.statistics().getFirst().payloadBytes() - before) * 8 / 20;
    assertThat(rate).isBetween(1_400_000L, 1_980_000L);
    assertThat(pair.a.host.uplink().overflowed()).isLessThan(50);
    List<CongestionFeedback> told = sent(pair.b, CongestionFeedback.class);
    assertThat(told).hasSizeGreaterThan(300);
    assertThat(told.getLast().streams()).extracting(CongestionFeedback.Stream::ssrc).contains(SSRC);

    pair.a.host.uplink().options(link.rate(600_000));
    pair.simulation.runFor(Duration.ofSeconds(4));
    assertThat(pair.a.transport.targetBitrate()).isBetween(200_000L, 620_000L);
  }

  @Test
  void reportsOnMoreStreamsThanFitADatagramByTurns() throws Exception {
    TransportPair pair = new TransportPair(3, LinkOptions.PERFECT, LinkOptions.PERFECT);
    pair.connect();
    for (int i = 0; i < 50; i++) {
      RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(1_000 + i));
      pair.talk(pair.a, sender, Duration.ofSeconds(1));
    }
    pair.simulation.runFor(Duration.ofSeconds(20));
    Set<Integer> reported = new HashSet<>();
    for (byte[] each : pair.a.sentRtcp()) {
      assertThat(each.length).isLessThanOrEqualTo(1_200);
      for (RtcpPacket packet : RtcpCompound.parse(each, 0, each.length)) {
        if (packet instanceof SenderReport report) {
          reported.add(report.ssrc());
        }
      }
    }
    assertThat(reported).hasSize(50);
  }
}
