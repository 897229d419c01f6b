package org.klatsch.peer;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.dtls.KeyType;
import org.klatsch.ice.IceEvent;
import org.klatsch.ice.NetworkKind;
import org.klatsch.media.AudioDelivery;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.media.RtpHeaderExtension;
import org.klatsch.media.RtpReceiveParameters;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.RtpSendParameters;
import org.klatsch.media.RtpSender;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.MalformedSdpException;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.Simulation;

/// One end of an audio call in virtual time, set up by parameter records alone: no SDP, no data.
final class MediaPeer {
  static final RtpCodec OPUS = RtpCodec.of("audio/opus", 111, 48_000, 2);
  static final String MID = "a";

  private static final Duration FRAME = Duration.ofMillis(20);
  private static final int FRAME_SAMPLES = 960;
  private static final RtpHeaderExtension MID_EXTENSION =
      new RtpHeaderExtension("urn:ietf:params:rtp-hdrext:sdes:mid", 4);
  private static final DtlsCertificate[] CERTIFICATES = {certificate(), certificate()};

  final Simulation simulation;
  final Host host;
  final Session session;
  final Simulation.Peer<SessionEvent> driver;
  final List<SessionEvent> events = new ArrayList<>();

  /// Payloads of frames in the order they came.
  final List<byte[]> received = new ArrayList<>();

  /// Payloads of frames that were taken for sending.
  final List<byte[]> sent = new ArrayList<>();

  private final int index;
  private final List<CandidateAttribute> candidates = new ArrayList<>();
  private DirectionAttribute direction = DirectionAttribute.SENDRECV;
  private @Nullable SctpParameters sctp;
  private boolean audio = true;
  private MediaPeer other = this;
  private int frames;

  private static DtlsCertificate certificate() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    return DtlsCertificate.generate(
        KeyType.ECDSA_P256, now, now.plus(Duration.ofDays(36_500)), new SecureRandom());
  }

  private MediaPeer(
      Simulation simulation, Host host, int index, UnaryOperator<SessionOptions> options) {
    this.simulation = simulation;
    this.host = host;
    this.index = index;
    this.session =
        new Session(
            options.apply(SessionOptions.of(List.of(CERTIFICATES[index]))), new SecureRandom());
    this.driver = simulation.add(host, session, session::handlePacket, this::handle);
  }

  /// Two ends; `a` is the DTLS client and controls ICE.
  static MediaPeer[] pair(
      Simulation simulation, Host a, Host b, UnaryOperator<SessionOptions> options) {
    MediaPeer first = new MediaPeer(simulation, a, 0, options);
    MediaPeer second = new MediaPeer(simulation, b, 1, options);
    first.other = second;
    second.other = first;
    return new MediaPeer[] {first, second};
  }

  /// Leaves out the audio section, or takes it in.
  MediaPeer audio(boolean value) {
    audio = value;
    return this;
  }

  /// Agrees on data channels too.
  MediaPeer withData() {
    sctp = new SctpParameters("d", 5000, 5000, 262_144, 262_144, null);
    return this;
  }

  /// Puts the agreement into force; the other end has to do the same.
  void start() {
    driver.act(() -> {
      long now = simulation.now();
      session.apply(now, parameters());
      int port = 40_000;
      for (TransportAddress address : host.addresses()) {
        session.ice().addLocalAddress(now, address.withPort(port++), NetworkKind.ETHERNET, 0);
      }
      session.ice().startGathering(now);
    });
  }

  void direction(DirectionAttribute value) {
    direction = value;
    apply();
  }

  void apply() {
    driver.act(() -> session.apply(simulation.now(), parameters()));
  }

  private SessionParameters parameters() {
    TransportParameters transport =
        new TransportParameters(
            MID,
            List.of(MID, "d"),
            index == 0 ? IceRole.CONTROLLING : IceRole.CONTROLLED,
            ice(index),
            ice(other.index),
            List.copyOf(other.candidates),
            false,
            dtls(index),
            dtls(other.index));
    MediaParameters media =
        new MediaParameters(MID, MediaKind.AUDIO, direction, send(), receive(), 0, 0);
    return new SessionParameters(List.of(transport), sctp, audio ? List.of(media) : List.of());
  }

  private static IceParameters ice(int of) {
    return new IceParameters("ufrag" + of, "a-password-of-22-chars-" + of, false, Set.of());
  }

  private static DtlsParameters dtls(int of) {
    return new DtlsParameters(
        of == 0 ? DtlsRole.CLIENT : DtlsRole.SERVER,
        List.of(new DtlsFingerprint("sha-256", CERTIFICATES[of].fingerprint("sha-256").value())),
        null);
  }

  private RtpSendParameters send() {
    return new RtpSendParameters(
        MID,
        "peer" + index,
        MediaKind.AUDIO,
        List.of(OPUS),
        List.of(MID_EXTENSION),
        List.of(RtpEncoding.ofSsrc(1_000 + index)),
        true);
  }

  private static RtpReceiveParameters receive() {
    return new RtpReceiveParameters(
        MID, MediaKind.AUDIO, List.of(OPUS), List.of(MID_EXTENSION), List.of(), true);
  }

  private void handle(SessionEvent event) {
    events.add(event);
    switch (event) {
      case SessionEvent.WorkRequested e -> {
        e.work().run();
        session.handleWorkDone(simulation.now(), e.work());
      }
      case SessionEvent.Ice(IceEvent.LocalCandidateGathered e) -> {
        try {
          candidates.add(CandidateAttribute.parse(e.candidate().toString()));
        } catch (MalformedSdpException bad) {
          throw new AssertionError(bad);
        }
        simulation.after(Duration.ofMillis(20), other::apply);
      }
      case SessionEvent.Media(MediaEvent.FrameReceived e) -> received.add(e.frame().payload());
      default -> {}
    }
  }

  RtpSender sender() {
    return Objects.requireNonNull(media().sender(MID));
  }

  RtpReceiver receiver() {
    return Objects.requireNonNull(media().receiver(MID));
  }

  SessionMedia media() {
    return Objects.requireNonNull(session.media());
  }

  boolean connected() {
    return session.dtlsState() == DtlsState.CONNECTED;
  }

  /// Hands every frame out when it comes.
  void listen() {
    driver.act(() -> receiver().delivery(AudioDelivery.ARRIVAL));
  }

  /// Sends a frame every 20 ms, from now on.
  void talk(int count) {
    if (count == 0) {
      return;
    }
    driver.act(() -> {
      byte[] payload = new byte[60 + simulation.random().nextInt(60)];
      for (int i = 0; i < payload.length; i++) {
        payload[i] = (byte) simulation.random().nextInt();
      }
      // A table of contents of one frame of 20 ms, RFC 6716 §3.1.
      payload[0] = (byte) 0xf8;
      EncodedAudioFrame frame =
          EncodedAudioFrame.of(
              OPUS, payload, frames++ * FRAME_SAMPLES, FRAME_SAMPLES, simulation.now());
      if (sender().send(simulation.now(), frame)) {
        sent.add(payload);
      }
    });
    simulation.after(FRAME, () -> talk(count - 1));
  }
}
