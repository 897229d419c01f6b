package org.klatsch.codecs;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A codec as SDP names it: what `a=rtpmap` and `a=fmtp` say, without the payload type.
///
/// @param mimeType `audio/opus`, `video/VP8`; compared without case
/// @param clockRateHz the RTP clock, which for G.722 is not the sampling rate
/// @param channels as in `a=rtpmap`; 0 for video
/// @param parameters the format parameters of `a=fmtp`
public record CodecFormat(
    String mimeType, int clockRateHz, int channels, Map<String, String> parameters) {
  public static final CodecFormat OPUS = new CodecFormat("audio/opus", 48_000, 2, Map.of());
  public static final CodecFormat G722 = new CodecFormat("audio/G722", 8_000, 1, Map.of());
  public static final CodecFormat PCMU = new CodecFormat("audio/PCMU", 8_000, 1, Map.of());
  public static final CodecFormat PCMA = new CodecFormat("audio/PCMA", 8_000, 1, Map.of());
  public static final CodecFormat VP8 = new CodecFormat("video/VP8", 90_000, 0, Map.of());
  public static final CodecFormat VP9 = new CodecFormat("video/VP9", 90_000, 0, Map.of());
  public static final CodecFormat H264 = new CodecFormat("video/H264", 90_000, 0, Map.of());

  public CodecFormat {
    if (mimeType.indexOf('/') <= 0 || clockRateHz <= 0 || channels < 0) {
      throw new IllegalArgumentException(
          "%s/%d/%d: expected a type with a slash, a positive clock, channels from 0"
              .formatted(mimeType, clockRateHz, channels));
    }
    parameters = Map.copyOf(parameters);
  }

  public boolean isAudio() {
    return mimeType.regionMatches(true, 0, "audio/", 0, 6);
  }

  public boolean isVideo() {
    return mimeType.regionMatches(true, 0, "video/", 0, 6);
  }

  /// The encoding name of `a=rtpmap`, as it was given.
  public String encodingName() {
    return mimeType.substring(mimeType.indexOf('/') + 1);
  }

  /// Whether both name the same codec; format parameters do not count.
  public boolean isSameCodec(CodecFormat other) {
    return mimeType.equalsIgnoreCase(other.mimeType)
        && clockRateHz == other.clockRateHz
        && (!isAudio() || Math.max(1, channels) == Math.max(1, other.channels));
  }

  /// A format parameter as a number, or `otherwise` when it is absent or no number.
  public int parameter(String name, int otherwise) {
    @Nullable String value = parameters.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  public CodecFormat withParameters(Map<String, String> parameters) {
    return new CodecFormat(mimeType, clockRateHz, channels, parameters);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CodecFormat format
        && isSameCodec(format)
        && parameters.equals(format.parameters);
  }

  @Override
  public int hashCode() {
    return Objects.hash(mimeType.toLowerCase(Locale.ROOT), clockRateHz, parameters);
  }

  /// As `a=rtpmap` writes it.
  @Override
  public String toString() {
    return mimeType + "/" + clockRateHz + (channels > 1 ? "/" + channels : "");
  }
}
