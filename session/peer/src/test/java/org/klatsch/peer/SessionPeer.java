package org.klatsch.peer;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.dtls.DtlsOptions;
import org.klatsch.dtls.KeyType;
import org.klatsch.dtls.ProtocolVersion;
import org.klatsch.ice.GatheringState;
import org.klatsch.ice.IceEvent;
import org.klatsch.ice.IceState;
import org.klatsch.ice.NetworkKind;
import org.klatsch.media.MediaKind;
import org.klatsch.peer.jsep.Jsep;
import org.klatsch.peer.jsep.JsepException;
import org.klatsch.peer.jsep.JsepOptions;
import org.klatsch.peer.jsep.MediaCapabilities;
import org.klatsch.peer.jsep.SdpType;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sctp.SctpAssociation;
import org.klatsch.sctp.SctpOptions;
import org.klatsch.sctp.dcep.ChannelOptions;
import org.klatsch.sctp.dcep.DataChannel;
import org.klatsch.sctp.dcep.DataChannelEvent;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.MalformedSdpException;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.Simulation;

/// One end of a call in virtual time: a session with the Jsep that feeds it, on a simulated host,
/// signalling to the other end with a delay.
final class SessionPeer {
  private static final DtlsCertificate CERTIFICATE_A = certificate();
  private static final DtlsCertificate CERTIFICATE_B = certificate();

  final Simulation simulation;
  final Host host;
  final Jsep jsep;
  final Session session;
  final Simulation.Peer<SessionEvent> driver;
  final List<SessionEvent> events = new ArrayList<>();
  final Map<Integer, List<byte[]>> received = new HashMap<>();
  final Map<Integer, DataChannel> channels = new HashMap<>();
  final List<DataChannel> closed = new ArrayList<>();
  private final Duration signallingDelay;
  private SessionPeer other = this;
  private Runnable onAnswer = () -> {};
  private String gatheredFor = "";
  private final List<Runnable> onChannel = new ArrayList<>();
  boolean consume = true;

  /// When the first answer was made; -1 before.
  long answeredAt = -1;

  /// When the first channel was open at this end; -1 before.
  long openAt = -1;

  IceState iceState = IceState.NEW;

  private static DtlsCertificate certificate() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    return DtlsCertificate.generate(
        KeyType.ECDSA_P256, now, now.plus(Duration.ofDays(36_500)), new SecureRandom());
  }

  /// How one end sets a connection up.
  record Settings(
      List<ProtocolVersion> versions, ExtensionUse snap, ExtensionUse sped, DtlsRole answerRole) {
    static final Settings DEFAULT =
        new Settings(
            DtlsOptions.DEFAULT_VERSIONS,
            ExtensionUse.ANSWER,
            ExtensionUse.ANSWER,
            DtlsRole.CLIENT);

    Settings withVersion(ProtocolVersion version) {
      return new Settings(List.of(version), snap, sped, answerRole);
    }

    Settings withSnap(ExtensionUse use) {
      return new Settings(versions, use, sped, answerRole);
    }

    Settings withSped(ExtensionUse use) {
      return new Settings(versions, snap, use, answerRole);
    }

    Settings withAnswerRole(DtlsRole role) {
      return new Settings(versions, snap, sped, role);
    }
  }

  private SessionPeer(
      Simulation simulation,
      Host host,
      Duration signallingDelay,
      DtlsCertificate certificate,
      Settings settings) {
    this.simulation = simulation;
    this.host = host;
    this.signallingDelay = signallingDelay;
    // Keys are no part of a run's course: packets have the same lengths whatever they are.
    SecureRandom random = new SecureRandom();
    // A small send buffer, so that messages have to wait for it.
    SctpOptions sctp = SctpOptions.defaults().toBuilder().sendBufferLimit(500_000).build();
    String init =
        settings.snap == ExtensionUse.OFF
            ? null
            : Base64.getEncoder().encodeToString(SctpAssociation.newInit(sctp, random));
    this.jsep =
        new Jsep(
            JsepOptions.of(
                    List.of(
                        new DtlsFingerprint("sha-256", certificate.fingerprint("sha-256").value())))
                .withSctpInit(init, settings.snap == ExtensionUse.OFFER)
                .withDtlsInStun(settings.sped)
                .withAnswerRole(settings.answerRole)
                .withMedia(MediaCapabilities.standard()),
            random);
    this.session =
        new Session(
            SessionOptions.of(List.of(certificate))
                .withSctp(sctp)
                .withSctpInit(init)
                .withDtlsVersions(settings.versions)
                .withDtlsInStun(settings.sped),
            random);
    this.driver = simulation.add(host, session, session::handlePacket, this::handle);
  }

  /// Two ends; `a` makes the offers.
  static SessionPeer[] pair(Simulation simulation, Host a, Host b, Duration signallingDelay) {
    return pair(simulation, a, b, signallingDelay, Settings.DEFAULT, Settings.DEFAULT);
  }

  /// The same with other settings for each.
  static SessionPeer[] pair(
      Simulation simulation, Host a, Host b, Duration signallingDelay, Settings ofA, Settings ofB) {
    SessionPeer first = new SessionPeer(simulation, a, signallingDelay, CERTIFICATE_A, ofA);
    SessionPeer second = new SessionPeer(simulation, b, signallingDelay, CERTIFICATE_B, ofB);
    first.other = second;
    second.other = first;
    return new SessionPeer[] {first, second};
  }

  /// Offers data channels.
  void offer() {
    driver.act(jsep::requestDataChannels);
    offerAgain();
  }

  /// Wants to send audio with the next offer or answer.
  void addAudio() {
    driver.act(() -> jsep.addTrack(MediaKind.AUDIO, "track", List.of("stream")));
  }

  /// Offers what is wanted by now.
  void offerAgain() {
    driver.act(() -> {
      try {
        String sdp = jsep.setLocalDescription().sdp();
        applyLocal();
        signal(() -> other.answer(sdp));
      } catch (JsepException e) {
        throw new AssertionError(e);
      }
    });
  }

  private void answer(String sdp) {
    driver.act(() -> {
      try {
        jsep.setRemoteDescription(SdpType.OFFER, sdp);
        String answer = jsep.setLocalDescription().sdp();
        answeredAt = simulation.now();
        applyLocal();
        signal(() -> other.answered(answer));
      } catch (JsepException e) {
        throw new AssertionError(e);
      }
    });
  }

  private void answered(String sdp) {
    driver.act(() -> {
      try {
        jsep.setRemoteDescription(SdpType.ANSWER, sdp);
        session.apply(simulation.now(), jsep.parameters());
      } catch (JsepException e) {
        throw new AssertionError(e);
      }
    });
    onAnswer.run();
  }

  /// Does something as soon as an answer is taken.
  void onAnswer(Runnable body) {
    onAnswer = body;
  }

  private void applyLocal() {
    long now = simulation.now();
    SessionParameters parameters = jsep.parameters();
    session.apply(now, parameters);
    String fragment = parameters.transports().getFirst().localIce().usernameFragment();
    if (!fragment.equals(gatheredFor)) {
      boolean first = gatheredFor.isEmpty();
      gatheredFor = fragment;
      if (first) {
        int port = 40_000;
        for (TransportAddress address : host.addresses()) {
          session.ice().addLocalAddress(now, address.withPort(port++), NetworkKind.ETHERNET, 0);
        }
      }
      session.ice().startGathering(now);
    }
  }

  private void signal(Runnable message) {
    simulation.after(signallingDelay, message);
  }

  private void handle(SessionEvent event) {
    events.add(event);
    switch (event) {
      case SessionEvent.WorkRequested e -> {
        e.work().run();
        session.handleWorkDone(simulation.now(), e.work());
      }
      case SessionEvent.Ice e -> handleIce(e.event());
      case SessionEvent.Channels e -> handleChannel(e.event());
      default -> {}
    }
  }

  private void handleIce(IceEvent event) {
    String mid = jsep.parameters().transports().getFirst().mid();
    switch (event) {
      case IceEvent.LocalCandidateGathered e -> {
        try {
          jsep.addLocalCandidate(
              mid, e.ufrag(), CandidateAttribute.parse(e.candidate().toString()));
        } catch (MalformedSdpException bad) {
          throw new AssertionError(bad);
        }
        trickle(e.candidate().toString(), mid, e.ufrag());
      }
      case IceEvent.GatheringStateChanged e -> {
        if (e.state() == GatheringState.COMPLETE) {
          trickle("", mid, gatheredFor);
        }
      }
      case IceEvent.StateChanged e -> iceState = e.state();
      default -> {}
    }
  }

  private void trickle(String candidate, String mid, String fragment) {
    signal(() ->
        other.driver.act(() -> {
          try {
            other.jsep.addIceCandidate(candidate, mid, null, fragment);
            other.session.apply(simulation.now(), other.jsep.parameters());
          } catch (JsepException e) {
            throw new AssertionError(e);
          }
        }));
  }

  private void noteOpen() {
    openAt = openAt < 0 ? simulation.now() : openAt;
  }

  private void handleChannel(DataChannelEvent event) {
    switch (event) {
      case DataChannelEvent.Announced e -> {
        noteOpen();
        channels.put(e.channel().id(), e.channel());
      }
      case DataChannelEvent.Opened e -> {
        noteOpen();
        channels.put(e.channel().id(), e.channel());
        onChannel.forEach(Runnable::run);
      }
      case DataChannelEvent.Message e -> {
        received.computeIfAbsent(e.channel().id(), _ -> new ArrayList<>()).add(e.data());
        if (consume) {
          session.consumed(simulation.now(), e.windowBytes());
        }
      }
      case DataChannelEvent.Closed e -> closed.add(e.channel());
      default -> {}
    }
  }

  DataChannel open(String label, ChannelOptions options) {
    DataChannel[] made = new DataChannel[1];
    driver.act(() -> made[0] = session.openChannel(simulation.now(), label, options));
    return made[0];
  }

  void send(DataChannel channel, byte[] message) {
    driver.act(
        () -> session.send(simulation.now(), channel, false, message.clone(), 0, message.length));
  }

  boolean connected() {
    return session.dtlsState() == DtlsState.CONNECTED
        && events.stream()
            .anyMatch(e ->
                e instanceof SessionEvent.Channels c
                    && c.event() instanceof DataChannelEvent.Connected);
  }
}
