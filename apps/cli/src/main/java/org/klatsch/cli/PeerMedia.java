package org.klatsch.cli;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.fake.FrameCounter;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCCodecStats;
import org.klatsch.webrtc.RTCInboundRtpStreamStats;
import org.klatsch.webrtc.RTCOutboundRtpStreamStats;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCRemoteInboundRtpStreamStats;
import org.klatsch.webrtc.RTCRtpSender;
import org.klatsch.webrtc.RTCRtpTransceiver;
import org.klatsch.webrtc.RTCStatsReport;
import org.klatsch.webrtc.VideoTrackSink;
import tools.jackson.databind.node.ObjectNode;

/// The media of a bare peer: a tone or a picture with a counter out, and what comes decoded and
/// measured.
final class PeerMedia implements AutoCloseable {
  private static final int TONE_HZ = 440;
  private static final int RATE_HZ = 48_000;

  /// What a tone is looked for in: a quarter of a second.
  private static final int WINDOW = RATE_HZ / 4;

  private final PeerCodec codec;
  private final @Nullable SteadySound tone;
  private final MediaStreamTrack track;

  // Guarded by this.
  private @Nullable AutoCloseable sink;
  private Goertzel listening = new Goertzel(RATE_HZ, TONE_HZ);
  private int heard;
  private double toneShare;
  private final Set<Integer> counters = new HashSet<>();
  private int lastCounter = -1;
  private long pictures;

  PeerMedia(PeerCodec codec) throws CommandException, InterruptedException {
    codec.require();
    this.codec = codec;
    if (codec.isVideo()) {
      tone = null;
      track = CallDevices.testPicture();
    } else {
      SteadySound sound = SteadySound.tone(TONE_HZ);
      tone = sound;
      track = sound.trackFor("").orElseThrow();
      sound.sent();
    }
  }

  /// Sends over a connection, before the description is made that says so, and listens to it.
  void attach(RTCPeerConnection connection) {
    connection.onTrack(event -> listen(event.track()));
    RTCRtpSender sender = connection.addTrack(track);
    for (RTCRtpTransceiver each : connection.getTransceivers()) {
      if (each.sender() == sender) {
        each.setCodecPreferences(codec.preferences());
      }
    }
  }

  /// Listens before a remote description is set, whose tracks are told at once.
  void listen(RTCPeerConnection connection) {
    connection.onTrack(event -> listen(event.track()));
  }

  private synchronized void listen(MediaStreamTrack remote) {
    if (sink == null && remote.kind().equals(track.kind())) {
      sink =
          codec.isVideo()
              ? new VideoTrackSink(remote, this::look)
              : new AudioTrackSink(remote, RATE_HZ, 1, this::hear);
    }
  }

  private synchronized void look(VideoFrame frame) {
    pictures++;
    FrameCounter.read(frame)
        .ifPresent(number -> {
          counters.add(number);
          lastCounter = number;
        });
  }

  private synchronized void hear(AudioFrame frame) {
    listening.add(frame.samples(), 0, frame.samples().length);
    heard += frame.samples().length;
    if (heard >= WINDOW) {
      toneShare = Math.max(toneShare, listening.power() > 1 ? listening.share() : 0);
      listening = new Goertzel(RATE_HZ, TONE_HZ);
      heard = 0;
    }
  }

  /// What was sent and received.
  ///
  /// @param sent bytes of payload
  /// @param received bytes of payload
  /// @param flowed whether the codec that was asked for was sent and received
  record Outcome(long sent, long received, boolean flowed) {}

  /// Describes what has happened so far.
  synchronized Outcome describe(RTCStatsReport stats, ObjectNode media) {
    RTCInboundRtpStreamStats in =
        stats.stream(RTCInboundRtpStreamStats.class)
            .filter(each -> track.kind().equals(each.kind()))
            .findFirst()
            .orElse(null);
    RTCOutboundRtpStreamStats out =
        stats.stream(RTCOutboundRtpStreamStats.class)
            .filter(each -> track.kind().equals(each.kind()))
            .findFirst()
            .orElse(null);
    RTCRemoteInboundRtpStreamStats there =
        stats.stream(RTCRemoteInboundRtpStreamStats.class).findFirst().orElse(null);
    String used = in == null ? null : mimeType(stats, in.codecId());
    media.put("kind", track.kind()).put("codec", used);
    if (out != null) {
      media
          .put("codecSent", mimeType(stats, out.codecId()))
          .put("packetsSent", out.packetsSent())
          .put("framesSent", out.framesSent());
    }
    if (in != null) {
      media
          .put("packetsReceived", in.packetsReceived())
          .put("packetsLost", in.packetsLost())
          .put("jitterMs", in.jitter() == null ? null : in.jitter() * 1_000);
      if (codec.isVideo()) {
        media
            .put("framesReceived", in.framesReceived())
            .put("framesDecoded", in.framesDecoded())
            .put("framesPerSecond", in.framesPerSecond())
            .put("width", in.frameWidth())
            .put("height", in.frameHeight())
            .put("pictures", pictures)
            .put("counters", counters.size())
            .put("lastCounter", lastCounter < 0 ? null : Integer.valueOf(lastCounter));
      } else {
        media
            .put("concealedSamples", in.concealedSamples())
            .put("toneShare", Math.round(toneShare * 100) / 100.0);
      }
    }
    if (there != null && there.roundTripTime() != null) {
      media.put("roundTripMs", Math.round(there.roundTripTime() * 1e5) / 100.0);
    }
    long sent = out == null ? 0 : Objects.requireNonNullElse(out.bytesSent(), 0L);
    long received = in == null ? 0 : Objects.requireNonNullElse(in.bytesReceived(), 0L);
    return new Outcome(
        sent,
        received,
        sent > 0 && received > 0 && used != null && used.equalsIgnoreCase(codec.mimeType()));
  }

  private static @Nullable String mimeType(RTCStatsReport stats, @Nullable String codecId) {
    return codecId != null && stats.get(codecId) instanceof RTCCodecStats found
        ? found.mimeType()
        : null;
  }

  @Override
  public synchronized void close() {
    AutoCloseable open = sink;
    if (open instanceof VideoTrackSink video) {
      video.close();
    } else if (open instanceof AudioTrackSink audio) {
      audio.close();
    }
    if (tone != null) {
      tone.close();
    }
    track.stop();
  }
}
