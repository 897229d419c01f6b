package org.klatsch.webrtc;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.container.FileFormat;

/// A media type of a recording with its codecs, RFC 6381.
///
/// @param video whether its type is `video`
/// @param audioCodec null when the type names none
/// @param videoCodec null when the type names none
record RecordingType(
    FileFormat format,
    boolean video,
    @Nullable CodecFormat audioCodec,
    @Nullable CodecFormat videoCodec) {
  /// Reads `video/webm;codecs="vp8,opus"`; empty when it is no type that can be written.
  static Optional<RecordingType> parse(String type) {
    String[] parts = type.split(";", -1);
    String container = parts[0].strip().toLowerCase(Locale.ROOT);
    Optional<FileFormat> format = FileFormat.ofMimeType(container);
    if (format.isEmpty()) {
      return Optional.empty();
    }
    CodecFormat audio = null;
    CodecFormat video = null;
    for (int i = 1; i < parts.length; i++) {
      String[] parameter = parts[i].strip().split("=", 2);
      if (parameter.length < 2 || !parameter[0].strip().equalsIgnoreCase("codecs")) {
        continue;
      }
      for (String name : parameter[1].replace("\"", "").split(",", -1)) {
        CodecFormat codec = codec(name.strip().toLowerCase(Locale.ROOT), format.get());
        if (codec == null || !format.get().holds(codec)) {
          return Optional.empty();
        }
        if (codec.isVideo()) {
          video = codec;
        } else {
          audio = codec;
        }
      }
    }
    boolean isVideo = container.startsWith("video/");
    return video != null && !isVideo
        ? Optional.empty()
        : Optional.of(new RecordingType(format.get(), isVideo, audio, video));
  }

  private static @Nullable CodecFormat codec(String name, FileFormat format) {
    String family = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
    return switch (family) {
      case "opus" -> CodecFormat.OPUS;
      case "vp8", "vp08" -> CodecFormat.VP8;
      case "vp9", "vp09" -> CodecFormat.VP9;
      case "av1", "av01" -> new CodecFormat("video/AV1", 90_000, 0, Map.of());
      case "avc1", "avc3", "h264" -> CodecFormat.H264;
      // The number that WAV has for PCM, RFC 2361 appendix A.
      case "1", "pcm" ->
          format.preferred(false).encodingName().equals("L16") ? format.preferred(false) : null;
      default -> null;
    };
  }

  CodecFormat audio() {
    CodecFormat named = audioCodec;
    return named == null ? format.preferred(false) : named;
  }

  CodecFormat pictures() {
    CodecFormat named = videoCodec;
    return named == null ? format.preferred(true) : named;
  }
}
