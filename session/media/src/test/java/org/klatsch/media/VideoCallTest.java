package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Seeds;

class VideoCallTest {
  private static final int SSRC = 0x2222_0000;

  private static TransportPair pair(long seed, LinkOptions link) {
    TransportPair pair = new TransportPair(seed, link, link);
    pair.connect();
    return pair;
  }

  private static void assertDecodable(List<EncodedVideoFrame> frames) {
    int last = -2;
    for (EncodedVideoFrame frame : frames) {
      int number = VideoSource.number(frame);
      boolean follows = number == last + 1;
      assertThat(frame.keyFrame() || follows).as("frame %s after %s", number, last).isTrue();
      assertThat(number).isGreaterThan(last);
      last = number;
    }
  }

  @Test
  void carriesEveryFrameUnchanged() {
    TransportPair pair = pair(1, LinkOptions.PERFECT.delayMillis(20));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendVideo(SSRC));
    pair.b.transport.addReceiver(TransportPair.receiveVideo());
    VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
    source.run(Duration.ofSeconds(5));
    pair.simulation.runFor(Duration.ofSeconds(6));

    List<EncodedVideoFrame> frames = pair.b.videoFrames();
    assertThat(frames).hasSize(source.sent.size());
    for (int i = 0; i < frames.size(); i++) {
      assertThat(frames.get(i).payload()).isEqualTo(source.sent.get(i).payload());
      assertThat(frames.get(i).width()).isEqualTo(640);
      assertThat(frames.get(i).keyFrame()).isEqualTo(i == 0);
    }
    SendStatistics statistics = sender.statistics().getFirst();
    assertThat(statistics.frames()).isEqualTo(frames.size());
    assertThat(statistics.retransmittedPackets()).isZero();
  }

  @Test
  void repairsLossesInTime() {
    Seeds.forEach(
        4,
        seed -> {
          TransportPair pair = pair(seed, LinkOptions.PERFECT.delayMillis(40).loss(0.05));
          RtpSender sender = pair.a.transport.addSender(TransportPair.sendVideo(SSRC));
          RtpReceiver receiver = pair.b.transport.addReceiver(TransportPair.receiveVideo());
          VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
          source.run(Duration.ofSeconds(20));
          pair.simulation.runFor(Duration.ofSeconds(22));

          List<EncodedVideoFrame> frames = pair.b.videoFrames();
          assertDecodable(frames);
          assertThat(frames.size()).isGreaterThan(source.sent.size() * 97 / 100);
          assertThat(pair.b.longestFreeze()).isLessThan(1_000_000_000L);
          assertThat(sender.statistics().getFirst().retransmittedPackets()).isPositive();
          ReceiveStatistics received = receiver.statistics().getFirst();
          assertThat(received.retransmittedPackets()).isPositive();
          assertThat(received.rtxSsrc()).isEqualTo(SSRC + 1);
        });
  }

  @Test
  void repeatsThePacketItselfWithoutAFormatForRepetitions() {
    TransportPair pair = pair(3, LinkOptions.PERFECT.delayMillis(20).loss(0.05));
    RtpSender sender =
        pair.a.transport.addSender(
            TransportPair.sendVideo(SSRC)
                .withCodecs(List.of(TransportPair.VP8))
                .withEncodings(List.of(RtpEncoding.ofSsrc(SSRC))));
    pair.b.transport.addReceiver(
        TransportPair.receiveVideo().withCodecs(List.of(TransportPair.VP8)));
    VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
    source.run(Duration.ofSeconds(10));
    pair.simulation.runFor(Duration.ofSeconds(12));
    assertDecodable(pair.b.videoFrames());
    assertThat(pair.b.videoFrames().size()).isGreaterThan(source.sent.size() * 97 / 100);
  }

  @Test
  void asksForAKeyFrameWhereNothingIsRepeated() {
    Seeds.forEach(
        3,
        seed -> {
          RtpCodec vp8 = TransportPair.VP8.withRtcpFeedback(List.of(RtcpFeedback.PLI));
          TransportPair pair = pair(seed, LinkOptions.PERFECT.delayMillis(20).loss(0.005));
          RtpSender sender =
              pair.a.transport.addSender(TransportPair.sendVideo(SSRC).withCodecs(List.of(vp8)));
          pair.b.transport.addReceiver(TransportPair.receiveVideo().withCodecs(List.of(vp8)));
          VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
          source.run(Duration.ofSeconds(20));
          pair.simulation.runFor(Duration.ofSeconds(21));
          assertThat(source.keyFrames.size()).isBetween(2, 40);
          assertDecodable(pair.b.videoFrames());
          assertThat(pair.b.videoFrames().size()).isGreaterThan(source.sent.size() * 70 / 100);
          assertThat(sender.statistics().getFirst().plis()).isPositive();
        });
  }

  @Test
  void givesAKeyFrameToWhoJoinsLate() {
    TransportPair pair = pair(5, LinkOptions.PERFECT.delayMillis(20));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendVideo(SSRC));
    VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
    source.run(Duration.ofSeconds(5));
    pair.simulation.runFor(Duration.ofSeconds(2));
    pair.b.transport.addReceiver(TransportPair.receiveVideo());
    pair.simulation.runFor(Duration.ofMillis(300));
    assertThat(pair.b.videoFrames()).isNotEmpty();
    assertThat(pair.b.videoFrames().getFirst().keyFrame()).isTrue();
    assertThat(source.keyFrames).hasSize(2);
  }

  @Test
  void passesOverAFrameThatIsNotOfItsFormat() {
    RtpCodec h264 =
        RtpCodec.of("video/H264", 102, 90_000, 1).withParameters(Map.of("packetization-mode", "1"));
    TransportPair pair = pair(9, LinkOptions.PERFECT.delayMillis(5));
    RtpSender sender =
        pair.a.transport.addSender(
            TransportPair.sendVideo(SSRC)
                .withCodecs(List.of(h264))
                .withEncodings(List.of(RtpEncoding.ofSsrc(SSRC))));
    pair.b.transport.addReceiver(TransportPair.receiveVideo().withCodecs(List.of(h264)));
    byte[] withoutStartCode = {0x65, 1, 2, 3, 4, 5, 6, 7};
    byte[] good = {0, 0, 0, 1, 0x65, 1, 2, 3, 4, 5, 6, 7};
    pair.a.act(() -> sender.send(0, EncodedVideoFrame.of(h264, withoutStartCode, 0, true, 0)));
    pair.simulation.runFor(Duration.ofMillis(100));
    pair.a.act(() ->
        sender.send(
            pair.simulation.now(),
            EncodedVideoFrame.of(h264, good, 9000, true, pair.simulation.now())));
    pair.simulation.runFor(Duration.ofMillis(500));
    SendStatistics statistics = sender.statistics().getFirst();
    assertThat(statistics.framesDropped()).isEqualTo(1);
    assertThat(statistics.frames()).isEqualTo(1);
    assertThat(statistics.packets()).isEqualTo(1);
  }

  @Test
  void spreadsAKeyFrameAndLetsAudioPass() {
    TransportPair pair = pair(6, LinkOptions.PERFECT.delayMillis(5));
    RtpSender video = pair.a.transport.addSender(TransportPair.sendVideo(SSRC));
    RtpSender audio = pair.a.transport.addSender(TransportPair.sendAudio(7));
    RtpReceiver listener = pair.b.transport.addReceiver(TransportPair.receiveAudio());
    listener.delivery(AudioDelivery.ARRIVAL);
    pair.a.act(() ->
        video.send(
            0,
            EncodedVideoFrame.of(
                TransportPair.VP8, VideoSource.frame(0, true, 50_000), 0, true, 0)));
    pair.a.act(() ->
        audio.send(0, EncodedAudioFrame.of(TransportPair.OPUS, TransportPair.opus(1), 0, 960, 0)));
    pair.simulation.runFor(Duration.ofMillis(6));
    assertThat(pair.b.events(MediaEvent.FrameReceived.class)).hasSize(1);
    long atOnce = pair.a.sent.size();
    assertThat(atOnce).isLessThan(20);
    pair.simulation.runFor(Duration.ofSeconds(1));
    assertThat(pair.a.sent.size()).isGreaterThan(40);
  }

  @Test
  void dropsWholeFramesWhenThePathIsTooSlowAndGoesOnWithAKeyFrame() {
    TransportPair pair =
        pair(7, LinkOptions.PERFECT.delayMillis(20).rate(500_000).queueBytes(30_000));
    RtpSender sender = pair.a.transport.addSender(TransportPair.sendVideo(SSRC));
    pair.b.transport.addReceiver(TransportPair.receiveVideo());
    VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
    source.bitrate = 8_000_000;
    source.run(Duration.ofSeconds(10));
    pair.simulation.runFor(Duration.ofSeconds(10));
    assertThat(pair.a.transport.counters().dropped(DropReason.PACER_FULL)).isPositive();
    assertThat(source.keyFrames.size()).isBetween(3, 40);
    assertDecodable(pair.b.videoFrames());
  }

  @Test
  void tellsTheRotationOfFrames() {
    TransportPair pair = pair(8, LinkOptions.PERFECT);
    List<RtpHeaderExtension> extensions =
        List.of(TransportPair.MID, new RtpHeaderExtension("urn:3gpp:video-orientation", 5));
    RtpSender sender =
        pair.a.transport.addSender(TransportPair.sendVideo(SSRC).withHeaderExtensions(extensions));
    pair.b.transport.addReceiver(TransportPair.receiveVideo().withHeaderExtensions(extensions));
    pair.a.act(() ->
        sender.send(
            0,
            EncodedVideoFrame.of(TransportPair.VP8, VideoSource.frame(0, true, 3_000), 0, true, 0)
                .withRotation(90)));
    pair.simulation.runFor(Duration.ofSeconds(1));
    assertThat(pair.b.videoFrames().getFirst().rotation()).isEqualTo(90);
  }

  @Test
  void survivesEveryKindOfDamage() {
    Seeds.forEach(
        4,
        seed -> {
          TransportPair pair =
              pair(
                  seed,
                  LinkOptions.PERFECT
                      .delayMillis(30)
                      .loss(0.3)
                      .reorder(0.1, Duration.ofMillis(40))
                      .duplicate(0.05)
                      .corrupt(0.02));
          RtpSender sender = pair.a.transport.addSender(TransportPair.sendVideo(SSRC));
          pair.b.transport.addReceiver(TransportPair.receiveVideo());
          VideoSource source = new VideoSource(pair.simulation, pair.a, sender, 0);
          source.run(Duration.ofSeconds(10));
          pair.simulation.runFor(Duration.ofSeconds(11));
          assertThat(pair.b.videoFrames()).isNotEmpty();
        });
  }

  @Test
  void sendsAndReceivesSimulcastByRid() throws Exception {
    TransportPair pair = pair(9, LinkOptions.PERFECT.delayMillis(20).loss(0.02));
    List<RtpHeaderExtension> extensions =
        List.of(
            TransportPair.MID,
            new RtpHeaderExtension("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", 10),
            new RtpHeaderExtension("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", 11));
    RtpSender sender =
        pair.a.transport.addSender(
            TransportPair.sendVideo(SSRC)
                .withHeaderExtensions(extensions)
                .withEncodings(
                    List.of(
                        RtpEncoding.ofRid("q").withSsrcs(1, 2, 0),
                        RtpEncoding.ofRid("h").withSsrcs(3, 4, 0),
                        RtpEncoding.ofRid("f").withSsrcs(5, 6, 0))));
    RtpReceiver receiver =
        pair.b.transport.addReceiver(
            TransportPair.receiveVideo()
                .withHeaderExtensions(extensions)
                .withEncodings(
                    List.of(
                        RtpEncoding.ofRid("q"), RtpEncoding.ofRid("h"), RtpEncoding.ofRid("f"))));
    for (int i = 0; i < 3; i++) {
      VideoSource source = new VideoSource(pair.simulation, pair.a, sender, i);
      source.bitrate = 150_000L << i;
      source.run(Duration.ofSeconds(8));
    }
    pair.simulation.runFor(Duration.ofSeconds(9));
    for (String rid : List.of("q", "h", "f")) {
      List<EncodedVideoFrame> frames =
          pair.b.videoFrames().stream().filter(f -> rid.equals(f.origin().rid())).toList();
      assertDecodable(frames);
      assertThat(frames.size()).isGreaterThan(220);
    }
    assertThat(receiver.statistics()).hasSize(3);
    assertThat(pair.b.events(MediaEvent.StreamStarted.class)).hasSize(3);
    byte[] last = pair.a.sent.getLast();
    assertThat(new RtpPacket().parse(last, 0, last.length).findElement(10)).isEqualTo(-1);
  }
}
