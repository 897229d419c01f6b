package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.testkit.LinkOptions;

/// Both ends count the same packets.
@Tag("simulation")
class StatisticsTest {
  private static final int SSRC = 0x7777_0000;

  private final TransportPair pair;
  private final RtpSender sender;
  private final RtpReceiver receiver;

  StatisticsTest() {
    pair =
        new TransportPair(
            1, LinkOptions.PERFECT.delayMillis(20).loss(0.05), LinkOptions.PERFECT.delayMillis(20));
    pair.connect();
    RtpCodec vp8 =
        TransportPair.VP8.withRtcpFeedback(
            List.of(RtcpFeedback.NACK, RtcpFeedback.PLI, RtcpFeedback.CONGESTION));
    List<RtpCodec> codecs = List.of(vp8, TransportPair.RTX);
    sender = pair.a.transport.addSender(TransportPair.sendVideo(SSRC).withCodecs(codecs));
    receiver = pair.b.transport.addReceiver(TransportPair.receiveVideo().withCodecs(codecs));
  }

  private void send(int number, int size, boolean keyFrame) {
    pair.a.act(() ->
        sender.send(
            pair.simulation.now(),
            EncodedVideoFrame.of(
                TransportPair.VP8,
                VideoSource.frame(number, keyFrame, size),
                number * 3_000,
                keyFrame,
                pair.simulation.now())));
    pair.simulation.runFor(Duration.ofMillis(33));
  }

  /// 20 s of video, the last second of it without loss, so that nothing is missing at the end.
  private void run() {
    VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
    source.run(Duration.ofSeconds(20));
    pair.simulation.runFor(Duration.ofSeconds(19));
    pair.a.host.uplink().options(LinkOptions.PERFECT.delayMillis(20));
    pair.simulation.runFor(Duration.ofSeconds(8));
  }

  @Test
  void whatWasLostIsCountedThoughItWasRepaired() {
    run();
    SendStatistics sent = sender.statistics().getFirst();
    ReceiveStatistics received = receiver.statistics().getFirst();
    long first = sent.packets() - sent.retransmittedPackets();
    long arrived = received.packets() - received.retransmittedPackets();
    assertThat(received.retransmittedPackets()).isPositive();
    assertThat(received.packetsLost()).isGreaterThan(first / 40).isEqualTo(first - arrived);
    RemoteReport remote = sent.remote();
    assertThat(remote).isNotNull();
    assertThat(remote.packetsLost()).isEqualTo(received.packetsLost());
    assertThat(remote.packetsReceived()).isEqualTo(arrived);
  }

  /// RFC 8888.
  @Test
  void bothEndsCountWhatFeedbackByStreamTells() {
    run();
    SendStatistics sent = sender.statistics().getFirst();
    ReceiveStatistics received = receiver.statistics().getFirst();
    assertThat(received.reportedLost()).isPositive();
    assertThat(sent.reportedLost()).isEqualTo(received.reportedLost());
    assertThat(sent.reportedRecovered()).isZero();
    // What a report did not wait for came late, and is no loss to RFC 3550.
    assertThat(received.reportedLost()).isCloseTo(received.packetsLost(), Offset.offset(10L));
    RtpTransportCounters a = pair.a.transport.counters();
    RtpTransportCounters b = pair.b.transport.counters();
    assertThat(a.congestionFeedbackReceivedCount())
        .isEqualTo(b.congestionFeedbackSentCount())
        .isGreaterThan(100);
    assertThat(a.congestionFeedbackSentCount()).isZero();
  }

  @Test
  void withoutFeedbackByStreamNothingIsSaidOfIt() {
    RtpReceiver other = pair.a.transport.addReceiver(TransportPair.receiveAudio());
    RtpSender voice = pair.b.transport.addSender(TransportPair.sendAudio(9));
    pair.talk(pair.b, voice, Duration.ofSeconds(1));
    pair.simulation.runFor(Duration.ofSeconds(2));
    assertThat(voice.statistics().getFirst().reportedLost()).isEqualTo(-1);
    assertThat(other.statistics().getFirst().reportedLost()).isEqualTo(-1);
  }

  @Test
  void paddingAmongRetransmissionsIsCountedAsTheSenderCountsIt() {
    run();
    ReceiveStatistics before = receiver.statistics().getFirst();
    // RFC 3550 §5.1: the padding bit, and how much there is at the end.
    byte[] padding = new byte[12 + 200];
    padding[0] = (byte) 0xa0;
    padding[1] = 97;
    padding[3] = 1;
    int rtx = before.rtxSsrc();
    for (int i = 0; i < 4; i++) {
      padding[8 + i] = (byte) (rtx >> 24 - 8 * i);
    }
    padding[padding.length - 1] = (byte) 200;
    pair.b.transport.handleRtp(pair.simulation.now(), padding, 0, padding.length);
    ReceiveStatistics after = receiver.statistics().getFirst();
    assertThat(after.packets()).isEqualTo(before.packets() + 1);
    assertThat(after.headerBytes()).isEqualTo(before.headerBytes() + padding.length);
    assertThat(after.payloadBytes()).isEqualTo(before.payloadBytes());
    assertThat(after.retransmittedPackets()).isEqualTo(before.retransmittedPackets());
    assertThat(after.packetsLost()).isEqualTo(before.packetsLost());
  }

  /// W3C WebRTC Statistics §8.7: two and a half times the average.
  @Test
  void hugeFramesAreThoseFarLargerThanUsual() {
    send(0, 1_000, true);
    for (int i = 1; i < 10; i++) {
      send(i, 1_000, false);
    }
    send(10, 2_490, false);
    pair.simulation.runFor(Duration.ofSeconds(1));
    assertThat(sender.statistics().getFirst().hugeFrames()).isZero();
    send(11, 3_000, false);
    pair.simulation.runFor(Duration.ofSeconds(1));
    assertThat(sender.statistics().getFirst().hugeFrames()).isEqualTo(1);
    assertThat(sender.statistics().getFirst().frames()).isEqualTo(12);
  }

  @Test
  void framesTellWhenTheirFirstAndTheirLastPacketCame() {
    pair.a.host.uplink().options(LinkOptions.PERFECT.delayMillis(20).rate(1_000_000));
    send(0, 500, true);
    send(1, 12_000, false);
    pair.simulation.runFor(Duration.ofSeconds(1));
    EncodedVideoFrame small = pair.b.videoFrames().get(0);
    EncodedVideoFrame large = pair.b.videoFrames().get(1);
    assertThat(small.origin().firstArrival()).isEqualTo(small.captureTime());
    // About eleven packets follow the first, at one megabit a second.
    assertThat(large.captureTime() - large.origin().firstArrival())
        .isBetween(80_000_000L, 110_000_000L);
  }
}
