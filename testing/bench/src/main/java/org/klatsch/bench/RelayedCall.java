package org.klatsch.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.UdpRelay;
import org.klatsch.webrtc.AudioEncodingOptions;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCRtpCapabilities;
import org.klatsch.webrtc.RTCRtpSender;
import org.klatsch.webrtc.RTCRtpTransceiver;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// A call of Opus between two connections of this process, through a link that delays and loses.
final class RelayedCall implements AutoCloseable {
  static final int RATE = 16_000;

  private static final Pattern CANDIDATE =
      Pattern.compile("a=candidate:\\S+ 1 (?i:udp) \\d+ (127\\.0\\.0\\.1) (\\d+) typ host[^\r\n]*");
  private static final Pattern ANY_CANDIDATE = Pattern.compile("a=candidate:[^\r\n]*");

  /// What is heard at an end.
  interface Ear extends Consumer<AudioFrame> {}

  final RTCPeerConnection near;
  final RTCPeerConnection far;
  final AudioTrackSource nearVoice = new AudioTrackSource(RATE, 1);
  final AudioTrackSource farVoice = new AudioTrackSource(RATE, 1);
  private final LinkOptions link;
  private final long seed;
  private @Nullable UdpRelay relay;
  private volatile @Nullable AudioTrackSink nearSink;
  private volatile @Nullable AudioTrackSink farSink;

  /// @param red whether redundancy of RFC 2198 may be negotiated
  /// @param fec whether Opus may carry its own redundancy
  RelayedCall(
      PeerConnectionFactory factory,
      LinkOptions link,
      long seed,
      boolean red,
      boolean fec,
      Ear nearEar,
      Ear farEar) {
    this.link = link;
    this.seed = seed;
    near = factory.createPeerConnection();
    far = factory.createPeerConnection();
    near.onTrack(event -> nearSink = new AudioTrackSink(event.track(), RATE, 1, nearEar));
    far.onTrack(event -> farSink = new AudioTrackSink(event.track(), RATE, 1, farEar));
    AudioEncodingOptions options = AudioEncodingOptions.DEFAULT.withInbandFec(fec);
    near.addTrack(nearVoice.track()).audioEncoding(options);
    far.addTrack(farVoice.track()).audioEncoding(options);
    prefer(near, red);
    prefer(far, red);
  }

  private static void prefer(RTCPeerConnection connection, boolean red) {
    RTCRtpCapabilities all = RTCRtpSender.getCapabilities("audio");
    if (all == null) {
      throw new IllegalStateException("no audio codecs");
    }
    for (RTCRtpTransceiver each : connection.getTransceivers()) {
      each.setCodecPreferences(
          all.codecs().stream()
              .filter(c ->
                  c.mimeType().equalsIgnoreCase("audio/opus")
                      || red && c.mimeType().equalsIgnoreCase("audio/red"))
              .toList());
    }
  }

  /// Connects through the link.
  ///
  /// @return when the answer came, as `System.nanoTime` tells it
  long connect() throws Exception {
    await(near.setLocalDescription());
    // The far side learns the near one only by the checks that come through the link.
    await(far.setRemoteDescription(description(near, RTCSdpType.OFFER, "")));
    CompletableFuture<Void> gathered = new CompletableFuture<>();
    far.onIceGatheringStateChange(_ -> {
      if (far.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
        gathered.complete(null);
      }
    });
    await(far.setLocalDescription());
    if (far.iceGatheringState() != RTCIceGatheringState.COMPLETE) {
      await(gathered);
    }
    var answer = far.localDescription();
    Matcher candidate = CANDIDATE.matcher(answer == null ? "" : answer.sdp());
    if (!candidate.find()) {
      throw new IOException("no candidate of 127.0.0.1 in the answer");
    }
    InetSocketAddress target =
        new InetSocketAddress(
            InetAddress.getByName(candidate.group(1)), Integer.parseInt(candidate.group(2)));
    UdpRelay between = UdpRelay.open(target, link, link, seed);
    relay = between;
    String through =
        candidate
            .group()
            .replace(" " + target.getPort() + " typ", " " + between.address().getPort() + " typ");
    long answered = System.nanoTime();
    await(near.setRemoteDescription(description(far, RTCSdpType.ANSWER, through)));
    return answered;
  }

  /// A description with one candidate, or none.
  private static RTCSessionDescriptionInit description(
      RTCPeerConnection of, RTCSdpType type, String candidate) throws IOException {
    var local = of.localDescription();
    if (local == null) {
      throw new IOException("no local description");
    }
    boolean[] written = new boolean[1];
    String sdp =
        ANY_CANDIDATE
            .matcher(local.sdp())
            .replaceAll(_ -> {
              if (written[0] || candidate.isEmpty()) {
                return "a=x-none";
              }
              written[0] = true;
              return Matcher.quoteReplacement(candidate);
            });
    return new RTCSessionDescriptionInit(type, sdp);
  }

  private static void await(CompletableFuture<?> future) throws Exception {
    future.get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    for (AudioTrackSink sink : new @Nullable AudioTrackSink[] {nearSink, farSink}) {
      if (sink != null) {
        sink.close();
      }
    }
    nearVoice.close();
    farVoice.close();
    near.close();
    far.close();
    UdpRelay between = relay;
    if (between != null) {
      try {
        between.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
