package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.rtp.rtcp.ReceiverEstimatedMaximumBitrate;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Seeds;

/// What the estimator does with a path, as the encoder behind it sees it.
class CongestionTest {
  private static final int SSRC = 0x2222_0000;
  private static final LinkOptions LINK =
      LinkOptions.PERFECT.delayMillis(25).rate(2_500_000).queueBytes(60_000);

  private static final List<RtpHeaderExtension> EXTENSIONS =
      List.of(TransportPair.MID, TransportPair.SEND_TIME, TransportPair.TRANSPORT_SEQUENCE);

  /// A sender of adaptive video on a link.
  private static final class Run {
    final TransportPair pair;
    final RtpSender sender;
    final VideoSource source;

    Run(long seed, LinkOptions link, long adaptiveUpTo) {
      pair = new TransportPair(seed, link, LinkOptions.PERFECT.delayMillis(25));
      pair.connect();
      RtpSendParameters parameters = TransportPair.sendVideo(SSRC).withHeaderExtensions(EXTENSIONS);
      sender =
          pair.a.transport.addSender(
              parameters.withEncodings(
                  List.of(
                      parameters
                          .encodings()
                          .getFirst()
                          .withMaxBitrate(Math.max(adaptiveUpTo, 5_000_000)))));
      pair.b.transport.addReceiver(TransportPair.receiveVideo().withHeaderExtensions(EXTENSIONS));
      source = new VideoSource(pair.simulation, pair.a, sender, 0);
      source.adaptiveUpTo = adaptiveUpTo;
      source.run(Duration.ofMinutes(10));
    }

    void link(LinkOptions link) {
      pair.a.host.uplink().options(link);
    }

    /// Runs and returns what the source made on average, in bits a second.
    long run(Duration duration) {
      long before = sender.statistics().getFirst().payloadBytes();
      pair.simulation.runFor(duration);
      long bytes = sender.statistics().getFirst().payloadBytes() - before;
      return bytes * 8 * 1_000_000_000L / duration.toNanos();
    }

    long target() {
      return pair.a.transport.targetBitrate();
    }
  }

  @Test
  void fillsALinkSoonWithoutFillingItsQueue() {
    Seeds.forEach(
        2,
        seed -> {
          Run run = new Run(seed, LINK, 5_000_000);
          run.run(Duration.ofSeconds(1));
          assertThat(run.target()).isGreaterThan(2_250_000L);
          run.run(Duration.ofSeconds(4));
          assertThat(run.run(Duration.ofSeconds(20))).isBetween(2_000_000L, 2_450_000L);
          assertThat(run.pair.a.host.uplink().overflowed()).isZero();
          assertThat(run.pair.b.longestFreeze()).isLessThan(300_000_000L);
        });
  }

  @Test
  void followsADipAndComesBack() {
    Seeds.forEach(
        2,
        seed -> {
          Run run = new Run(seed, LINK, 5_000_000);
          run.run(Duration.ofSeconds(10));
          run.link(LINK.rate(800_000));
          run.run(Duration.ofSeconds(3));
          assertThat(run.target()).isBetween(400_000L, 800_000L);
          assertThat(run.run(Duration.ofSeconds(7))).isBetween(450_000L, 800_000L);
          run.link(LINK);
          run.run(Duration.ofSeconds(8));
          assertThat(run.target()).isGreaterThan(1_900_000L);
          System.out.printf(
              "dip to 0.8 Mbit/s, seed %d: longest freeze %d ms%n",
              seed, run.pair.b.longestFreeze() / 1_000_000);
          assertThat(run.pair.b.longestFreeze()).isLessThan(1_000_000_000L);
        });
  }

  @Test
  void fivePercentOfLossFreezeNothing() {
    Seeds.forEach(
        3,
        seed -> {
          Run run = new Run(seed, LINK.loss(0.05), 5_000_000);
          run.run(Duration.ofSeconds(30));
          System.out.printf(
              "5 %% loss, seed %d: longest freeze %d ms at %d kbit/s%n",
              seed, run.pair.b.longestFreeze() / 1_000_000, run.target() / 1_000);
          assertThat(run.pair.b.longestFreeze()).isLessThan(1_000_000_000L);
        });
  }

  @Test
  void staysSafeWhenTheApplicationSendsLess() {
    Run run = new Run(3, LINK, 0);
    run.source.bitrate = 500_000;
    run.run(Duration.ofSeconds(30));
    assertThat(run.target()).isBetween(500_000L, 3_000_000L);
    assertThat(run.pair.a.host.uplink().overflowed()).isZero();
    run.link(LINK.rate(1_000_000));
    run.run(Duration.ofSeconds(20));
    assertThat(run.target()).isLessThan(1_300_000L);
    run.source.adaptiveUpTo = 5_000_000;
    run.run(Duration.ofSeconds(3));
    assertThat(run.run(Duration.ofSeconds(10))).isBetween(600_000L, 980_000L);
    assertThat(run.pair.b.longestFreeze()).isLessThan(1_000_000_000L);
  }

  @Test
  void keepsARateUnderRandomLossAndFallsUnderHeavyLoss() {
    Run run = new Run(4, LINK.loss(0.05), 5_000_000);
    run.run(Duration.ofSeconds(10));
    assertThat(run.run(Duration.ofSeconds(10))).isGreaterThan(600_000L);
    long before = run.target();
    run.link(LINK.loss(0.4));
    run.run(Duration.ofSeconds(10));
    assertThat(run.target()).isLessThan(before / 2);
  }

  @Test
  void sharesALinkBetweenTwoSenders() {
    Run run = new Run(5, LINK, 5_000_000);
    RtpSendParameters parameters =
        TransportPair.sendVideo(0x3333_0000).withHeaderExtensions(EXTENSIONS);
    RtpSender second = run.pair.a.transport.addSender(parameters);
    VideoSource source = new VideoSource(run.pair.simulation, run.pair.a, second, 0);
    source.adaptiveUpTo = 2_500_000;
    source.run(Duration.ofMinutes(10));
    run.run(Duration.ofSeconds(10));
    assertThat(second.targetBitrate(0)).isEqualTo(run.sender.targetBitrate(0));
    assertThat(2 * second.targetBitrate(0)).isBetween(1_700_000L, 2_500_000L);
  }

  @Test
  void obeysTheReceiversEstimateWithoutTransportWideFeedback() {
    TransportPair pair = new TransportPair(6, LINK, LINK);
    pair.connect();
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendVideo(SSRC));
    byte[] packet = new byte[64];
    PacketWriter out = new PacketWriter(packet, 0, packet.length);
    new ReceiverEstimatedMaximumBitrate(1, 1_500_000, List.of(SSRC)).write(out);
    pair.a.act(() -> pair.a.transport.handleRtcp(0, packet, 0, out.length()));
    assertThat(pair.a.transport.targetBitrate()).isBetween(1_400_000L, 1_500_000L);
    assertThat(sender.targetBitrate(0)).isBetween(1_400_000L, 1_500_000L);
    assertThat(pair.a.events(MediaEvent.TargetBitrateChanged.class)).hasSize(1);
  }

  @Test
  void slowsDownWhenNoFeedbackComesBack() {
    Run run = new Run(7, LINK, 5_000_000);
    run.run(Duration.ofSeconds(5));
    long before = run.target();
    run.pair.b.host.blockUdp(true);
    run.run(Duration.ofSeconds(10));
    assertThat(run.target()).isLessThan(before / 8);
  }
}
