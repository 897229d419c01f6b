package org.klatsch.webrtc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpReceiveParameters;
import org.klatsch.media.RtpReceiver;

/// Receives a track, W3C WebRTC §5.3. Every method may be called on any thread.
public final class RTCRtpReceiver extends EventTarget {
  private static final double MAX_TARGET_MILLIS = 4000;

  private final Connection connection;
  private final RemoteSource source;
  private final MediaStreamTrack track;
  final @Nullable AudioReceiving audio;
  final @Nullable VideoReceiving video;

  /// What the session receives by; on the loop.
  @Nullable RtpReceiver rtp;

  /// Streams of the peer that the track is in; on the loop.
  List<MediaStream> streams = List.of();

  private volatile @Nullable RtpReceiveParameters negotiated;
  private volatile String cname = "";
  private volatile @Nullable RTCDtlsTransport transport;
  private volatile @Nullable Double jitterBufferTarget;

  /// Whether the peer may send: `[[Receptive]]`. On the loop.
  private boolean receptive;

  private boolean heard;
  private final TransformQueue transforms = new TransformQueue();
  private final StreamChoice choice;

  RTCRtpReceiver(Connection connection, String kind, String trackId) {
    this.connection = connection;
    this.source = new RemoteSource(this, kind, connection.tasks());
    this.track = new MediaStreamTrack(source, trackId);
    source.mute(true);
    boolean isAudio = kind.equals("audio");
    this.audio =
        isAudio
            ? new AudioReceiving(source, connection.options().codecs(), connection.loop())
            : null;
    this.video =
        isAudio
            ? null
            : new VideoReceiving(source, connection.options().codecs(), connection.loop()::now);
    this.choice = new StreamChoice(this::requestKeyFrame);
  }

  /// The peer's track; muted until media comes.
  public MediaStreamTrack track() {
    return track;
  }

  /// The transport; null until negotiated.
  public @Nullable RTCDtlsTransport transport() {
    return transport;
  }

  /// What can be received; null for a kind other than `audio` and `video`.
  public static @Nullable RTCRtpCapabilities getCapabilities(String kind) {
    return kind.equals("audio") || kind.equals("video")
        ? Formats.capabilities(PeerConnectionOptions.DEFAULT.media(), kind)
        : null;
  }

  public RTCRtpReceiveParameters getParameters() {
    RtpReceiveParameters now = negotiated;
    return now == null
        ? new RTCRtpReceiveParameters(List.of(), new RTCRtcpParameters("", false), List.of())
        : new RTCRtpReceiveParameters(
            Formats.extensions(now.headerExtensions()),
            new RTCRtcpParameters(cname, now.reducedSizeRtcp()),
            Formats.codecs(now.codecs()));
  }

  /// Mixed sources heard in the last ten seconds, the latest first.
  public List<RTCRtpContributingSource> getContributingSources() {
    return connection.call(() -> Sources.contributing(connection, rtp));
  }

  /// Senders heard or seen in the last ten seconds, the latest first.
  public List<RTCRtpSynchronizationSource> getSynchronizationSources() {
    return connection.call(() -> Sources.synchronizing(connection, rtp));
  }

  /// The statistics of this receiver and what they refer to.
  public CompletableFuture<RTCStatsReport> getStats() {
    return connection.statistics(null, this);
  }

  /// The playout delay asked for, in milliseconds; null leaves it to the network.
  public @Nullable Double jitterBufferTarget() {
    return jitterBufferTarget;
  }

  /// @throws DOMException RangeError unless 0 to 4000
  public void jitterBufferTarget(@Nullable Double milliseconds) {
    if (milliseconds != null && !(milliseconds >= 0 && milliseconds <= MAX_TARGET_MILLIS)) {
      throw DOMException.rangeError(milliseconds + " ms is not in 0 to 4000");
    }
    jitterBufferTarget = milliseconds;
    AudioReceiving receiving = audio;
    if (receiving != null) {
      receiving.minimumDelay(milliseconds == null ? 0 : (long) (milliseconds * 1_000_000));
    }
    if (video != null) {
      connection.onLoop(() -> delayVideo(rtp));
    }
  }

  /// What changes the frames that come before they are decoded or handed on; null for nothing.
  public @Nullable RTCRtpTransform transform() {
    return transforms.transform();
  }

  /// Has every encoded frame changed before it is decoded or handed on; null ends that.
  public void transform(@Nullable RTCRtpTransform value) {
    transforms.transform(value);
    AudioReceiving receiving = audio;
    if (receiving != null) {
      receiving.transformed(value != null);
    }
  }

  /// The peer pressed a key, RFC 4733. The W3C lacks this.
  public void onToneReceived(@Nullable EventListener<DtmfReceivedEvent> listener) {
    handler("tonereceived", listener);
  }

  @Nullable PcmFormat pcm() {
    AudioReceiving receiving = audio;
    return receiving == null ? null : receiving.pcm();
  }

  Connection connection() {
    return connection;
  }

  /// The codec that the peer was asked to send first; null until negotiated.
  @Nullable RtpCodec codec() {
    RtpReceiveParameters now = negotiated;
    return now == null
        ? null
        : now.codecs().stream().filter(RtpCodec::isMedia).findFirst().orElse(null);
  }

  TrackSource source() {
    return source;
  }

  /// Asks the peer for a key frame; any thread.
  void requestKeyFrame() {
    connection.onLoop(() -> {
      RtpReceiver current = rtp;
      if (current != null && receptive) {
        current.requestKeyFrame();
      }
    });
  }

  /// Who listens has changed; any thread.
  ///
  /// @param rateHz the highest sampling rate that is wanted of audio
  void listen(boolean raw, int rateHz) {
    if (audio != null) {
      audio.listen(raw, rateHz);
    }
    if (video != null) {
      video.listen(raw);
    }
  }

  // The rest runs on the loop.

  /// @param playoutTime when to show a picture, in the driver's time
  void frame(EncodedFrame frame, long playoutTime) {
    if (!heard && receptive) {
      heard = true;
      connection.task(_ -> source.mute(false));
    }
    if (frame instanceof EncodedVideoFrame each && !choice.takes(connection.loop().now(), each)) {
      return;
    }
    transforms.pass(frame, changed -> connection.onLoop(() -> deliver(changed, playoutTime)));
  }

  private void deliver(EncodedFrame frame, long playoutTime) {
    switch (frame) {
      case EncodedVideoFrame each when video != null -> video.frame(each, playoutTime);
      case EncodedAudioFrame each when audio != null -> audio.frame(each);
      default -> {
        // A transform made a frame of the other kind: nothing here can play it.
      }
    }
    source.emit(frame);
  }

  /// Ties it to what the session receives by, or unties it.
  void attach(@Nullable RtpReceiver value) {
    if (value != rtp) {
      rtp = value;
      if (audio != null) {
        audio.attach(value);
      }
      if (video != null) {
        delayVideo(value);
      }
    }
  }

  /// Has the session show video no earlier than asked for.
  private void delayVideo(@Nullable RtpReceiver by) {
    Double milliseconds = jitterBufferTarget;
    if (by != null) {
      by.minimumDelay(milliseconds == null ? 0 : (long) (milliseconds * 1_000_000));
    }
  }

  void toneReceived(char tone, int durationMillis) {
    connection.task(_ ->
        dispatchEvent(
            new DtmfReceivedEvent(String.valueOf(tone), Duration.ofMillis(durationMillis))));
  }

  void negotiated(
      @Nullable RtpReceiveParameters parameters, String localCname, boolean mayReceive) {
    negotiated = parameters;
    cname = localCname;
    receptive = mayReceive;
    if (!mayReceive) {
      heard = false;
    }
  }

  void transport(@Nullable RTCDtlsTransport value) {
    transport = value;
  }

  /// Ends the track.
  void end() {
    receptive = false;
    source.end();
    if (audio != null) {
      audio.close();
    }
    if (video != null) {
      video.close();
    }
  }
}
