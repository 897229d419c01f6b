package org.klatsch.media.forwarding;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpCodec;

/// Finds what a receiver takes the packets of a sender as, whose payload types are of another
/// negotiation.
final class CodecMatch {
  private CodecMatch() {}

  /// The codec to send as; null when the receiver cannot take it. RED of audio goes as what is
  /// inside where the receiver does not know it.
  static @Nullable RtpCodec find(RtpCodec from, List<RtpCodec> codecs) {
    for (RtpCodec each : codecs) {
      if (isSame(from, each)) {
        return each;
      }
    }
    if (from.is("red")) {
      for (RtpCodec each : codecs) {
        // RFC 2198: what browsers wrap is Opus.
        if (each.is("opus") && each.clockRateHz() == from.clockRateHz()) {
          return each;
        }
      }
    }
    return null;
  }

  private static boolean isSame(RtpCodec from, RtpCodec to) {
    if (!from.mimeType().equalsIgnoreCase(to.mimeType())
        || from.clockRateHz() != to.clockRateHz()
        || from.channels() != to.channels()) {
      return false;
    }
    if (from.is("h264")) {
      // RFC 6184 §8.1: the profile is symmetric, the level is not asked for here.
      return from.parameter("packetization-mode", 0) == to.parameter("packetization-mode", 0)
          && profile(from).equalsIgnoreCase(profile(to));
    }
    if (from.is("vp9")) {
      return from.parameter("profile-id", 0) == to.parameter("profile-id", 0);
    }
    return true;
  }

  /// The profile of H.264 without its level: profile_idc and the constraints.
  private static String profile(RtpCodec codec) {
    String id = codec.parameter("profile-level-id", "420010");
    return id.length() == 6 ? id.substring(0, 4) : id;
  }
}
