package org.klatsch.bench;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.CodecProvider;
import org.klatsch.codecs.Codecs;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.webrtc.AudioEncodingOptions;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCIceCandidate;
import org.klatsch.webrtc.RTCInboundRtpStreamStats;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCRtpCapabilities;
import org.klatsch.webrtc.RTCRtpSender;
import org.klatsch.webrtc.RTCRtpTransceiver;

/// Two bots of this process that speak to each other over loopback: each gives PCM and takes PCM.
final class BotCall implements AutoCloseable {
  /// The codecs of this build, without native libraries.
  static Codecs pureJava() {
    return codecs(each -> each.preference() == 0);
  }

  /// The codecs of libraries that are installed.
  static Codecs nativeOnly() {
    return codecs(each -> each.preference() > 0);
  }

  private static Codecs codecs(Predicate<CodecProvider> wanted) {
    List<CodecProvider> providers = new ArrayList<>();
    for (CodecProvider each : ServiceLoader.load(CodecProvider.class)) {
      if (wanted.test(each)) {
        providers.add(each);
      }
    }
    return new Codecs(providers);
  }

  static PeerConnectionOptions loopback(Codecs codecs) {
    return PeerConnectionOptions.DEFAULT
        .withCodecs(codecs)
        .withInterfaces(
            InterfaceFilter.DEFAULT
                .withLoopback(true)
                .withAllowed(List.of(AddressPrefix.parse("127.0.0.0/8"))));
  }

  /// One end.
  static final class End {
    final RTCPeerConnection connection;
    final AudioTrackSource source;
    final AtomicLong heard = new AtomicLong();
    private @Nullable AudioTrackSink sink;
    private final Queue<RTCIceCandidate> early = new ArrayDeque<>();

    End(PeerConnectionFactory factory, String codec, int rateHz) {
      connection = factory.createPeerConnection();
      source = new AudioTrackSource(rateHz, 1);
      RTCRtpSender sender = connection.addTrack(source.track());
      sender.audioEncoding(AudioEncodingOptions.DEFAULT.withBitrate(24_000).withComplexity(5));
      prefer(connection, codec);
      connection.onTrack(event -> sink = new AudioTrackSink(event.track(), rateHz, 1, this::hear));
    }

    private void hear(AudioFrame frame) {
      for (short sample : frame.samples()) {
        if (sample > 100) {
          heard.incrementAndGet();
          return;
        }
      }
    }

    /// Concealed and all samples played so far.
    long[] played() {
      RTCInboundRtpStreamStats stats =
          connection.getStats().join().stream(RTCInboundRtpStreamStats.class)
              .findFirst()
              .orElse(null);
      if (stats == null || stats.totalSamplesReceived() == null) {
        return new long[2];
      }
      return new long[] {
        number(stats.concealedSamples()) - number(stats.silentConcealedSamples()),
        number(stats.totalSamplesReceived())
      };
    }

    private static long number(@Nullable Long value) {
      return value == null ? 0 : value;
    }

    void close() {
      AudioTrackSink current = sink;
      if (current != null) {
        current.close();
      }
      source.close();
      connection.close();
    }
  }

  final End a;
  final End b;

  BotCall(PeerConnectionFactory factory, String codec, int rateHz) {
    a = new End(factory, codec, rateHz);
    b = new End(factory, codec, rateHz);
    trickle(a, b);
    trickle(b, a);
  }

  private static void prefer(RTCPeerConnection connection, String codec) {
    RTCRtpCapabilities all = RTCRtpSender.getCapabilities("audio");
    if (all == null) {
      throw new IllegalStateException("no audio codecs");
    }
    for (RTCRtpTransceiver each : connection.getTransceivers()) {
      each.setCodecPreferences(
          all.codecs().stream()
              .filter(c -> c.mimeType().equalsIgnoreCase("audio/" + codec))
              .toList());
    }
  }

  private static void trickle(End from, End to) {
    from.connection.onIceCandidate(event -> {
      RTCIceCandidate candidate = event.candidate();
      if (candidate != null) {
        synchronized (to.early) {
          if (to.connection.remoteDescription() == null) {
            to.early.add(candidate);
            return;
          }
        }
        var _ = to.connection.addIceCandidate(candidate.toInit());
      }
    });
  }

  private static void drain(End end) {
    synchronized (end.early) {
      for (RTCIceCandidate each : end.early) {
        var _ = end.connection.addIceCandidate(each.toInit());
      }
      end.early.clear();
    }
  }

  /// Connects both.
  void connect() throws Exception {
    await(a.connection.setLocalDescription());
    await(b.connection.setRemoteDescription(a.connection.localDescription()));
    drain(b);
    await(b.connection.setLocalDescription());
    await(a.connection.setRemoteDescription(b.connection.localDescription()));
    drain(a);
  }

  private static void await(CompletableFuture<?> future) throws Exception {
    future.get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    a.close();
    b.close();
  }
}
