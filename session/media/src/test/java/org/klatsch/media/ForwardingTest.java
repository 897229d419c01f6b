package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.klatsch.media.forwarding.ForwardingUnit;
import org.klatsch.media.forwarding.Publication;
import org.klatsch.media.forwarding.Publisher;
import org.klatsch.media.forwarding.Subscriber;
import org.klatsch.media.forwarding.Subscription;
import org.klatsch.rtp.NtpTime;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Seeds;
import org.klatsch.testkit.Simulation;

/// A server that forwards, with its members around it.
class ForwardingTest {
  private static final LinkOptions LINK =
      LinkOptions.PERFECT.delayMillis(20).rate(10_000_000).queueBytes(150_000);
  private static final List<RtpHeaderExtension> EXTENSIONS =
      List.of(
          TransportPair.MID,
          TransportPair.LEVEL,
          TransportPair.SEND_TIME,
          TransportPair.TRANSPORT_SEQUENCE,
          new RtpHeaderExtension("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", 10),
          new RtpHeaderExtension("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", 11));

  /// The same extensions under other numbers.
  private static final List<RtpHeaderExtension> RENUMBERED =
      EXTENSIONS.stream().map(e -> new RtpHeaderExtension(e.uri(), 14 - e.id())).toList();

  private static final List<RtpEncoding> SIMULCAST =
      List.of(
          RtpEncoding.ofRid("q").withSsrcs(11, 12, 0),
          RtpEncoding.ofRid("h").withSsrcs(13, 14, 0),
          RtpEncoding.ofRid("f").withSsrcs(15, 16, 0));

  private static final RtpCodec OTHER_VP8 = TransportPair.VP8.withPayloadType(100);
  private static final RtpCodec OTHER_RTX =
      TransportPair.RTX.withPayloadType(101).withParameters(Map.of("apt", "100"));

  /// A member and the server's side of it.
  private static final class Member {
    final Host host;
    final TransportPair.Side own;
    final TransportPair.Side served;
    final Subscriber subscriber;

    Member(Host host, TransportPair.Side own, TransportPair.Side served, Subscriber subscriber) {
      this.host = host;
      this.own = own;
      this.served = served;
      this.subscriber = subscriber;
    }
  }

  private final List<@Nullable Publisher> speakers = new ArrayList<>();
  private Simulation simulation = new Simulation(1);
  private ForwardingUnit unit = new ForwardingUnit(simulation.random(), speakers::add);
  private Host server = simulation.network().internet().host("192.0.2.250");
  private int members;

  private void begin(long seed) {
    simulation = new Simulation(seed);
    unit = new ForwardingUnit(simulation.random(), speakers::add);
    server = simulation.network().internet().host("192.0.2.250");
    members = 0;
  }

  private Member member(LinkOptions up, LinkOptions down) {
    int number = ++members;
    Host host = simulation.network().internet().host("192.0.2." + number, up, down);
    int port = 10_000 + number;
    TransportPair.Side own =
        new TransportPair.Side(simulation, host, server, RtpTransportOptions.DEFAULT, port);
    TransportPair.Side served =
        new TransportPair.Side(simulation, server, host, RtpTransportOptions.DEFAULT, port);
    for (TransportPair.Side side : List.of(own, served)) {
      side.act(() -> {
        side.transport.wallClock(simulation.now(), NtpTime.ofEpoch(1_767_225_600L, 0));
        side.transport.connect(simulation.now());
      });
    }
    return new Member(
        host, own, served, unit.subscriber(served.transport, () -> served.act(() -> {})));
  }

  private static RtpReceiveParameters receive(RtpReceiveParameters from, String mid) {
    return new RtpReceiveParameters(
        mid, from.kind(), from.codecs(), EXTENSIONS, from.encodings(), true);
  }

  private Publisher publisher(Member member) {
    return unit.publisher(() -> member.served.act(() -> {}));
  }

  /// Publishes a picture in three sizes; the sources in the order of the encodings.
  private Publication publish(Member member, List<VideoSource> sources, long... bitrates) {
    List<RtpEncoding> encodings = SIMULCAST.subList(0, bitrates.length);
    RtpSender sender =
        member.own.transport.addSender(
            TransportPair.sendVideo(11)
                .withHeaderExtensions(EXTENSIONS)
                .withEncodings(
                    bitrates.length == 1
                        ? List.of(RtpEncoding.ofSsrc(11).withSsrcs(11, 12, 0))
                        : encodings.stream().map(e -> e.withMaxBitrate(4_000_000)).toList()));
    RtpReceiver receiver =
        member.served.transport.addReceiver(
            TransportPair.receiveVideo()
                .withHeaderExtensions(EXTENSIONS)
                .withEncodings(
                    bitrates.length == 1
                        ? List.of()
                        : encodings.stream().map(e -> RtpEncoding.ofRid(e.rid())).toList()));
    for (int i = 0; i < bitrates.length; i++) {
      VideoSource source = new VideoSource(simulation, member.own, sender, i);
      source.bitrate = bitrates[i];
      source.run(Duration.ofMinutes(5));
      sources.add(source);
    }
    return publisher(member).publish(receiver);
  }

  /// Subscribes under other payload types and extension ids than the publisher's.
  private Subscription subscribe(Member member, Publication publication, int ssrc) {
    String mid = "v" + ssrc;
    RtpSendParameters send =
        new RtpSendParameters(
            mid,
            "server",
            MediaKind.VIDEO,
            List.of(OTHER_VP8, OTHER_RTX),
            RENUMBERED,
            List.of(RtpEncoding.ofSsrc(ssrc).withSsrcs(ssrc, ssrc + 1, 0)),
            true);
    member.own.transport.addReceiver(
        receive(TransportPair.receiveVideo().withCodecs(List.of(OTHER_VP8, OTHER_RTX)), mid)
            .withHeaderExtensions(RENUMBERED));
    return member.subscriber.subscribe(publication, member.served.transport.addSender(send));
  }

  /// Sequence numbers of first transmissions of a stream that the server sent.
  private static List<Integer> sequences(TransportPair.Side side, int ssrc) throws Exception {
    List<Integer> found = new ArrayList<>();
    for (byte[] bytes : side.sent) {
      if (!RtpPacket.isRtcp(bytes, 0, bytes.length)) {
        RtpPacket packet = new RtpPacket().parse(bytes, 0, bytes.length);
        if (packet.ssrc() == ssrc) {
          found.add(packet.sequenceNumber());
        }
      }
    }
    return found;
  }

  private static void assertWithoutGaps(List<Integer> sequences) {
    for (int i = 1; i < sequences.size(); i++) {
      assertThat(sequences.get(i) - sequences.get(i - 1) & 0xffff).isEqualTo(1);
    }
  }

  @Test
  void lowersTheLayerOfTheOneWhosePathGotNarrowAndRaisesItAgain() {
    Seeds.forEach(
        1,
        seed -> {
          begin(seed);
          Member sender = member(LINK, LINK);
          Publication publication = publish(sender, new ArrayList<>(), 150_000, 500_000, 1_500_000);
          Member narrow = member(LINK, LINK);
          Member wide = member(LINK, LINK);
          Subscription toNarrow = subscribe(narrow, publication, 1_000);
          Subscription toWide = subscribe(wide, publication, 2_000);
          simulation.runFor(Duration.ofSeconds(12));
          assertThat(toNarrow.layer()).isEqualTo(2);
          assertThat(toWide.layer()).isEqualTo(2);
          narrow.host.downlink().options(LINK.rate(800_000));
          long since = simulation.now();
          assertThat(simulation.runUntil(() -> toNarrow.layer() == 1, Duration.ofSeconds(3)))
              .isTrue();
          System.out.printf(
              "drop to 0.8 Mbit/s, seed %d: lower layer after %d ms%n",
              seed, (simulation.now() - since) / 1_000_000);
          simulation.runFor(Duration.ofSeconds(10));
          assertThat(toNarrow.layer()).isEqualTo(1);
          assertThat(toWide.layer()).isEqualTo(2);
          assertThat(wide.own.longestFreeze()).isLessThan(200_000_000L);
          narrow.host.downlink().options(LINK);
          since = simulation.now();
          assertThat(simulation.runUntil(() -> toNarrow.layer() == 2, Duration.ofSeconds(15)))
              .isTrue();
          System.out.printf(
              "back after %d ms, longest freeze %d ms%n",
              (simulation.now() - since) / 1_000_000, narrow.own.longestFreeze() / 1_000_000);
          assertThat(narrow.own.longestFreeze()).isLessThan(1_500_000_000L);
        });
  }

  @Test
  void answersLossesFromTheStoreAndKeyFramesOnce() throws Exception {
    begin(5);
    Member sender = member(LINK.loss(0.02), LINK);
    List<VideoSource> sources = new ArrayList<>();
    Publication publication = publish(sender, sources, 600_000);
    List<Member> viewers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Member viewer = member(LINK, LINK.loss(0.03));
      subscribe(viewer, publication, 1_000 + 10 * i);
      viewers.add(viewer);
    }
    simulation.runFor(Duration.ofSeconds(20));
    int before = sources.getFirst().keyFrames.size();
    for (Member viewer : viewers) {
      viewer.own.act(() -> viewer.own.transport.receivers().getFirst().requestKeyFrame());
    }
    simulation.runFor(Duration.ofMillis(250));
    assertThat(sources.getFirst().keyFrames.size() - before).isEqualTo(1);
    for (Member viewer : viewers) {
      // Losses on both ways are repaired: nearly every frame of 20 s is there.
      assertThat(viewer.own.videoFrames()).hasSizeGreaterThan(560);
      assertThat(viewer.own.longestFreeze()).isLessThan(800_000_000L);
      assertThat(viewer.served.transport.senders().getFirst().statistics().getFirst())
          .satisfies(s -> assertThat(s.retransmittedPackets()).isPositive());
    }
  }

  @Test
  void oneGoesToAHundredWithoutGaps() throws Exception {
    begin(7);
    Member sender = member(LINK, LINK);
    List<VideoSource> sources = new ArrayList<>();
    Publication publication = publish(sender, sources, 300_000);
    Map<Member, Integer> viewers = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      Member viewer = member(LINK, LINK);
      subscribe(viewer, publication, 1_000 + 10 * i);
      viewers.put(viewer, 1_000 + 10 * i);
    }
    simulation.runFor(Duration.ofSeconds(4));
    for (Map.Entry<Member, Integer> each : viewers.entrySet()) {
      assertWithoutGaps(sequences(each.getKey().served, each.getValue()));
      assertThat(each.getKey().own.videoFrames()).hasSizeGreaterThan(100);
    }
    // A hundred ask at the beginning, few key frames are made.
    assertThat(sources.getFirst().keyFrames).hasSizeLessThan(4);
  }

  @Test
  void knowsWhoSpeaksAndShowsTheLastOnes() {
    begin(9);
    List<Publisher> publishers = new ArrayList<>();
    List<RtpSender> voices = new ArrayList<>();
    List<Member> talkers = new ArrayList<>();
    List<Publication> pictures = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Member talker = member(LINK, LINK);
      RtpSender voice =
          talker.own.transport.addSender(
              TransportPair.sendAudio(50 + i).withHeaderExtensions(EXTENSIONS));
      RtpReceiver hears =
          talker.served.transport.addReceiver(
              TransportPair.receiveAudio().withHeaderExtensions(EXTENSIONS));
      RtpSender shows =
          talker.own.transport.addSender(
              TransportPair.sendVideo(11).withHeaderExtensions(EXTENSIONS));
      RtpReceiver sees =
          talker.served.transport.addReceiver(
              TransportPair.receiveVideo().withHeaderExtensions(EXTENSIONS));
      VideoSource source = new VideoSource(simulation, talker.own, shows, 0);
      source.bitrate = 200_000;
      source.run(Duration.ofMinutes(5));
      Publisher publisher = publisher(talker);
      publisher.publish(hears);
      pictures.add(publisher.publish(sees));
      publishers.add(publisher);
      voices.add(voice);
      talkers.add(talker);
    }
    Member listener = member(LINK, LINK);
    listener.subscriber.lastN(2);
    List<Subscription> subscriptions = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      subscriptions.add(subscribe(listener, pictures.get(i), 1_000 + 10 * i));
    }
    int[] levels = {80, 80, 80, 80};
    Runnable[] step = new Runnable[1];
    int[] count = {0};
    step[0] =
        () -> {
          int n = count[0]++;
          for (int i = 0; i < 4; i++) {
            int index = i;
            talkers
                .get(i)
                .own
                .act(() ->
                    voices
                        .get(index)
                        .send(
                            simulation.now(),
                            EncodedAudioFrame.of(
                                    TransportPair.OPUS,
                                    TransportPair.opus(n),
                                    n * 960,
                                    960,
                                    simulation.now())
                                .withLevel(levels[index], true)));
          }
          simulation.after(Duration.ofMillis(20), step[0]);
        };
    step[0].run();
    simulation.runFor(Duration.ofSeconds(3));
    assertThat(unit.dominantSpeaker()).isNull();
    for (int speaker : new int[] {2, 0, 3}) {
      levels[speaker] = 30;
      assertThat(
              simulation.runUntil(
                  () -> unit.dominantSpeaker() == publishers.get(speaker), Duration.ofSeconds(2)))
          .isTrue();
      simulation.runFor(Duration.ofSeconds(2));
      // A cough of somebody else changes nothing.
      levels[1] = 20;
      simulation.runFor(Duration.ofMillis(60));
      levels[1] = 80;
      simulation.runFor(Duration.ofSeconds(1));
      assertThat(unit.dominantSpeaker()).isSameAs(publishers.get(speaker));
      levels[speaker] = 80;
    }
    assertThat(subscriptions.stream().map(s -> s.layer() >= 0))
        .containsExactly(true, false, false, true);
    unit.remove(publishers.get(3));
    assertThat(unit.dominantSpeaker()).isNull();
    assertThat(speakers).hasSize(4).endsWith((Publisher) null);
    assertThat(listener.subscriber.subscriptions()).hasSize(3);
  }
}
