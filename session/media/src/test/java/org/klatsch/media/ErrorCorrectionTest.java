package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.media.audio.AudioOperation;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Seeds;

/// What redundancy gives on links that lose packets.
@Tag("simulation")
class ErrorCorrectionTest {
  private static final int SSRC = 0x5555_0000;
  private static final Duration LENGTH = Duration.ofSeconds(40);

  /// Samples made and made up, and how late those decoded were heard.
  private record Heard(double concealedShare, double delayMillis, SendStatistics sent) {}

  private static Heard hear(long seed, double loss, boolean redundant) {
    LinkOptions link = LinkOptions.PERFECT.delayMillis(40).loss(loss);
    TransportPair pair =
        new TransportPair(seed, link.jitter(Duration.ofMillis(10), true), link.loss(0));
    pair.connect();
    List<RtpCodec> codecs =
        redundant
            ? List.of(TransportPair.OPUS, TransportPair.AUDIO_RED)
            : List.of(TransportPair.OPUS);
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC).withCodecs(codecs));
    RtpReceiver receiver =
        pair.b.transport.addReceiver(TransportPair.receiveAudio().withCodecs(codecs));
    pair.talk(pair.a, sender, LENGTH);
    long[] samples = new long[2];
    List<Long> delays = new ArrayList<>();
    AudioPlayout<EncodedAudioFrame> playout = new AudioPlayout<>();
    int[] buffered = new int[1];
    Runnable[] step = new Runnable[1];
    step[0] =
        () -> {
          long now = pair.simulation.now();
          receiver.pull(now, 960, buffered[0], playout);
          for (int i = 0; i < playout.size(); i++) {
            AudioOperation operation = playout.operation(i);
            buffered[0] += playout.samples(i);
            switch (operation) {
              case ACCELERATE -> buffered[0] -= 384;
              case PREEMPTIVE_EXPAND -> buffered[0] += 384;
              default -> {}
            }
            samples[0] += playout.samples(i);
            if (operation == AudioOperation.CONCEAL || operation == AudioOperation.SILENCE) {
              samples[1] += playout.samples(i);
            }
            EncodedAudioFrame frame = playout.frame(i);
            if (frame != null) {
              int number = (frame.payload()[1] & 0xff) << 8 | frame.payload()[2] & 0xff;
              delays.add(now - number * 20_000_000L);
            }
          }
          buffered[0] = Math.max(0, buffered[0] - 960);
          pair.simulation.after(Duration.ofMillis(20), step[0]);
        };
    step[0].run();
    // Until the reports have told of the loss and playout has found its delay.
    pair.simulation.runFor(Duration.ofSeconds(10));
    samples[0] = 0;
    samples[1] = 0;
    delays.clear();
    pair.simulation.runFor(Duration.ofSeconds(29));
    return new Heard(
        (double) samples[1] / samples[0],
        delays.stream().mapToLong(d -> d).average().orElse(0) / 1e6,
        sender.statistics().getFirst());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void redundantAudioFillsTheGapsOfTheNetwork(double loss, double mostConcealed) {
    Seeds.forEach(
        2,
        seed -> {
          Heard plain = hear(seed, loss, false);
          Heard red = hear(seed, loss, true);
          System.out.printf(
              "audio, %2.0f %% loss, seed %d: concealed %.1f %% after %.0f ms; with RED %.2f %%"
                  + " after %.0f ms, %d of %d packets repeat%n",
              100 * loss,
              seed,
              100 * plain.concealedShare(),
              plain.delayMillis(),
              100 * red.concealedShare(),
              red.delayMillis(),
              red.sent().fecPackets(),
              red.sent().packets());
          assertThat(plain.concealedShare()).isGreaterThanOrEqualTo(0.6 * loss);
          assertThat(red.concealedShare()).isLessThan(mostConcealed);
          assertThat(red.delayMillis()).isLessThan(plain.delayMillis() + 80);
          if (loss == 0) {
            assertThat(red.sent().fecPackets()).isZero();
          } else {
            assertThat(red.sent().fecPackets()).isGreaterThan(1_000);
          }
        });
  }

  static Stream<Arguments> losses() {
    return Stream.of(
        Arguments.of(0.0, 0.01),
        Arguments.of(0.05, 0.015),
        Arguments.of(0.1, 0.03),
        Arguments.of(0.2, 0.05));
  }

  /// A video call with a scheme of error correction.
  private static final class Call {
    final TransportPair pair;
    final RtpSender sender;
    final RtpReceiver receiver;
    final VideoSource source;

    Call(long seed, LinkOptions link, List<RtpCodec> further, int fecSsrc) {
      pair = new TransportPair(seed, link, link.loss(0));
      pair.connect();
      List<RtpCodec> codecs = new ArrayList<>(List.of(TransportPair.VP8, TransportPair.RTX));
      codecs.addAll(further);
      sender =
          pair.a.transport.addSender(
              TransportPair.sendVideo(SSRC)
                  .withCodecs(codecs)
                  .withEncodings(
                      List.of(RtpEncoding.ofSsrc(SSRC).withSsrcs(SSRC, SSRC + 1, fecSsrc))));
      receiver = pair.b.transport.addReceiver(TransportPair.receiveVideo().withCodecs(codecs));
      source = new VideoSource(pair.simulation, pair.a, sender, 0);
      source.run(LENGTH);
      pair.simulation.runFor(LENGTH.plusSeconds(2));
    }

    /// The share of frames that came later than `millis` behind the fastest, or never.
    double late(long millis) {
      long fastest = Long.MAX_VALUE;
      List<Long> delays = new ArrayList<>();
      for (int i = 0; i < pair.b.events.size(); i++) {
        if (pair.b.events.get(i) instanceof MediaEvent.FrameReceived e) {
          long delay = pair.b.times.get(i) - VideoSource.number(e.frame()) * 33_333_333L;
          fastest = Math.min(fastest, delay);
          delays.add(delay);
        }
      }
      long limit = fastest + millis * 1_000_000;
      long inTime = delays.stream().filter(d -> d <= limit).count();
      return 1 - (double) inTime / source.sent.size();
    }
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void repairPacketsSaveTheRoundTripOfRetransmission(
      String name, List<RtpCodec> codecs, int fecSsrc) {
    Seeds.forEach(
        1,
        seed -> {
          LinkOptions link = LinkOptions.PERFECT.delayMillis(100).loss(0.05);
          Call plain = new Call(seed, link, List.of(), 0);
          Call repaired = new Call(seed, link, codecs, fecSsrc);
          SendStatistics sent = repaired.sender.statistics().getFirst();
          ReceiveStatistics received = repaired.receiver.statistics().getFirst();
          System.out.printf(
              "%s, 5 %% loss, 200 ms round trip, seed %d: %.1f %% of frames late, %.1f %% with %d"
                  + " repair packets (%d of use) for %d packets, longest freeze %d and %d ms%n",
              name,
              seed,
              100 * plain.late(100),
              100 * repaired.late(100),
              sent.fecPackets(),
              received.fecRecovered(),
              sent.packets(),
              plain.pair.b.longestFreeze() / 1_000_000,
              repaired.pair.b.longestFreeze() / 1_000_000);
          assertThat(received.fecPackets()).isPositive();
          assertThat(received.fecRecovered()).isPositive();
          assertThat(received.fecSsrc()).isEqualTo(fecSsrc);
          assertThat(repaired.late(100)).isLessThan(0.6 * plain.late(100));
          assertThat(repaired.pair.b.longestFreeze()).isLessThan(1_000_000_000L);
          assertThat(repaired.pair.b.videoFrames().size())
              .isGreaterThan(repaired.source.sent.size() * 98 / 100);
          assertThat(repaired.source.keyFrames.size()).isLessThan(4);
          assertThat(repaired.receiver.statistics()).hasSize(1);
          assertThat(repaired.pair.b.events(MediaEvent.StreamStarted.class)).hasSize(1);
        });
  }

  static Stream<Arguments> schemes() {
    return Stream.of(
        Arguments.of(
            "ULPFEC",
            List.of(TransportPair.VIDEO_RED, TransportPair.RED_RTX, TransportPair.ULPFEC),
            0),
        Arguments.of("FlexFEC-03", List.of(TransportPair.FLEXFEC_03), SSRC + 2),
        Arguments.of("FlexFEC", List.of(TransportPair.FLEXFEC), SSRC + 2));
  }

  @Test
  void shortRoundTripsAndLinksWithoutLossNeedNoRepairPackets() {
    List<RtpCodec> codecs =
        List.of(TransportPair.VIDEO_RED, TransportPair.RED_RTX, TransportPair.ULPFEC);
    Call near = new Call(1, LinkOptions.PERFECT.delayMillis(5).loss(0.05), codecs, 0);
    assertThat(near.sender.statistics().getFirst().fecPackets()).isLessThan(50);
    assertThat(near.sender.statistics().getFirst().retransmittedPackets()).isPositive();
    Call clean = new Call(2, LinkOptions.PERFECT.delayMillis(150), codecs, 0);
    assertThat(clean.sender.statistics().getFirst().fecPackets()).isZero();
    // Without protection packets go out as they are.
    for (byte[] sent : clean.pair.a.sent) {
      assertThat(RtpPacket.isRtcp(sent, 0, sent.length) || (sent[1] & 0x7f) != 118).isTrue();
    }
  }

  @Test
  void theEncoderMakesRoomForRepairPackets() {
    Call call =
        new Call(
            3,
            LinkOptions.PERFECT.delayMillis(100).loss(0.05),
            List.of(TransportPair.FLEXFEC_03),
            SSRC + 2);
    long target = call.pair.a.transport.targetBitrate();
    assertThat(call.sender.targetBitrate(0)).isLessThan(target * 95 / 100);
  }

  @Test
  void aLostRepairPacketIsNoHoleInTheVideo() {
    // Nothing is repeated here: every lost repair packet would cost a key frame.
    RtpCodec vp8 = TransportPair.VP8.withRtcpFeedback(List.of(RtcpFeedback.PLI));
    TransportPair pair =
        new TransportPair(4, LinkOptions.PERFECT.delayMillis(100).loss(0.02), LinkOptions.PERFECT);
    pair.connect();
    List<RtpCodec> codecs = List.of(vp8, TransportPair.VIDEO_RED, TransportPair.ULPFEC);
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendVideo(SSRC).withCodecs(codecs));
    RtpReceiver receiver =
        pair.b.transport.addReceiver(TransportPair.receiveVideo().withCodecs(codecs));
    VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
    source.bitrate = 300_000;
    source.run(Duration.ofSeconds(60));
    pair.simulation.runFor(Duration.ofSeconds(61));
    SendStatistics sent = sender.statistics().getFirst();
    ReceiveStatistics received = receiver.statistics().getFirst();
    long lostRepairs = sent.fecPackets() - received.fecPackets();
    assertThat(lostRepairs).isGreaterThan(5);
    long lost = received.packetsLost() - lostRepairs - received.fecRecovered();
    assertThat((long) source.keyFrames.size()).isLessThan(lost + lostRepairs / 2);
  }
}
