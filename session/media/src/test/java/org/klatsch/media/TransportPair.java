package org.klatsch.media;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.klatsch.rtp.NtpTime;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Simulation;

/// Two transports on a simulated network, in the clear.
final class TransportPair {
  static final RtpCodec OPUS =
      RtpCodec.of("audio/opus", 111, 48_000, 2).withParameters(Map.of("useinbandfec", "1"));
  static final RtpCodec PCMU = RtpCodec.of("audio/PCMU", 0, 8_000, 1);
  static final RtpCodec EVENTS = RtpCodec.of("audio/telephone-event", 110, 48_000, 1);
  static final RtpCodec VP8 =
      RtpCodec.of("video/VP8", 96, 90_000, 1)
          .withRtcpFeedback(
              List.of(
                  RtcpFeedback.NACK,
                  RtcpFeedback.PLI,
                  RtcpFeedback.FIR,
                  RtcpFeedback.TRANSPORT_CC,
                  RtcpFeedback.REMB));
  static final RtpCodec RTX =
      RtpCodec.of("video/rtx", 97, 90_000, 1).withParameters(Map.of("apt", "96"));
  static final RtpCodec AUDIO_RED =
      RtpCodec.of("audio/red", 63, 48_000, 2).withParameters(Map.of("111/111", ""));
  static final RtpCodec VIDEO_RED = RtpCodec.of("video/red", 118, 90_000, 1);
  static final RtpCodec RED_RTX =
      RtpCodec.of("video/rtx", 119, 90_000, 1).withParameters(Map.of("apt", "118"));
  static final RtpCodec ULPFEC = RtpCodec.of("video/ulpfec", 120, 90_000, 1);
  static final RtpCodec FLEXFEC_03 =
      RtpCodec.of("video/flexfec-03", 49, 90_000, 1)
          .withParameters(Map.of("repair-window", "10000000"));
  static final RtpCodec FLEXFEC =
      RtpCodec.of("video/flexfec", 50, 90_000, 1)
          .withParameters(Map.of("repair-window", "10000000"));
  static final RtpHeaderExtension MID =
      new RtpHeaderExtension("urn:ietf:params:rtp-hdrext:sdes:mid", 4);
  static final RtpHeaderExtension LEVEL =
      new RtpHeaderExtension("urn:ietf:params:rtp-hdrext:ssrc-audio-level", 1);
  static final RtpHeaderExtension SEND_TIME =
      new RtpHeaderExtension("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", 2);
  static final RtpHeaderExtension TRANSPORT_SEQUENCE =
      new RtpHeaderExtension(
          "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", 3);
  static final List<RtpHeaderExtension> EXTENSIONS = List.of(MID, LEVEL, SEND_TIME);

  private static final int PORT = 5_004;

  /// 2026-01-01, for the wall clock.
  private static final long EPOCH = 1_767_225_600;

  final Simulation simulation;
  final Side a;
  final Side b;

  TransportPair(long seed, LinkOptions aToB, LinkOptions bToA) {
    this(seed, aToB, bToA, RtpTransportOptions.DEFAULT);
  }

  TransportPair(long seed, LinkOptions aToB, LinkOptions bToA, RtpTransportOptions options) {
    simulation = new Simulation(seed);
    Host left = simulation.network().internet().host("192.0.2.1", aToB, LinkOptions.PERFECT);
    Host right = simulation.network().internet().host("192.0.2.2", bToA, LinkOptions.PERFECT);
    a = new Side(simulation, left, right, options, PORT);
    b = new Side(simulation, right, left, options, PORT);
  }

  /// Another session between the same hosts, which shares their links.
  static final class Flow {
    final Side a;
    final Side b;
    final RtpSender sender;
    final VideoSource source;

    private Flow(Side a, Side b, RtpSender sender, VideoSource source) {
      this.a = a;
      this.b = b;
      this.sender = sender;
      this.source = source;
    }
  }

  /// Begins another video call between the same hosts.
  Flow flow(int port, int ssrc, List<RtpHeaderExtension> extensions, long adaptiveUpTo) {
    Side from = new Side(simulation, a.host, b.host, RtpTransportOptions.DEFAULT, port);
    Side to = new Side(simulation, b.host, a.host, RtpTransportOptions.DEFAULT, port);
    connect(from, to);
    RtpSendParameters parameters = sendVideo(ssrc).withHeaderExtensions(extensions);
    RtpSender sender =
        from.transport.addSender(
            parameters.withEncodings(
                List.of(parameters.encodings().getFirst().withMaxBitrate(adaptiveUpTo))));
    to.transport.addReceiver(receiveVideo().withHeaderExtensions(extensions));
    VideoSource source = new VideoSource(simulation, from, sender, 0);
    source.adaptiveUpTo = adaptiveUpTo;
    source.run(Duration.ofMinutes(10));
    return new Flow(from, to, sender, source);
  }

  void connect() {
    connect(a, b);
  }

  private void connect(Side one, Side other) {
    for (Side side : List.of(one, other)) {
      side.act(() -> {
        side.transport.wallClock(
            simulation.now(), NtpTime.ofEpoch(EPOCH, 0) + NtpTime.ofNanos(simulation.now()));
        side.transport.connect(simulation.now());
      });
    }
  }

  static RtpSendParameters sendAudio(int ssrc) {
    return new RtpSendParameters(
        "0",
        "someone",
        MediaKind.AUDIO,
        List.of(OPUS, PCMU, EVENTS),
        EXTENSIONS,
        List.of(RtpEncoding.ofSsrc(ssrc)),
        true);
  }

  static RtpReceiveParameters receiveAudio() {
    return new RtpReceiveParameters(
        "0", MediaKind.AUDIO, List.of(OPUS, PCMU, EVENTS), EXTENSIONS, List.of(), true);
  }

  static RtpSendParameters sendVideo(int ssrc) {
    return new RtpSendParameters(
        "1",
        "someone",
        MediaKind.VIDEO,
        List.of(VP8, RTX),
        EXTENSIONS,
        List.of(RtpEncoding.ofSsrc(ssrc).withSsrcs(ssrc, ssrc + 1, 0)),
        true);
  }

  static RtpReceiveParameters receiveVideo() {
    return new RtpReceiveParameters(
        "1", MediaKind.VIDEO, List.of(VP8, RTX), EXTENSIONS, List.of(), true);
  }

  /// A packet of Opus with one frame of 20 ms, SILK without FEC, RFC 6716 §3.1.
  static byte[] opus(int number) {
    return new byte[] {8, (byte) (number >> 8), (byte) number, 1, 2, 3, 4, 5};
  }

  /// Sends a frame of 20 ms every 20 ms.
  void talk(Side side, RtpSender sender, Duration duration) {
    long end = simulation.now() + duration.toNanos();
    int[] number = {0};
    Runnable[] step = new Runnable[1];
    step[0] =
        () -> {
          if (simulation.now() >= end) {
            return;
          }
          int n = number[0]++;
          side.act(() ->
              sender.send(
                  simulation.now(),
                  EncodedAudioFrame.of(OPUS, opus(n), n * 960, 960, simulation.now())
                      .withMarker(n == 0)
                      .withLevel(30, true)));
          simulation.after(Duration.ofMillis(20), step[0]);
        };
    step[0].run();
  }

  /// One end.
  static final class Side {
    final RtpTransport transport;
    final Host host;
    final List<MediaEvent> events = new ArrayList<>();
    final List<Long> times = new ArrayList<>();
    final List<Consumer<MediaEvent>> listeners = new ArrayList<>();
    final List<byte[]> sent = new ArrayList<>();
    private final Simulation.Peer<MediaEvent> peer;

    Side(Simulation simulation, Host host, Host other, RtpTransportOptions options, int port) {
      this.host = host;
      transport = new RtpTransport(options, simulation.random());
      peer =
          simulation
              .add(
                  host,
                  transport,
                  (now, local, remote, ecn, array, offset, length) -> {
                    if (RtpPacket.isRtcp(array, offset, length)) {
                      transport.handleRtcp(now, array, offset, length);
                    } else {
                      transport.handleRtp(now, array, offset, length);
                    }
                  },
                  event -> {
                    events.add(event);
                    times.add(simulation.now());
                    listeners.forEach(listener -> listener.accept(event));
                  })
              .ports(port, port)
              .route(host.address(port), other.address(port))
              .tap(sent::add);
    }

    void act(Runnable command) {
      peer.act(command);
    }

    long bytesSent() {
      return peer.bytesSent();
    }

    <E extends MediaEvent> List<E> events(Class<E> type) {
      return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /// The frames of video received, in order.
    List<EncodedVideoFrame> videoFrames() {
      return events(MediaEvent.FrameReceived.class).stream()
          .map(MediaEvent.FrameReceived::frame)
          .filter(EncodedVideoFrame.class::isInstance)
          .map(EncodedVideoFrame.class::cast)
          .toList();
    }

    /// The longest time without a frame of video, from the first to the last, in nanoseconds.
    long longestFreeze() {
      long last = -1;
      long longest = 0;
      for (int i = 0; i < events.size(); i++) {
        if (events.get(i) instanceof MediaEvent.FrameReceived) {
          if (last >= 0) {
            longest = Math.max(longest, times.get(i) - last);
          }
          last = times.get(i);
        }
      }
      return longest;
    }

    List<byte[]> sentRtcp() {
      return sent.stream().filter(p -> RtpPacket.isRtcp(p, 0, p.length)).toList();
    }
  }
}
