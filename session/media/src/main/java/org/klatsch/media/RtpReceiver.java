package org.klatsch.media;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.media.fec.FecOptions;
import org.klatsch.media.fec.VideoRed;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.HeaderExtensions;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.fec.FecHeader;
import org.klatsch.rtp.fec.FecScheme;
import org.klatsch.rtp.rtcp.RtcpPacket;

/// Receives the frames of one media section. Made by [RtpTransport#addReceiver] and confined to its
/// thread.
public final class RtpReceiver {
  private final RtpTransport transport;
  private final List<ReceiveStream> streams = new ArrayList<>();
  private final SourceLog sources = new SourceLog();
  private final @Nullable AudioReceiver audio;
  private final @Nullable RtpCodec[] codecs = new @Nullable RtpCodec[128];
  private final FecHeader fecHeader = new FecHeader();
  private final RtpPacket restoredView = new RtpPacket();
  private final byte[] restored;
  private long minimumDelay;
  private RtpReceiveParameters parameters;

  /// Takes the packets; null while frames are made of them.
  private @Nullable PacketTap tap;

  RtpReceiver(RtpTransport transport, RtpReceiveParameters parameters) {
    this.transport = transport;
    this.parameters = parameters;
    this.audio =
        parameters.kind() == MediaKind.AUDIO
            ? new AudioReceiver(this, transport.options().jitter(), transport::event)
            : null;
    this.restored =
        parameters.kind() == MediaKind.VIDEO
            ? new byte[FecOptions.DEFAULT.maxPacket()]
            : new byte[0];
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

  /// Gives back a frame of [AudioDelivery#RETURNED], to be played in its turn.
  ///
  /// @return whether it was kept; false for one of another stream, too late, or not of its codec's
  ///   format
  public boolean insert(long now, EncodedAudioFrame frame) {
    return audio().insert(now, frame);
  }

  /// The delay behind the fastest packet at which playout aims at present, in nanoseconds; 0 before
  /// the first packet.
  public long targetDelay() {
    return audio().targetDelay();
  }

  /// Drops the audio that waits.
  public void flush() {
    audio().flush();
  }

  /// Asks for a playout delay of at least this much, W3C `jitterBufferTarget`, in nanoseconds.
  public void minimumDelay(long nanos) {
    minimumDelay = nanos;
    AudioReceiver half = audio;
    if (half != null) {
      half.minimumDelay(nanos);
    }
  }

  long minimumDelay() {
    return minimumDelay;
  }

  /// How long audio must at least wait behind its fastest packet to be heard in time with the video
  /// of the same sender, in nanoseconds; 0 when there is nothing to be in time with. With
  /// [AudioDelivery#PULLED] playout does so by itself; a playout of the application's own asks for
  /// it now and then. Video has this in [MediaEvent.FrameReceived#playoutTime].
  public long synchronisationDelay() {
    return audio().synchronisationDelay();
  }

  /// Tells what a playout of the application's own does, with [AudioDelivery#ARRIVAL]: to be called
  /// some ten to hundred times a second, so that video is shown in time with it.
  ///
  /// @param needed the delay behind the fastest packet that it would aim at by itself, in
  ///   nanoseconds
  /// @param actual the delay behind the fastest packet at which samples are heard
  public void notePlayout(long needed, long actual) {
    audio().notePlayout(needed, actual);
  }

  /// Hands out packets, in place of frames, from now on. What is missing is still asked for.
  public void forwardTo(PacketTap value) {
    tap = value;
  }

  @Nullable PacketTap tap() {
    return tap;
  }

  @Nullable AudioReceiver audioHalf() {
    return audio;
  }

  /// Who was heard in the last ten seconds, the last one first.
  public List<RtpSource> sources(long now) {
    return sources.list(now);
  }

  /// Figures of each stream that had packets.
  public List<ReceiveStatistics> statistics() {
    List<ReceiveStatistics> list = new ArrayList<>(streams.size());
    for (ReceiveStream stream : streams) {
      if (stream.hasPackets() && !stream.isRepair()) {
        list.add(
            stream.statistics(
                audio == null ? null : audio.statistics(stream),
                transport.reportedLost(stream.ssrc)));
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
    long captured = extensions.absCaptureTime();
    if (captured != 0) {
      stream.noteCapture(packet.timestamp(), captured);
    }
    AudioReceiver half = audio;
    PacketTap to = tap;
    if (half != null) {
      sources.note(now, packet, extensions);
      if (to != null) {
        to.packet(now, stream.ssrc, stream.rid, codec, false, packet, extensions);
        return true;
      }
      return half.handle(now, stream, packet, extensions, codec, recovered);
    }
    VideoReceiveStream video = video(stream);
    RtpCodec inner = codec;
    if (codec.is("red")) {
      inner = codecs[VideoRed.blockType(packet)];
      if (inner == null) {
        return false;
      }
      VideoRed.unwrap(packet);
      stream.noteCodec(inner);
    }
    if (to != null) {
      if (inner.isMedia()) {
        if (video.pass(now, packet, inner)) {
          boolean key = video.passesKeyFrame();
          to.packet(now, stream.ssrc, stream.rid, inner, key, packet, extensions);
        }
        if (video.takeGivenUp()) {
          to.gaveUp(now, stream.ssrc);
        }
      }
      return inner.isMedia();
    }
    if (inner.is("ulpfec")) {
      video.handlePadding(now, packet);
      video.handleRepair(FecScheme.ULPFEC, packet, stream.ssrc, extensions.ids());
    } else if (inner.isMedia()) {
      // A copy that a retransmission brought has other header extensions than were protected.
      if (!recovered) {
        video.keepForRepair(packet);
      }
      video.handle(now, packet, extensions, inner, recovered);
    } else {
      return packet.payloadLength() == 0;
    }
    handleRecovered(now, video, extensions.ids());
    return true;
  }

  private VideoReceiveStream video(ReceiveStream stream) {
    VideoReceiveStream video = stream.video;
    if (video == null) {
      video = new VideoReceiveStream(stream, transport.options(), tap == null, transport::event);
      stream.video = video;
    }
    return video;
  }

  /// Takes a packet of a stream of repair packets, FlexFEC.
  void handleProtection(long now, RtpPacket packet, HeaderExtensions extensions, RtpCodec codec)
      throws MalformedRtpException {
    if (audio != null || packet.payloadLength() == 0) {
      return;
    }
    FecScheme scheme = codec.is("flexfec") ? FecScheme.FLEXFEC : FecScheme.FLEXFEC_03;
    int named = packet.csrcCount() > 0 ? packet.csrc(0) : 0;
    scheme.read(packet.array(), packet.payloadOffset(), packet.payloadLength(), named, fecHeader);
    for (int i = 0; i < streams.size(); i++) {
      ReceiveStream stream = streams.get(i);
      if (stream.ssrc == fecHeader.ssrc() && !stream.isRepair()) {
        stream.fecSsrc = packet.ssrc();
        VideoReceiveStream video = video(stream);
        video.handleRepair(scheme, packet, stream.ssrc, extensions.ids());
        handleRecovered(now, video, extensions.ids());
        return;
      }
    }
  }

  /// Takes the packets that error correction put together.
  private void handleRecovered(long now, VideoReceiveStream video, ExtensionIds ids)
      throws MalformedRtpException {
    int length;
    while ((length = video.pollRecovered(restored)) > 0) {
      restoredView.parse(restored, 0, length);
      RtpCodec codec = codecs[restoredView.payloadType()];
      if (codec != null && codec.isMedia()) {
        video.handle(now, restoredView, new HeaderExtensions(ids).of(restoredView), codec, true);
      }
    }
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

  /// Asks the sender for a key frame of one stream of video. Asking again before it is there does
  /// no harm: requests go out at measured intervals.
  public void requestKeyFrame(long now, int ssrc) {
    for (int i = 0; i < streams.size(); i++) {
      VideoReceiveStream video = streams.get(i).video;
      if (streams.get(i).ssrc == ssrc && video != null) {
        video.wantKeyFrame(now, transport.options().keyFrameInterval().toNanos());
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
