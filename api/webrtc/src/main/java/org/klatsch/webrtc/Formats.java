package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpHeaderExtension;
import org.klatsch.peer.jsep.HeaderExtensionCapability;
import org.klatsch.peer.jsep.MediaCapabilities;

/// The same codecs and header extensions in the words of the W3C, of RTP and of the codec modules.
final class Formats {
  private Formats() {}

  static MediaKind kind(String kind) {
    return switch (kind) {
      case "audio" -> MediaKind.AUDIO;
      case "video" -> MediaKind.VIDEO;
      default -> throw DOMException.typeError("kind \"" + kind + "\", expected audio or video");
    };
  }

  static CodecFormat format(RtpCodec codec) {
    boolean audio = codec.mimeType().regionMatches(true, 0, "audio/", 0, 6);
    return new CodecFormat(
        codec.mimeType(), codec.clockRateHz(), audio ? codec.channels() : 0, codec.parameters());
  }

  private static @Nullable Integer channels(RtpCodec codec) {
    return codec.mimeType().regionMatches(true, 0, "video/", 0, 6) ? null : codec.channels();
  }

  private static @Nullable String fmtp(RtpCodec codec) {
    return codec.parameters().isEmpty() ? null : codec.fmtpLine();
  }

  static RTCRtpCodec codec(RtpCodec codec) {
    return new RTCRtpCodec(codec.mimeType(), codec.clockRateHz(), channels(codec), fmtp(codec));
  }

  static RtpCodec codec(RTCRtpCodec codec, int payloadType) {
    Integer channels = codec.channels();
    String fmtp = codec.sdpFmtpLine();
    return RtpCodec.of(
            codec.mimeType(), payloadType, codec.clockRate(), channels == null ? 1 : channels)
        .withParameters(fmtp == null ? Map.of() : RtpCodec.parseFmtp(fmtp));
  }

  static List<RTCRtpCodecParameters> codecs(List<RtpCodec> codecs) {
    List<RTCRtpCodecParameters> parameters = new ArrayList<>();
    for (RtpCodec each : codecs) {
      parameters.add(
          new RTCRtpCodecParameters(
              each.payloadType(), each.mimeType(), each.clockRateHz(), channels(each), fmtp(each)));
    }
    return parameters;
  }

  static List<RTCRtpHeaderExtensionParameters> extensions(List<RtpHeaderExtension> extensions) {
    return extensions.stream()
        .map(each -> new RTCRtpHeaderExtensionParameters(each.uri(), each.id(), false))
        .toList();
  }

  /// What can be negotiated; codecs that differ only in what they repair are named once, W3C WebRTC
  /// §5.2 (list of implemented codecs).
  static RTCRtpCapabilities capabilities(MediaCapabilities capabilities, String kind) {
    List<RTCRtpCodec> codecs = new ArrayList<>();
    for (RtpCodec each : capabilities.codecs(kind(kind))) {
      RTCRtpCodec codec = codec(each);
      if (each.is("rtx")) {
        codec = new RTCRtpCodec(codec.mimeType(), codec.clockRate(), codec.channels(), null);
      }
      if (!codecs.contains(codec)) {
        codecs.add(codec);
      }
    }
    List<RTCRtpHeaderExtensionCapability> extensions = new ArrayList<>();
    for (HeaderExtensionCapability each : capabilities.extensions(kind(kind))) {
      extensions.add(new RTCRtpHeaderExtensionCapability(each.uri()));
    }
    return new RTCRtpCapabilities(codecs, extensions);
  }
}
