package org.klatsch.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.dtls.SrtpProfile;
import org.klatsch.media.AudioDelivery;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.RtpSender;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.srtp.SrtpDropReason;
import org.klatsch.srtp.SrtpSuite;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Realm;
import org.klatsch.testkit.Seeds;
import org.klatsch.testkit.Simulation;

/// Audio calls between whole sessions over a simulated network.
final class SessionMediaTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final LinkOptions LINK = LinkOptions.PERFECT.delayMillis(20);

  private static MediaPeer[] pair(Simulation simulation, LinkOptions link) {
    return pair(simulation, link, UnaryOperator.identity());
  }

  private static MediaPeer[] pair(
      Simulation simulation, LinkOptions link, UnaryOperator<SessionOptions> options) {
    Realm internet = simulation.network().internet();
    return MediaPeer.pair(
        simulation, internet.host("192.0.2.1", link), internet.host("198.51.100.7", link), options);
  }

  private static void connect(Simulation simulation, MediaPeer[] pair) {
    pair[0].start();
    pair[1].start();
    assertThat(simulation.runUntil(() -> pair[0].connected() && pair[1].connected(), LIMIT))
        .as("connected, seed " + simulation.seed())
        .isTrue();
  }

  /// Both talk and listen.
  private static void talk(Simulation simulation, MediaPeer[] pair, int frames) {
    for (MediaPeer peer : pair) {
      peer.listen();
      peer.talk(frames);
    }
    simulation.runFor(Duration.ofMillis(20L * frames + 1_000));
  }

  private static long dropped(MediaPeer peer) {
    long sum = 0;
    for (SrtpDropReason reason : SrtpDropReason.values()) {
      sum += peer.session.counters().srtpReceiveDropped(reason);
      sum += peer.session.counters().srtpSendDropped(reason);
    }
    return sum;
  }

  private static void assertHeard(MediaPeer listener, MediaPeer talker) {
    assertThat(listener.received)
        .as("seed " + listener.simulation.seed())
        .usingElementComparator(Arrays::compare)
        .containsExactlyElementsOf(talker.sent);
  }

  @ParameterizedTest
  @EnumSource(
      value = SrtpProfile.class,
      names = {
        "SRTP_AES128_CM_HMAC_SHA1_80",
        "SRTP_AES128_CM_HMAC_SHA1_32",
        "SRTP_AEAD_AES_128_GCM",
        "SRTP_AEAD_AES_256_GCM"
      })
  void carriesAudioUnderEveryProfile(SrtpProfile profile) {
    Simulation simulation = new Simulation(1);
    MediaPeer[] pair =
        pair(simulation, LINK, options -> options.withSrtpProfiles(List.of(profile)));
    connect(simulation, pair);
    talk(simulation, pair, 250);
    for (MediaPeer peer : pair) {
      assertThat(peer.sent).hasSize(250);
      assertThat(dropped(peer)).isZero();
      assertThat(peer.session.counters().unexpectedDropped()).isZero();
      assertThat(peer.media().suite())
          .isEqualTo(
              switch (profile) {
                case SRTP_AES128_CM_HMAC_SHA1_80 -> SrtpSuite.AES_CM_128_HMAC_SHA1_80;
                case SRTP_AES128_CM_HMAC_SHA1_32 -> SrtpSuite.AES_CM_128_HMAC_SHA1_32;
                case SRTP_AEAD_AES_128_GCM -> SrtpSuite.AEAD_AES_128_GCM;
                default -> SrtpSuite.AEAD_AES_256_GCM;
              });
      assertThat(peer.media().transport().counters().rtcpPacketsReceived()).isPositive();
    }
    assertHeard(pair[0], pair[1]);
    assertHeard(pair[1], pair[0]);
  }

  @Test
  void prefersGcm() {
    Simulation simulation = new Simulation(1);
    MediaPeer[] pair = pair(simulation, LINK);
    connect(simulation, pair);
    assertThat(pair[0].media().suite()).isEqualTo(SrtpSuite.AEAD_AES_128_GCM);
  }

  /// What arrives is what was sent, each frame once; what is missing was lost on the way.
  @Test
  void carriesAudioOverALossyReorderingDuplicatingLink() {
    LinkOptions bad = LINK.loss(0.1).duplicate(0.05).reorder(0.05, Duration.ofMillis(30));
    Seeds.forEach(
        10,
        seed -> {
          Simulation simulation = new Simulation(seed);
          MediaPeer[] pair = pair(simulation, bad);
          connect(simulation, pair);
          talk(simulation, pair, 200);
          for (int i = 0; i < 2; i++) {
            MediaPeer talker = pair[i];
            MediaPeer listener = pair[1 - i];
            assertThat(listener.received.size()).isBetween(140, talker.sent.size());
            assertThat(talker.sent)
                .usingElementComparator(Arrays::compare)
                .containsAll(listener.received);
            assertThat(listener.received)
                .usingElementComparator(Arrays::compare)
                .doesNotHaveDuplicates();
            // Duplicates of the network are replays to SRTP.
            assertThat(listener.session.counters().srtpReceiveDropped(SrtpDropReason.REPLAYED))
                .isPositive();
            assertThat(dropped(listener))
                .isEqualTo(listener.session.counters().srtpReceiveDropped(SrtpDropReason.REPLAYED));
          }
        });
  }

  /// The server's last flight is late; its media is there before and waits for the keys.
  @Test
  void keepsMediaThatComesBeforeTheHandshakeIsComplete() {
    long[] kept = {0};
    Seeds.forEach(
        20,
        seed -> {
          Simulation simulation = new Simulation(seed);
          MediaPeer[] pair = pair(simulation, LINK.reorder(0.5, Duration.ofMillis(60)));
          talkOnceTheClientIsReady(simulation, pair);
          assertThat(pair[1].received)
              .as("seed " + seed)
              .usingElementComparator(Arrays::compare)
              .containsExactlyInAnyOrderElementsOf(pair[0].sent);
          assertThat(pair[1].session.counters().earlyMediaDropped()).isZero();
          assertThat(pair[1].session.counters().unexpectedDropped()).isZero();
          kept[0] += pair[1].session.counters().earlyMediaKept();
        });
    assertThat(kept[0]).isPositive();
  }

  @Test
  void keepsNoMoreEarlyMediaThanItsOptionsSay() {
    long[] dropped = {0};
    Seeds.forEach(
        20,
        seed -> {
          Simulation simulation = new Simulation(seed);
          MediaPeer[] pair =
              pair(
                  simulation,
                  LINK.reorder(0.5, Duration.ofMillis(60)),
                  options -> options.withMaxEarlyMedia(1, 1_500));
          talkOnceTheClientIsReady(simulation, pair);
          SessionCounters counters = pair[1].session.counters();
          assertThat(counters.earlyMediaKept()).isLessThanOrEqualTo(1);
          dropped[0] += counters.earlyMediaDropped();
        });
    assertThat(dropped[0]).isPositive();
  }

  /// In DTLS 1.3 the client is ready before the server.
  private static void talkOnceTheClientIsReady(Simulation simulation, MediaPeer[] pair) {
    pair[1].start();
    pair[0].start();
    pair[1].listen();
    assertThat(simulation.runUntil(() -> pair[0].connected(), LIMIT)).isTrue();
    pair[0].talk(10);
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(pair[1].connected()).isTrue();
  }

  @Test
  void addsAudioToASessionWithDataAndTakesItAway() {
    Simulation simulation = new Simulation(3);
    MediaPeer[] pair = pair(simulation, LINK);
    for (MediaPeer peer : pair) {
      peer.withData().audio(false);
    }
    connect(simulation, pair);
    assertThat(pair[0].session.media()).isNull();
    for (MediaPeer peer : pair) {
      peer.audio(true).apply();
    }
    talk(simulation, pair, 50);
    assertHeard(pair[0], pair[1]);
    assertHeard(pair[1], pair[0]);
    for (MediaPeer peer : pair) {
      assertThat(peer.session.channels()).isNotNull();
      peer.audio(false).apply();
      assertThat(peer.media().sender(MediaPeer.MID)).isNull();
      assertThat(peer.media().transport().senders()).isEmpty();
      assertThat(peer.media().transport().receivers()).isEmpty();
    }
  }

  @Test
  void keepsStreamsThroughAHold() {
    Simulation simulation = new Simulation(4);
    MediaPeer[] pair = pair(simulation, LINK);
    connect(simulation, pair);
    talk(simulation, pair, 20);
    pair[0].direction(DirectionAttribute.SENDONLY);
    pair[1].direction(DirectionAttribute.RECVONLY);
    talk(simulation, pair, 20);
    assertThat(pair[0].sent).hasSize(40);
    assertThat(pair[1].sent).hasSize(20);
    pair[0].direction(DirectionAttribute.SENDRECV);
    pair[1].direction(DirectionAttribute.SENDRECV);
    talk(simulation, pair, 20);
    assertHeard(pair[0], pair[1]);
    assertHeard(pair[1], pair[0]);
    assertThat(pair[1].sent).hasSize(40);
    assertThat(dropped(pair[0]) + dropped(pair[1])).isZero();
  }

  @Test
  void dropsForgedMediaAndMediaOfStrangers() {
    Simulation simulation = new Simulation(5);
    MediaPeer[] pair = pair(simulation, LINK);
    connect(simulation, pair);
    byte[] forged = new byte[100];
    forged[0] = (byte) 0x80;
    forged[1] = 111;
    byte[] report = forged.clone();
    report[1] = (byte) 200;
    long now = simulation.now();
    MediaPeer victim = pair[0];
    victim.driver.act(() -> {
      for (byte[] packet : List.of(forged, report)) {
        victim.session.handlePacket(
            now,
            victim.host.address(40_000),
            pair[1].host.address(40_000),
            0,
            packet.clone(),
            0,
            packet.length);
        victim.session.handlePacket(
            now,
            victim.host.address(40_000),
            pair[1].host.address(666),
            0,
            packet.clone(),
            0,
            packet.length);
      }
    });
    SessionCounters counters = victim.session.counters();
    assertThat(counters.srtpReceiveDropped(SrtpDropReason.AUTHENTICATION_FAILED)).isEqualTo(2);
    assertThat(counters.strangersDropped()).isEqualTo(2);
    talk(simulation, pair, 20);
    assertHeard(pair[0], pair[1]);
  }

  @Test
  void saysGoodbyeWhenItCloses() {
    Simulation simulation = new Simulation(6);
    MediaPeer[] pair = pair(simulation, LINK);
    connect(simulation, pair);
    talk(simulation, pair, 20);
    pair[0].driver.act(() -> pair[0].session.close(simulation.now()));
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(pair[0].events.getLast()).isInstanceOf(SessionEvent.Closed.class);
    assertThat(pair[1].events)
        .anyMatch(event ->
            event instanceof SessionEvent.Media media
                && media.event() instanceof MediaEvent.StreamEnded);
    assertThat(pair[1].session.dtlsState()).isEqualTo(DtlsState.CLOSED);
  }

  /// From descriptions to frames: audio alone at first, data channels added later.
  @Test
  void carriesAudioThatDescriptionsAgreedOn() {
    Simulation simulation = new Simulation(7);
    Realm internet = simulation.network().internet();
    SessionPeer[] pair =
        SessionPeer.pair(
            simulation,
            internet.host("192.0.2.1", LINK),
            internet.host("198.51.100.7", LINK),
            Duration.ofMillis(30));
    pair[0].addAudio();
    pair[1].addAudio();
    pair[0].offerAgain();
    assertThat(
            simulation.runUntil(
                () ->
                    pair[0].session.dtlsState() == DtlsState.CONNECTED
                        && pair[1].session.dtlsState() == DtlsState.CONNECTED,
                LIMIT))
        .isTrue();
    assertThat(pair[0].session.channels()).isNull();
    for (int i = 0; i < 2; i++) {
      SessionPeer talker = pair[i];
      SessionPeer listener = pair[1 - i];
      byte[] payload = {(byte) 0xf8, 1, 2, 3, (byte) i};
      MediaParameters agreed = listener.jsep.parameters().media().getFirst();
      listener.driver.act(() ->
          Objects.requireNonNull(
                  Objects.requireNonNull(listener.session.media()).receiver(agreed.mid()))
              .delivery(AudioDelivery.ARRIVAL));
      talker.driver.act(() -> {
        RtpSender sender =
            Objects.requireNonNull(
                Objects.requireNonNull(talker.session.media()).sender(agreed.mid()));
        long now = simulation.now();
        assertThat(
                sender.send(
                    now,
                    EncodedAudioFrame.of(
                        agreed.receive().codecs().getFirst(), payload, 0, 960, now)))
            .isTrue();
      });
      simulation.runFor(Duration.ofMillis(500));
      assertThat(listener.events)
          .anyMatch(event ->
              event instanceof SessionEvent.Media(MediaEvent.FrameReceived frame)
                  && Arrays.equals(frame.frame().payload(), payload));
    }
    pair[1].offer();
    assertThat(simulation.runUntil(() -> pair[0].connected() && pair[1].connected(), LIMIT))
        .isTrue();
  }
}
