package org.klatsch.codecs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A set of codecs, found by `java.util.ServiceLoader`. A provider whose library is missing at run
/// time must load all the same and then offer nothing. Used by any thread.
public interface CodecProvider {
  /// For messages: `concentus`, `ffmpeg`.
  String name();

  /// The higher wins where two providers offer a codec. Codecs in Java have 0.
  default int preference() {
    return 0;
  }

  /// Whatever this provider can encode or decode here and now, best first, with the format
  /// parameters it recommends to negotiate.
  List<CodecFormat> formats();

  /// @param wish PCM the caller has; the encoder comes as near as its codec allows
  /// @return null when this provider has no such encoder
  default @Nullable AudioEncoder audioEncoder(CodecFormat format, PcmFormat wish) {
    return null;
  }

  /// @param wish PCM the caller wants; the decoder comes as near as its codec allows
  /// @return null when this provider has no such decoder
  default @Nullable AudioDecoder audioDecoder(CodecFormat format, PcmFormat wish) {
    return null;
  }

  /// @return null when this provider has no such encoder
  default @Nullable VideoEncoder videoEncoder(CodecFormat format, VideoEncoderOptions options) {
    return null;
  }

  /// @return null when this provider has no such decoder
  default @Nullable VideoDecoder videoDecoder(CodecFormat format) {
    return null;
  }
}
