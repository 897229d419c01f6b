package org.klatsch.server.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.RtpReceiver;
import org.klatsch.net.LoopOptions;
import org.klatsch.peer.jsep.JsepException;
import org.klatsch.peer.jsep.Transceiver;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

final class LegTest {
  private final Clients clients = new Clients();
  private MediaServer media = server();

  private static MediaServer server() {
    try {
      // Two loops, so that subscribers live on the publisher's and on another one.
      return MediaServer.start(
          "127.0.0.1",
          0,
          MediaOptions.DEFAULT.withLoops(LoopOptions.DEFAULT.with().loops(2).build()));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void start() {
    media.close();
    media = server();
  }

  @AfterEach
  void stop() {
    clients.close();
    media.close();
  }

  /// Publishes all that comes.
  private static final class Source implements LegListener {
    final List<PublishedTrack> tracks = new ArrayList<>();
    final CompletableFuture<List<PublishedTrack>> negotiated = new CompletableFuture<>();
    final LinkedBlockingQueue<LegState> states = new LinkedBlockingQueue<>();

    @Override
    public void negotiated(Leg leg) {
      for (Transceiver each : leg.jsep().transceivers()) {
        RtpReceiver receiver = leg.receiver(String.valueOf(each.mid()));
        if (receiver != null && tracks.stream().noneMatch(track -> track.isOf(receiver))) {
          tracks.add(new PublishedTrack(leg, receiver, receiver.parameters().codecs().getFirst()));
        }
      }
      negotiated.complete(List.copyOf(tracks));
    }

    @Override
    public void media(Leg leg, MediaEvent event) {
      if (event instanceof MediaEvent.FrameReceived frame) {
        tracks.stream()
            .filter(track -> track.isOf(frame.receiver()))
            .forEach(track -> track.frame(frame.frame()));
      }
    }

    @Override
    public void stateChanged(Leg leg, LegState state) {
      states.add(state);
    }
  }

  /// Subscribes to all tracks.
  private static final class Viewer implements LegListener {
    private final List<PublishedTrack> tracks;
    private final ConcurrentHashMap<String, Subscription> subscriptions = new ConcurrentHashMap<>();

    Viewer(List<PublishedTrack> tracks) {
      this.tracks = tracks;
    }

    @Override
    public void offered(Leg leg) {
      for (PublishedTrack track : tracks) {
        leg.jsep().addTrack(track.kind(), track.kind().toString(), List.of("stream"));
      }
    }

    @Override
    public void negotiated(Leg leg) {
      for (Transceiver each : leg.jsep().transceivers()) {
        for (PublishedTrack track : tracks) {
          if (track.kind() == each.kind()) {
            subscriptions.computeIfAbsent(
                String.valueOf(each.mid()), mid -> track.subscribe(leg, mid));
          }
        }
      }
    }

    @Override
    public void stateChanged(Leg leg, LegState state) {
      if (state == LegState.CONNECTED) {
        subscriptions.values().forEach(Subscription::requestKeyFrame);
      } else if (state.isEnd()) {
        subscriptions.values().forEach(Subscription::close);
      }
    }

    @Override
    public void media(Leg leg, MediaEvent event) {
      if (event instanceof MediaEvent.KeyFrameRequested) {
        subscriptions.values().forEach(Subscription::requestKeyFrame);
      }
    }
  }

  private static void connect(RTCPeerConnection connection, Leg leg) throws Exception {
    String answer =
        leg.answer(Clients.offer(connection)).get(Clients.PATIENCE_SECONDS, TimeUnit.SECONDS);
    connection
        .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer))
        .get(Clients.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void forwardsSoundAndPicturesToSeveralSubscribersEachBeginningWithAKeyFrame() throws Exception {
    Source source = new Source();
    try (Clients.Publisher publisher = clients.publisher()) {
      connect(publisher.connection, media.leg(source));
      List<PublishedTrack> tracks = source.negotiated.get(30, TimeUnit.SECONDS);
      assertThat(tracks).hasSize(2);
      List<Clients.Player> players = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Clients.Player player = clients.player();
        players.add(player);
        connect(player.connection, media.leg(new Viewer(tracks)));
      }
      for (Clients.Player player : players) {
        EncodedVideoFrame first = (EncodedVideoFrame) player.video.poll(30, TimeUnit.SECONDS);
        assertThat(first).isNotNull();
        assertThat(first.keyFrame()).isTrue();
        player.awaitFrames(20);
      }
      assertThat(tracks).allMatch(track -> track.subscribers() == 3);
      players.forEach(Clients.Player::close);
    }
    // The publisher says goodbye, RFC 8446 §6.1.
    LegState last = LegState.NEW;
    while (!last.isEnd()) {
      last = source.states.poll(30, TimeUnit.SECONDS);
      assertThat(last).isNotNull();
    }
    assertThat(last).isEqualTo(LegState.CLOSED);
  }

  @Test
  void restartsIceWithAFragment() throws Exception {
    Source source = new Source();
    try (Clients.Publisher publisher = clients.publisher()) {
      Leg leg = media.leg(source);
      connect(publisher.connection, leg);
      while (leg.state() != LegState.CONNECTED) {
        assertThat(source.states.poll(30, TimeUnit.SECONDS)).isNotNull();
      }
      publisher.connection.restartIce();
      String offer = Clients.offer(publisher.connection);
      SdpFragment fragment = SdpFragment.parse(SdpFragment.of(offer));
      String answer =
          leg.restart(
                  String.valueOf(fragment.usernameFragment()), String.valueOf(fragment.password()))
              .get(30, TimeUnit.SECONDS);
      SdpFragment ours = SdpFragment.parse(SdpFragment.of(answer));
      assertThat(ours.usernameFragment()).isNotEqualTo(fragment.usernameFragment());
      assertThat(ours.candidates()).isNotEmpty();
      for (SdpFragment.Candidate each : fragment.candidates()) {
        leg.candidate(each.candidate(), each.mid(), fragment.usernameFragment())
            .get(30, TimeUnit.SECONDS);
      }
      CompletableFuture<Void> changed = new CompletableFuture<>();
      publisher
          .connection
          .getTransceivers()
          .getFirst()
          .sender()
          .transport()
          .iceTransport()
          .onSelectedCandidatePairChange(_ -> changed.complete(null));
      publisher
          .connection
          .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer))
          .get(30, TimeUnit.SECONDS);
      changed.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void refusesWhatIsNoOfferAndWhatHasNothingInCommon() {
    Leg leg = media.leg(new LegListener() {});
    assertThatThrownBy(() -> leg.answer("nonsense").get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(JsepException.class);
    String strange =
        """
        v=0
        o=- 1 1 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=group:BUNDLE 0
        a=ice-ufrag:abcd
        a=ice-pwd:abcdefghijklmnopqrstuvwx
        a=fingerprint:sha-256 %s
        a=setup:actpass
        m=audio 9 UDP/TLS/RTP/SAVPF 100
        c=IN IP4 0.0.0.0
        a=mid:0
        a=rtcp-mux
        a=rtpmap:100 strange/8000
        """
            .formatted("AA:".repeat(31) + "AA");
    assertThatThrownBy(() -> leg.answer(strange).get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(LegRefusedException.class);
  }

  @Test
  void givesUpAPeerThatNeverConnects() throws Exception {
    try (MediaServer impatient =
            MediaServer.start(
                "127.0.0.1", 0, MediaOptions.DEFAULT.withSetUp(java.time.Duration.ofMillis(50)));
        Clients.Publisher publisher = clients.publisher()) {
      CompletableFuture<LegState> ended = new CompletableFuture<>();
      Leg leg =
          impatient.leg(
              new LegListener() {
                @Override
                public void stateChanged(Leg of, LegState state) {
                  if (state.isEnd()) {
                    ended.complete(state);
                  }
                }
              });
      String offer = Clients.offer(publisher.connection);
      try {
        leg.answer(offer).get(30, TimeUnit.SECONDS);
      } catch (java.util.concurrent.ExecutionException late) {
        assertThat(late).hasCauseInstanceOf(LegRefusedException.class);
      }
      assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo(LegState.FAILED);
      assertThat(impatient.legs()).isZero();
    }
  }
}
