package org.klatsch.peer.jsep;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.klatsch.media.RtpCodec;

/// Whether two payload formats are the same one, and what an answer says of it. Parameters that
/// only wish for something (of Opus, all) do not tell formats apart.
final class CodecMatch {
  /// Baseline at level 1, RFC 6184 §8.1: what a missing `profile-level-id` stands for.
  private static final String H264_DEFAULT = "42000a";

  private CodecMatch() {}

  /// Compares all but references to other payload types.
  static boolean sameFormat(RtpCodec one, RtpCodec other) {
    if (!one.mimeType().equalsIgnoreCase(other.mimeType())
        || one.clockRateHz() != other.clockRateHz()
        || one.channels() != other.channels()) {
      return false;
    }
    return switch (one.name()) {
      // RFC 6184 §8.2.2: mode and profile configure the stream, the level only limits it.
      case "h264" ->
          one.parameter("packetization-mode", 0) == other.parameter("packetization-mode", 0)
              && h264Profile(one).equals(h264Profile(other));
      // RFC 9628 §6.1.
      case "vp9" -> one.parameter("profile-id", 0) == other.parameter("profile-id", 0);
      // AV1 RTP payload specification §7.2.3.
      case "av1" -> one.parameter("profile", 0) == other.parameter("profile", 0);
      // RFC 7798 §7.2.2.
      case "h265" -> one.parameter("profile-id", 1) == other.parameter("profile-id", 1);
      default -> true;
    };
  }

  /// The profile, from `profile_idc` and the constraint flags, RFC 6184 §8.1 table 5: several pairs
  /// mean Constrained Baseline. Unknown ones stand for themselves.
  static String h264Profile(RtpCodec codec) {
    String id = profileLevelId(codec);
    int idc = Integer.parseInt(id, 0, 2, 16);
    int flags = Integer.parseInt(id, 2, 4, 16);
    return switch (idc) {
      case 0x42 -> (flags & 0x4F) == 0x40 ? "CB" : (flags & 0x4F) == 0 ? "B" : id.substring(0, 4);
      case 0x4D -> (flags & 0x8F) == 0x80 ? "CB" : (flags & 0xAF) == 0 ? "M" : id.substring(0, 4);
      case 0x58 ->
          (flags & 0xCF) == 0xC0
              ? "CB"
              : (flags & 0xCF) == 0x80 ? "B" : (flags & 0xCF) == 0 ? "E" : id.substring(0, 4);
      case 0x64 -> flags == 0 ? "H" : flags == 0x0C ? "CH" : id.substring(0, 4);
      default -> id.substring(0, 4);
    };
  }

  private static String profileLevelId(RtpCodec codec) {
    String id = codec.parameter("profile-level-id", H264_DEFAULT).toLowerCase(Locale.ROOT);
    boolean hex = id.length() == 6;
    for (int i = 0; i < id.length(); i++) {
      hex &= Character.digit(id.charAt(i), 16) >= 0 && id.charAt(i) < 0x80;
    }
    return hex ? id : H264_DEFAULT;
  }

  /// The parameters of an answer.
  ///
  /// @param offered the peer's format
  /// @param ours the format of ours that matches it
  static Map<String, String> answered(RtpCodec offered, RtpCodec ours) {
    return switch (ours.name()) {
      case "rtx" -> Map.of("apt", Integer.toString(offered.associatedPayloadType()));
      case "red", "flexfec", "flexfec-03" -> offered.parameters();
      case "h264" -> answeredH264(offered, ours);
      default -> ours.parameters();
    };
  }

  /// Without asymmetry the level is the lower one for both directions; with it each side names what
  /// it can receive (RFC 6184 §8.2.2). The profile is written as the offer does.
  private static Map<String, String> answeredH264(RtpCodec offered, RtpCodec ours) {
    String theirs = profileLevelId(offered);
    String mine = profileLevelId(ours);
    boolean asymmetric =
        offered.parameter("level-asymmetry-allowed", 0) == 1
            && ours.parameter("level-asymmetry-allowed", 0) == 1;
    int level = Integer.parseInt(mine, 4, 6, 16);
    if (!asymmetric) {
      level = Math.min(level, Integer.parseInt(theirs, 4, 6, 16));
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    if (asymmetric) {
      parameters.put("level-asymmetry-allowed", "1");
    }
    parameters.put(
        "packetization-mode", Integer.toString(offered.parameter("packetization-mode", 0)));
    parameters.put(
        "profile-level-id", theirs.substring(0, 4) + HexFormat.of().toHexDigits((byte) level));
    return parameters;
  }
}
