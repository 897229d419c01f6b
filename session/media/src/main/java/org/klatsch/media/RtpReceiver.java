package org.klatsch.media;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.rtp.HeaderExtensions;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.rtcp.RtcpPacket;

/// Receives the frames of one media section. Made by [RtpTransport#addReceiver] and confined to its
/// thread.
public final class RtpReceiver {
  private final RtpTransport transport;
  private final List<ReceiveStream> streams = new ArrayList<>();
  private final SourceLog sources = new SourceLog();
  private final @Nullable AudioReceiver audio;
  private final @Nullable RtpCodec[] codecs = new @Nullable RtpCodec[128];
  private RtpReceiveParameters parameters;

  RtpReceiver(RtpTransport transport, RtpReceiveParameters parameters) {
    this.transport = transport;
    this.parameters = parameters;
    this.audio =
        parameters.kind() == MediaKind.AUDIO
            ? new AudioReceiver(this, transport.options().jitter(), transport::event)
            : null;
    take(parameters);
  }

  private void take(RtpReceiveParameters value) {
    parameters = value;
    Arrays.fill(codecs, null);
    for (RtpCodec codec : value.codecs()) {
      codecs[codec.payloadType()] = codec;
    }
  }

  public RtpReceiveParameters parameters() {
    return parameters;
  }

  /// Takes the parameters of a further negotiation; streams under way go on.
  ///
  /// @throws IllegalArgumentException for another kind of medium
  public void update(RtpReceiveParameters value) {
    if (value.kind() != parameters.kind()) {
      throw new IllegalArgumentException(
          "parameters for " + value.kind() + ", expected " + parameters.kind());
    }
    take(value);
    transport.receiverChanged(this);
  }

  /// Asks what to play next. To be called by whoever plays, every 10 or 20 ms and as often as he
  /// needs samples: it is the only clock of playout, no timer runs per packet.
  ///
  /// @param wanted samples to be played before the next pull, in units of [#clockRateHz()]
  /// @param buffered samples made before and not played, in the same units
  /// @param out filled with what to do; empty while no packet of a medium came
  /// @throws IllegalStateException for video
  public void pull(long now, int wanted, int buffered, AudioPlayout<EncodedAudioFrame> out) {
    audio().pull(now, wanted, buffered, out);
  }

  /// The clock of the audio that comes; 0 before the first packet. Changes with the codec.
  public int clockRateHz() {
    return audio().clockRateHz();
  }

  /// Says how audio is handed out; [AudioDelivery#PULLED] at first.
  public void delivery(AudioDelivery value) {
    audio().delivery(value);
  }

  /// Drops the audio that waits.
  public void flush() {
    audio().flush();
  }

  /// Asks for a playout delay of at least this much, W3C `jitterBufferTarget`, in nanoseconds.
  public void minimumDelay(long nanos) {
    audio().minimumDelay(nanos);
  }

  /// Who was heard in the last ten seconds, the last one first.
  public List<RtpSource> sources(long now) {
    return sources.list(now);
  }

  /// Figures of each stream that had packets.
  public List<ReceiveStatistics> statistics() {
    List<ReceiveStatistics> list = new ArrayList<>(streams.size());
    for (ReceiveStream stream : streams) {
      if (stream.hasPackets() && stream.repairs == null) {
        list.add(stream.statistics(audio == null ? null : audio.statistics(stream)));
      }
    }
    return list;
  }

  private AudioReceiver audio() {
    AudioReceiver half = audio;
    if (half == null) {
      throw new IllegalStateException("video receiver " + parameters.mid() + ", expected audio");
    }
    return half;
  }

  /// Takes a packet of one of the streams.
  ///
  /// @return whether its payload was of use
  boolean handle(
      long now,
      ReceiveStream stream,
      RtpPacket packet,
      HeaderExtensions extensions,
      RtpCodec codec,
      boolean recovered)
      throws MalformedRtpException {
    AudioReceiver half = audio;
    if (half != null) {
      sources.note(now, packet, extensions);
      return half.handle(now, stream, packet, extensions, codec, recovered);
    }
    VideoReceiveStream video = stream.video;
    if (video == null) {
      video = new VideoReceiveStream(stream, transport.options(), transport::event);
      stream.video = video;
    }
    video.handle(now, packet, extensions, codec, recovered);
    return true;
  }

  /// Asks the sender for a key frame of each stream of video.
  public void requestKeyFrame() {
    for (ReceiveStream stream : streams) {
      VideoReceiveStream video = stream.video;
      if (video != null) {
        video.requestKeyFrame();
      }
    }
  }

  /// Asks for what is missing.
  ///
  /// @param ssrc that feedback comes from
  void feedback(long now, long roundTrip, int ssrc, Consumer<RtcpPacket> out) {
    for (int i = 0; i < streams.size(); i++) {
      VideoReceiveStream video = streams.get(i).video;
      if (video != null) {
        video.feedback(now, roundTrip, ssrc, out);
      }
    }
  }

  long nextTimeout() {
    long next = RtpTransport.NEVER;
    for (int i = 0; i < streams.size(); i++) {
      VideoReceiveStream video = streams.get(i).video;
      if (video != null) {
        next = Math.min(next, video.nextTimeout());
      }
    }
    return next;
  }

  void process(long now) {
    AudioReceiver half = audio;
    if (half != null) {
      half.process(now);
    }
  }

  @Nullable RtpCodec codec(int payloadType) {
    return codecs[payloadType];
  }

  List<ReceiveStream> streams() {
    return streams;
  }
}
