package org.klatsch.codecs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The codecs at hand. Immutable: any thread.
public final class Codecs {
  private static final class Installed {
    static final Codecs CODECS =
        new Codecs(
            ServiceLoader.load(CodecProvider.class, Codecs.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList());
  }

  private final List<CodecProvider> providers;
  private final List<CodecFormat> formats;

  /// @param providers in any order; they are asked by their preference
  public Codecs(List<? extends CodecProvider> providers) {
    List<CodecProvider> sorted = new ArrayList<>(providers);
    sorted.sort(Comparator.comparingInt(CodecProvider::preference).reversed());
    this.providers = List.copyOf(sorted);
    List<CodecFormat> formats = new ArrayList<>();
    for (CodecProvider provider : sorted) {
      for (CodecFormat format : provider.formats()) {
        if (!formats.contains(format)) {
          formats.add(format);
        }
      }
    }
    formats.sort(Comparator.comparingInt(Codecs::rank));
    this.formats = List.copyOf(formats);
  }

  /// What `ServiceLoader` finds beside this module.
  public static Codecs installed() {
    return Installed.CODECS;
  }

  /// All formats, in the order in which an offer should list them.
  public List<CodecFormat> formats() {
    return formats;
  }

  public boolean supports(CodecFormat format) {
    return formats.stream().anyMatch(format::isSameCodec);
  }

  /// @throws CodecUnavailableException when no provider has it
  public AudioEncoder audioEncoder(CodecFormat format, PcmFormat wish) {
    return first(format, "encoder", p -> p.audioEncoder(format, wish));
  }

  /// @throws CodecUnavailableException when no provider has it
  public AudioDecoder audioDecoder(CodecFormat format, PcmFormat wish) {
    return first(format, "decoder", p -> p.audioDecoder(format, wish));
  }

  /// @throws CodecUnavailableException when no provider has it
  public VideoEncoder videoEncoder(CodecFormat format, VideoEncoderOptions options) {
    return first(format, "encoder", p -> p.videoEncoder(format, options));
  }

  /// @throws CodecUnavailableException when no provider has it
  public VideoDecoder videoDecoder(CodecFormat format) {
    return first(format, "decoder", p -> p.videoDecoder(format));
  }

  private <T> T first(
      CodecFormat format, String what, Function<CodecProvider, @Nullable T> create) {
    for (CodecProvider provider : providers) {
      @Nullable T codec = create.apply(provider);
      if (codec != null) {
        return codec;
      }
    }
    throw new CodecUnavailableException(
        "no %s for %s among %s%s"
            .formatted(
                what,
                format,
                providers.stream().map(CodecProvider::name).toList(),
                advice(format)));
  }

  private static String advice(CodecFormat format) {
    if (format.mimeType().equalsIgnoreCase("audio/opus")) {
      return ": add org.klatsch:klatsch-codecs-opus to the class path";
    }
    if (format.isVideo()) {
      return ": add org.klatsch:klatsch-codecs-ffmpeg and the ffmpeg artifact of this platform";
    }
    return "";
  }

  /// Browsers' order: what sounds or looks best and is spoken by most comes first.
  private static int rank(CodecFormat format) {
    int rank =
        List.of("opus", "g722", "pcmu", "pcma", "vp8", "vp9", "h264", "av1")
            .indexOf(format.encodingName().toLowerCase(Locale.ROOT));
    return rank < 0 ? Integer.MAX_VALUE : rank;
  }
}
