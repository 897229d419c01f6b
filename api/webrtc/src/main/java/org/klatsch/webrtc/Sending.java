package org.klatsch.webrtc;

import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.FrameOrigin;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpSendParameters;

/// Makes of a track's media the frames of a sender: encodes it, or passes on what is encoded
/// already.
abstract sealed class Sending implements TrackConsumer permits AudioSending, VideoSending {
  private static final System.Logger LOGGER = System.getLogger(Sending.class.getName());

  private final FrameSink sink;
  private final boolean encodes;
  private final LongSupplier clock;
  private volatile RtpSendParameters parameters;
  private boolean complained;
  private boolean passing;
  private int passedSsrc;
  private int passedOffset;

  /// @param encodes whether frames that come encoded are not taken
  /// @param clock the driver's time
  Sending(FrameSink sink, boolean encodes, RtpSendParameters parameters, LongSupplier clock) {
    this.sink = sink;
    this.clock = clock;
    this.encodes = encodes;
    this.parameters = parameters;
  }

  final RtpSendParameters parameters() {
    return parameters;
  }

  /// Takes over what was negotiated or set.
  void parameters(RtpSendParameters value) {
    parameters = value;
  }

  final long now() {
    return clock.getAsLong();
  }

  final FrameSink sink() {
    return sink;
  }

  /// The codec in use: the one that the encoding names, else the first that carries media and can
  /// be encoded, else the first that carries media.
  final @Nullable RtpCodec codec(int encoding) {
    RtpSendParameters current = parameters;
    int wanted = current.encodings().get(encoding).payloadType();
    RtpCodec first = null;
    RtpCodec encodable = null;
    for (RtpCodec each : current.codecs()) {
      if (each.payloadType() == wanted) {
        return each;
      }
      if (each.isMedia()) {
        first = first == null ? each : first;
        encodable = encodable == null && canEncode(each) ? each : encodable;
      }
    }
    return encodable == null ? first : encodable;
  }

  /// Whether there is an encoder for a codec.
  boolean canEncode(RtpCodec codec) {
    return true;
  }

  @Override
  public final boolean takesEncoded() {
    return !encodes;
  }

  /// Passes on an encoded frame if the peer takes its codec.
  @Override
  public final void encoded(EncodedFrame frame) {
    RtpCodec codec = same(frame.codec(), parameters.codecs());
    if (codec == null) {
      complain("the peer does not take " + frame.codec().mimeType());
      return;
    }
    int timestamp = frame.rtpTimestamp() + passedOffset(frame, codec);
    EncodedFrame fresh =
        switch (frame) {
          case EncodedAudioFrame audio ->
              EncodedAudioFrame.of(
                      codec, audio.payload(), timestamp, audio.samples(), audio.captureTime())
                  .withMarker(audio.marker())
                  .withLevel(audio.audioLevel(), audio.voice());
          case EncodedVideoFrame video ->
              EncodedVideoFrame.of(
                      codec, video.payload(), timestamp, video.keyFrame(), video.captureTime())
                  .withSize(video.width(), video.height())
                  .withRotation(video.rotation())
                  .withLayers(video.spatialLayer(), video.temporalLayer(), video.discardable());
        };
    passed(fresh);
    sink.send(fresh, 0);
  }

  /// The RTP timestamp of this moment. A sender's timestamps go on through changes of its track and
  /// through a hold: receivers take a step back for another timeline.
  final int timestampNow(RtpCodec codec) {
    return timestamp(codec, clock.getAsLong());
  }

  /// The RTP timestamp of a moment of the driver's time.
  static int timestamp(RtpCodec codec, long time) {
    return (int) (time / 1_000 * codec.clockRateHz() / 1_000_000);
  }

  /// From the timestamps of a track to those of the sender. Another stream of the same track, such
  /// as another encoding of a simulcast, has its own.
  private int passedOffset(EncodedFrame frame, RtpCodec codec) {
    FrameOrigin origin = frame.origin();
    int ssrc = origin == null ? 0 : origin.ssrc();
    if (!passing || ssrc != passedSsrc) {
      passing = true;
      passedSsrc = ssrc;
      passedOffset = timestampNow(codec) - frame.rtpTimestamp();
    }
    return passedOffset;
  }

  /// An encoded frame is passed on.
  void passed(EncodedFrame frame) {}

  /// The negotiated codec that means the same: H.264 must agree on its packetization and profile,
  /// VP9 on its profile.
  static @Nullable RtpCodec same(RtpCodec codec, List<RtpCodec> negotiated) {
    for (RtpCodec each : negotiated) {
      if (each.mimeType().equalsIgnoreCase(codec.mimeType())
          && each.clockRateHz() == codec.clockRateHz()
          && each.channels() == codec.channels()
          && sameParameter(each, codec, "packetization-mode", "0")
          && sameParameter(each, codec, "profile-id", "0")) {
        return each;
      }
    }
    return null;
  }

  private static boolean sameParameter(RtpCodec a, RtpCodec b, String name, String absent) {
    return a.parameter(name, absent).equals(b.parameter(name, absent));
  }

  /// Says once why nothing is sent.
  final void complain(String why) {
    if (!complained) {
      complained = true;
      LOGGER.log(System.Logger.Level.WARNING, "a track is not sent: " + why);
    }
  }

  /// Ends the encoders.
  abstract void close();
}
