package org.klatsch.codecs.ffmpeg;

import java.util.Map;
import org.klatsch.codecs.CodecFormat;

/// How each codec is called in SDP and in the libraries, and how its encoder is set for a call.
enum VideoCodec {
  VP8("libvpx", "vp8"),
  VP9("libvpx-vp9", "vp9"),
  H264("libopenh264", "h264"),
  AV1("libaom-av1", "libaom-av1");

  /// What a packet surely has room for beside headers and protection.
  private static final int MAX_UNIT = 1_000;

  private final String encoder;
  private final String decoder;

  VideoCodec(String encoder, String decoder) {
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /// What is offered: of VP9 and AV1 the profiles with eight bits and 4:2:0; of H.264 constrained
  /// baseline, level 3.1, RFC 6184 §8.1.
  CodecFormat format() {
    return switch (this) {
      case VP8 -> CodecFormat.VP8;
      case VP9 -> CodecFormat.VP9.withParameters(Map.of("profile-id", "0"));
      case H264 ->
          CodecFormat.H264.withParameters(
              Map.of(
                  "profile-level-id", "42e01f",
                  "packetization-mode", "1",
                  "level-asymmetry-allowed", "1"));
      case AV1 -> new CodecFormat("video/AV1", 90_000, 0, Map.of("profile", "0"));
    };
  }

  String encoder() {
    return encoder;
  }

  String decoder() {
    return decoder;
  }

  /// Private options of the encoder: the fastest that still looks well, nothing looks ahead, a key
  /// frame may cost four and a half pictures.
  ///
  /// @param format of H.264 with `packetization-mode=0` asks for slices that fit a packet each, RFC
  ///   6184 §6.2
  Map<String, String> options(CodecFormat format) {
    return switch (this) {
      case VP8 ->
          Map.of(
              "deadline", "realtime",
              "cpu-used", "-6",
              "lag-in-frames", "0",
              "auto-alt-ref", "0",
              "static-thresh", "1",
              "max-intra-rate", "450",
              "undershoot-pct", "100",
              "overshoot-pct", "15");
      case VP9 ->
          Map.of(
              "deadline", "realtime",
              "cpu-used", "8",
              "lag-in-frames", "0",
              "auto-alt-ref", "0",
              "aq-mode", "3",
              "row-mt", "1",
              "max-intra-rate", "450");
      case H264 ->
          Map.of(
              "profile", "constrained_baseline",
              "rc_mode", "bitrate",
              "allow_skip_frames", "1",
              "max_nal_size",
                  "0".equals(format.parameters().get("packetization-mode"))
                      ? Integer.toString(MAX_UNIT)
                      : "0");
      case AV1 -> Map.of("usage", "realtime", "cpu-used", "8", "lag-in-frames", "0", "row-mt", "1");
    };
  }

  /// Whether pictures of a format can be coded.
  boolean accepts(CodecFormat other) {
    return format().isSameCodec(other)
        && other.parameter("profile-id", 0) == 0
        && other.parameter("profile", 0) == 0;
  }
}
