package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.media.audio.AudioOperation;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.rtcp.Goodbye;
import org.klatsch.rtp.rtcp.ReceiverReport;
import org.klatsch.rtp.rtcp.RtcpCompound;
import org.klatsch.rtp.rtcp.RtcpPacket;
import org.klatsch.rtp.rtcp.SenderReport;
import org.klatsch.rtp.rtcp.SourceDescription;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Seeds;

@Tag("simulation")
class AudioCallTest {
  private static final int SSRC = 0x1234_5678;

  private static TransportPair pair(long seed, LinkOptions link) {
    TransportPair pair = new TransportPair(seed, link, link);
    pair.connect();
    return pair;
  }

  private static List<EncodedAudioFrame> listen(
      TransportPair pair, RtpReceiver receiver, List<AudioOperation> operations) {
    List<EncodedAudioFrame> frames = new ArrayList<>();
    AudioPlayout<EncodedAudioFrame> playout = new AudioPlayout<>();
    Runnable[] step = new Runnable[1];
    step[0] =
        () -> {
          receiver.pull(pair.simulation.now(), 960, 0, playout);
          for (int i = 0; i < playout.size(); i++) {
            operations.add(playout.operation(i));
            EncodedAudioFrame frame = playout.frame(i);
            if (frame != null) {
              frames.add(frame);
            }
          }
          pair.simulation.after(Duration.ofMillis(20), step[0]);
        };
    step[0].run();
    return frames;
  }

  @Test
  void carriesFramesWithTheirLevelsToThePlayer() {
    TransportPair pair = pair(1, LinkOptions.PERFECT.delayMillis(20));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    RtpReceiver receiver = pair.b.transport.addReceiver(TransportPair.receiveAudio());
    List<AudioOperation> operations = new ArrayList<>();
    List<EncodedAudioFrame> frames = listen(pair, receiver, operations);
    pair.talk(pair.a, sender, Duration.ofSeconds(10));
    pair.simulation.runFor(Duration.ofSeconds(11));

    assertThat(frames).hasSize(500);
    for (int i = 0; i < frames.size(); i++) {
      assertThat(frames.get(i).payload()).isEqualTo(TransportPair.opus(i));
      assertThat(frames.get(i).samples()).isEqualTo(960);
      assertThat(frames.get(i).audioLevel()).isEqualTo(30);
      assertThat(frames.get(i).voice()).isTrue();
    }
    assertThat(frames.get(1).rtpTimestamp() - frames.get(0).rtpTimestamp()).isEqualTo(960);
    assertThat(frames.getFirst().marker()).isTrue();
    assertThat(pair.b.events(MediaEvent.StreamStarted.class))
        .containsExactly(new MediaEvent.StreamStarted(receiver, SSRC, null));
    RtpSource source = receiver.sources(pair.simulation.now()).getFirst();
    assertThat(source.source()).isEqualTo(SSRC);
    assertThat(source.audioLevel()).isEqualTo(30);
  }

  @Test
  void handsOutEncodedWhatItPlays() {
    TransportPair pair = pair(11, LinkOptions.PERFECT.delayMillis(20));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    RtpReceiver receiver = pair.b.transport.addReceiver(TransportPair.receiveAudio());
    receiver.delivery(AudioDelivery.BOTH);
    List<EncodedAudioFrame> played = listen(pair, receiver, new ArrayList<>());
    pair.talk(pair.a, sender, Duration.ofSeconds(2));
    pair.simulation.runFor(Duration.ofSeconds(3));
    assertThat(played).hasSize(100);
    assertThat(
            pair.b.events(MediaEvent.FrameReceived.class).stream()
                .map(MediaEvent.FrameReceived::frame))
        .containsExactlyElementsOf(played);
  }

  @Test
  void playsFramesThatWereChangedBeforeTheJitterBuffer() {
    TransportPair pair = pair(12, LinkOptions.PERFECT.delayMillis(20));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    RtpReceiver receiver = pair.b.transport.addReceiver(TransportPair.receiveAudio());
    receiver.delivery(AudioDelivery.RETURNED);
    List<EncodedAudioFrame> played = listen(pair, receiver, new ArrayList<>());
    int[] given = new int[1];
    Runnable[] giveBack = new Runnable[1];
    giveBack[0] =
        () -> {
          List<MediaEvent.FrameReceived> all = pair.b.events(MediaEvent.FrameReceived.class);
          for (; given[0] < all.size(); given[0]++) {
            EncodedAudioFrame frame = (EncodedAudioFrame) all.get(given[0]).frame();
            byte[] payload = frame.payload().clone();
            payload[payload.length - 1] ^= 1;
            assertThat(receiver.insert(pair.simulation.now(), frame.withPayload(payload))).isTrue();
          }
          pair.simulation.after(Duration.ofMillis(5), giveBack[0]);
        };
    giveBack[0].run();
    pair.talk(pair.a, sender, Duration.ofSeconds(2));
    pair.simulation.runFor(Duration.ofSeconds(3));
    assertThat(played).hasSize(100);
    for (int i = 0; i < played.size(); i++) {
      byte[] payload = TransportPair.opus(i);
      payload[payload.length - 1] ^= 1;
      assertThat(played.get(i).payload()).isEqualTo(payload);
    }
  }

  @Test
  void measuresLossJitterAndRoundTripAtBothEnds() {
    TransportPair pair = pair(2, LinkOptions.PERFECT.delayMillis(40).loss(0.1));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    RtpReceiver receiver = pair.b.transport.addReceiver(TransportPair.receiveAudio());
    pair.talk(pair.a, sender, Duration.ofSeconds(30));
    pair.simulation.runFor(Duration.ofSeconds(30));

    SendStatistics sent = sender.statistics().getFirst();
    ReceiveStatistics received = receiver.statistics().getFirst();
    assertThat(sent.packets()).isEqualTo(1_500);
    assertThat(received.packets() + received.packetsLost()).isBetween(1_490L, 1_500L);
    assertThat(received.packetsLost()).isBetween(100L, 200L);
    RemoteReport report = sent.remote();
    assertThat(report).isNotNull();
    assertThat(report.roundTripTimeNanos()).isBetween(79_000_000L, 81_000_000L);
    assertThat(report.packetsLost()).isBetween(100L, 200L);
    assertThat(report.fractionLost()).isBetween(0.0, 0.35);
    assertThat(pair.a.events(MediaEvent.ReportReceived.class).getLast().report()).isEqualTo(report);
    assertThat(received.senderReport()).isNotNull();
    assertThat(received.jitterSeconds()).isLessThan(0.001);
  }

  @Test
  void tellsTheSendersWallClockOfEachFrame() {
    TransportPair pair = pair(3, LinkOptions.PERFECT.delayMillis(30));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    RtpReceiver receiver = pair.b.transport.addReceiver(TransportPair.receiveAudio());
    receiver.delivery(AudioDelivery.ARRIVAL);
    pair.talk(pair.a, sender, Duration.ofSeconds(8));
    pair.simulation.runFor(Duration.ofSeconds(8));
    MediaEvent.FrameReceived last = pair.b.events(MediaEvent.FrameReceived.class).getLast();
    long ntp = last.frame().origin().ntpTime();
    long sentAgo =
        org.klatsch.rtp.NtpTime.toEpochNanos(ntp)
            - (1_767_225_600_000_000_000L + last.frame().captureTime() - 30_000_000);
    assertThat(sentAgo).isBetween(-1_000_000L, 1_000_000L);
  }

  @Test
  void sendsCompoundReportsThatAreWellFormedAtTheRateOfTheRfc() throws Exception {
    TransportPair pair = pair(4, LinkOptions.PERFECT.delayMillis(10));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    pair.b.transport.addReceiver(TransportPair.receiveAudio());
    pair.talk(pair.a, sender, Duration.ofSeconds(60));
    pair.simulation.runFor(Duration.ofSeconds(60));

    List<RtcpPacket> first =
        RtcpCompound.parse(pair.a.sentRtcp().get(3), 0, pair.a.sentRtcp().get(3).length);
    assertThat(first.get(0)).isInstanceOf(SenderReport.class);
    assertThat(((SourceDescription) first.get(1)).chunks().getFirst().text(SourceDescription.CNAME))
        .isEqualTo("someone");
    List<RtcpPacket> answer =
        RtcpCompound.parse(pair.b.sentRtcp().get(3), 0, pair.b.sentRtcp().get(3).length);
    assertThat(((ReceiverReport) answer.get(0)).blocks()).hasSize(1);
    for (TransportPair.Side side : List.of(pair.a, pair.b)) {
      assertThat(side.sentRtcp().size()).isBetween(60, 160);
    }
    long rtcp = pair.a.sentRtcp().stream().mapToLong(p -> p.length + 28).sum();
    assertThat(rtcp).isLessThan(60 * 64_000 / 8 * 5 / 100);
  }

  @Test
  void saysGoodbyeAndHearsIt() throws Exception {
    TransportPair pair = pair(5, LinkOptions.PERFECT.delayMillis(10));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    RtpReceiver receiver = pair.b.transport.addReceiver(TransportPair.receiveAudio());
    pair.talk(pair.a, sender, Duration.ofSeconds(1));
    pair.simulation.runFor(Duration.ofSeconds(1));
    pair.a.act(() -> pair.a.transport.close(pair.simulation.now()));
    pair.simulation.runFor(Duration.ofSeconds(1));
    byte[] last = pair.a.sent.getLast();
    assertThat(RtcpCompound.parse(last, 0, last.length).getLast()).isInstanceOf(Goodbye.class);
    assertThat(pair.b.events(MediaEvent.StreamEnded.class))
        .containsExactly(new MediaEvent.StreamEnded(receiver, SSRC));
    assertThat(pair.a.transport.nextTimeout()).isEqualTo(RtpTransport.NEVER);
  }

  @Test
  void noticesThatAStreamFellSilent() {
    TransportPair pair = pair(6, LinkOptions.PERFECT);
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    pair.b.transport.addReceiver(TransportPair.receiveAudio());
    pair.talk(pair.a, sender, Duration.ofSeconds(1));
    pair.simulation.runFor(Duration.ofSeconds(20));
    assertThat(pair.b.events(MediaEvent.StreamEnded.class)).isEmpty();
    pair.simulation.runFor(Duration.ofSeconds(10));
    assertThat(pair.b.events(MediaEvent.StreamEnded.class)).hasSize(1);
    pair.talk(pair.a, sender, Duration.ofSeconds(1));
    pair.simulation.runFor(Duration.ofSeconds(1));
    assertThat(pair.b.events(MediaEvent.StreamStarted.class)).hasSize(2);
  }

  @Test
  void playsTonesInPlaceOfAudio() throws Exception {
    TransportPair pair = pair(7, LinkOptions.PERFECT.delayMillis(10).loss(0.1));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    RtpReceiver receiver = pair.b.transport.addReceiver(TransportPair.receiveAudio());
    List<AudioOperation> operations = new ArrayList<>();
    listen(pair, receiver, operations);
    pair.talk(pair.a, sender, Duration.ofSeconds(10));
    pair.simulation.runFor(Duration.ofSeconds(1));
    pair.a.act(() ->
        sender.insertDtmf(
            pair.simulation.now(), "1,2#a", Duration.ofMillis(100), Duration.ofMillis(70)));
    assertThat(sender.dtmfBuffer()).isEqualTo(",2#A");
    pair.simulation.runFor(Duration.ofSeconds(6));

    assertThat(
            pair.a.events(MediaEvent.DtmfToneChanged.class).stream()
                .map(MediaEvent.DtmfToneChanged::tone))
        .containsExactly("1", ",", "2", "#", "A", "");
    List<MediaEvent.TelephoneEventReceived> heard =
        pair.b.events(MediaEvent.TelephoneEventReceived.class);
    assertThat(heard.stream().filter(e -> !e.ended()).map(e -> e.tone()))
        .containsExactly('1', '2', '#', 'A');
    assertThat(heard.stream().filter(e -> e.ended()).map(e -> e.durationMillis()))
        .hasSize(4)
        .allSatisfy(millis -> assertThat(millis).isBetween(80, 100));
    int markers = 0;
    for (byte[] sent : pair.a.sent) {
      RtpPacket packet = new RtpPacket();
      if (!RtpPacket.isRtcp(sent, 0, sent.length)
          && packet.parse(sent, 0, sent.length).payloadType() == 110
          && packet.marker()) {
        markers++;
      }
    }
    assertThat(markers).isEqualTo(4);
  }

  @Test
  void refusesTonesWithoutAnAgreementOnThem() {
    TransportPair pair = pair(8, LinkOptions.PERFECT);
    RtpSender sender =
        pair.a.transport.addSender(
            TransportPair.sendAudio(SSRC).withCodecs(List.of(TransportPair.OPUS)));
    assertThat(sender.canInsertDtmf()).isFalse();
    assertThatThrownBy(
            () -> sender.insertDtmf(0, "1", Duration.ofMillis(100), Duration.ofMillis(70)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void takesNothingBeforeItIsConnectedAndNoForeignCodec() {
    TransportPair pair = new TransportPair(9, LinkOptions.PERFECT, LinkOptions.PERFECT);
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    assertThat(
            sender.send(
                0, EncodedAudioFrame.of(TransportPair.OPUS, TransportPair.opus(0), 0, 960, 0)))
        .isFalse();
    assertThat(pair.a.transport.counters().dropped(DropReason.NOT_CONNECTED)).isEqualTo(1);
    RtpCodec foreign = RtpCodec.of("audio/G722", 9, 8_000, 1);
    assertThatThrownBy(
            () -> sender.send(0, EncodedAudioFrame.of(foreign, new byte[160], 0, 160, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("G722");
  }

  @Test
  void changesTheClockWithTheCodec() {
    TransportPair pair = pair(10, LinkOptions.PERFECT.delayMillis(5));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
    RtpReceiver receiver = pair.b.transport.addReceiver(TransportPair.receiveAudio());
    pair.talk(pair.a, sender, Duration.ofSeconds(1));
    pair.simulation.runFor(Duration.ofSeconds(1));
    assertThat(receiver.clockRateHz()).isEqualTo(48_000);
    pair.a.act(() ->
        sender.send(
            pair.simulation.now(),
            EncodedAudioFrame.of(
                TransportPair.PCMU, new byte[160], 1, 160, pair.simulation.now())));
    pair.simulation.runFor(Duration.ofMillis(100));
    assertThat(receiver.clockRateHz()).isEqualTo(8_000);
  }

  @Test
  void playsOnUnderLossReorderingAndDuplicates() {
    Seeds.forEach(
        20,
        seed -> {
          TransportPair pair =
              pair(
                  seed,
                  LinkOptions.PERFECT
                      .delayMillis(30)
                      .loss(0.3)
                      .reorder(0.1, Duration.ofMillis(25))
                      .duplicate(0.05));
          RtpSender sender = pair.a.transport.addSender(TransportPair.sendAudio(SSRC));
          RtpReceiver receiver = pair.b.transport.addReceiver(TransportPair.receiveAudio());
          List<AudioOperation> operations = new ArrayList<>();
          List<EncodedAudioFrame> frames = listen(pair, receiver, operations);
          pair.talk(pair.a, sender, Duration.ofSeconds(10));
          pair.simulation.runFor(Duration.ofSeconds(10));
          assertThat(frames).hasSizeGreaterThan(280);
          for (int i = 1; i < frames.size(); i++) {
            assertThat(frames.get(i).rtpTimestamp() - frames.get(i - 1).rtpTimestamp())
                .isPositive();
          }
        });
  }
}
