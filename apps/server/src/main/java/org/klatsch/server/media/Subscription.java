package org.klatsch.server.media;

import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.FrameOrigin;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpSender;

/// A leg's share of a published track. Confined to the leg's loop, but for [#close].
public final class Subscription implements AutoCloseable {
  private final PublishedTrack track;
  private final Leg subscriber;
  private final String mid;

  /// Whether frames depend on one that was not sent: only a key frame may come next.
  private boolean broken = true;

  private boolean sending;
  private int ssrc;
  private int timestampOffset;
  private long sent;
  private long dropped;

  Subscription(PublishedTrack track, Leg subscriber, String mid) {
    this.track = track;
    this.subscriber = subscriber;
    this.mid = mid;
  }

  Leg subscriber() {
    return subscriber;
  }

  public PublishedTrack track() {
    return track;
  }

  /// The m-section that it goes to.
  public String mid() {
    return mid;
  }

  /// Frames given to the sender.
  public long sent() {
    return sent;
  }

  /// Frames that the path had no room for, and those that depended on them.
  public long dropped() {
    return dropped;
  }

  void frame(EncodedFrame frame) {
    RtpSender sender = subscriber.state() == LegState.CONNECTED ? subscriber.sender(mid) : null;
    RtpCodec codec = sender == null ? null : codec(sender);
    if (sender == null || codec == null) {
      broken = true;
      return;
    }
    if (frame instanceof EncodedVideoFrame video && broken) {
      if (!video.keyFrame()) {
        dropped++;
        return;
      }
      broken = false;
    }
    long now = subscriber.loop().now();
    if (sender.send(now, of(frame, codec, now))) {
      sent++;
    } else {
      frameLost();
    }
    subscriber.requestTurn();
  }

  void frameLost() {
    dropped++;
    if (!broken && track.kind() == MediaKind.VIDEO) {
      broken = true;
      track.requestKeyFrame();
    }
  }

  private @Nullable RtpCodec codec(RtpSender sender) {
    RtpCodec wanted = track.codec();
    for (RtpCodec each : sender.parameters().codecs()) {
      if (each.mimeType().equalsIgnoreCase(wanted.mimeType())
          && each.clockRateHz() == wanted.clockRateHz()
          && each.channels() == wanted.channels()) {
        return each;
      }
    }
    return null;
  }

  private EncodedFrame of(EncodedFrame frame, RtpCodec codec, long now) {
    int timestamp = frame.rtpTimestamp() + offset(frame, codec, now);
    return switch (frame) {
      case EncodedAudioFrame audio ->
          EncodedAudioFrame.of(codec, audio.payload(), timestamp, audio.samples(), now)
              .withMarker(audio.marker())
              .withLevel(audio.audioLevel(), audio.voice());
      case EncodedVideoFrame video ->
          EncodedVideoFrame.of(codec, video.payload(), timestamp, video.keyFrame(), now)
              .withSize(video.width(), video.height())
              .withRotation(video.rotation())
              .withLayers(video.spatialLayer(), video.temporalLayer(), video.discardable());
    };
  }

  /// The timestamps of a sender go on when those of the source begin anew: receivers take a step
  /// back for a packet that is late.
  private int offset(EncodedFrame frame, RtpCodec codec, long now) {
    FrameOrigin origin = frame.origin();
    int of = origin == null ? 0 : origin.ssrc();
    if (!sending || of != ssrc) {
      sending = true;
      ssrc = of;
      timestampOffset =
          (int) (now / 1_000 * codec.clockRateHz() / 1_000_000) - frame.rtpTimestamp();
    }
    return timestampOffset;
  }

  /// The viewer lacks a key frame, or is connected only now.
  public void requestKeyFrame() {
    track.requestKeyFrame();
  }

  /// Sends no more of it; any thread.
  @Override
  public void close() {
    track.remove(this);
  }
}
