package org.klatsch.server.media;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.klatsch.media.RtcpFeedback;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpTransportOptions;
import org.klatsch.net.LoopOptions;
import org.klatsch.peer.jsep.MediaCapabilities;

/// Settings of a [MediaServer]. Start from [#DEFAULT].
///
/// @param loops of the event loops
/// @param rtp of the media of each leg
/// @param capabilities what is negotiated
/// @param setUp how long a leg may take to connect. Default 30 s: ICE gives up after 39.5 s at the
///   earliest (RFC 8863 §4), and a peer that is still there is connected in two
/// @param maxLegs at a time. Default 20,000: more than one machine forwards to
public record MediaOptions(
    LoopOptions loops,
    RtpTransportOptions rtp,
    MediaCapabilities capabilities,
    Duration setUp,
    int maxLegs) {
  /// The payload type of RED among the standard capabilities, whose repetitions go with it.
  private static final int RED = 118;

  /// An SFU is near: half of what is assumed of a link between two browsers would hold a picture
  /// back for no reason, so it begins at 2 Mbit/s.
  private static final long START_BITRATE = 2_000_000;

  public static final MediaOptions DEFAULT =
      new MediaOptions(
          LoopOptions.DEFAULT,
          RtpTransportOptions.DEFAULT.withBitrates(
              RtpTransportOptions.DEFAULT.minBitrate(),
              START_BITRATE,
              RtpTransportOptions.DEFAULT.maxBitrate()),
          forwarded(),
          Duration.ofSeconds(30),
          20_000);

  public MediaOptions {
    if (setUp.isNegative() || setUp.isZero() || maxLegs < 1) {
      throw new IllegalArgumentException(
          "setUp " + setUp + " and maxLegs " + maxLegs + ", expected more than nothing");
    }
  }

  public MediaOptions withLoops(LoopOptions value) {
    return new MediaOptions(value, rtp, capabilities, setUp, maxLegs);
  }

  public MediaOptions withSetUp(Duration value) {
    return new MediaOptions(loops, rtp, capabilities, value, maxLegs);
  }

  /// All that can be passed on: what is never decoded needs no codec, so the higher profiles of
  /// H.264 that broadcast programs use are here too. What one subscriber would have to be sent
  /// otherwise than another, such as RED and error correction of video, is not.
  public static MediaCapabilities forwarded() {
    MediaCapabilities standard = MediaCapabilities.standard();
    List<RtpCodec> video = new ArrayList<>();
    for (RtpCodec codec : standard.video()) {
      if (!codec.is("red") && !codec.is("ulpfec") && codec.associatedPayloadType() != RED) {
        video.add(codec);
      }
    }
    List<RtcpFeedback> feedback = standard.video().getFirst().rtcpFeedback();
    addH264(video, 35, "4d001f", feedback);
    addH264(video, 37, "64001f", feedback);
    return new MediaCapabilities(
        standard.audio(), video, standard.audioExtensions(), standard.videoExtensions());
  }

  private static void addH264(
      List<RtpCodec> to, int payloadType, String profile, List<RtcpFeedback> feedback) {
    to.add(
        new RtpCodec(
            "video/H264",
            payloadType,
            90_000,
            1,
            Map.of(
                "level-asymmetry-allowed",
                "1",
                "packetization-mode",
                "1",
                "profile-level-id",
                profile),
            feedback));
    to.add(
        RtpCodec.of("video/rtx", payloadType + 1, 90_000, 1)
            .withParameters(Map.of("apt", Integer.toString(payloadType))));
  }
}
