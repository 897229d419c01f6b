package org.klatsch.codecs.opus;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.CodecProvider;
import org.klatsch.codecs.PcmFormat;

/// Opus by one library.
abstract sealed class OpusProvider implements CodecProvider permits ConcentusCodecs, LibOpusCodecs {
  /// In-band FEC is asked for as browsers do: without it a loss can only be concealed.
  private static final CodecFormat FORMAT =
      CodecFormat.OPUS.withParameters(Map.of("minptime", "10", "useinbandfec", "1"));

  private static final int[] RATES = {8_000, 12_000, 16_000, 24_000, 48_000};

  /// The library; null where it is not at hand.
  abstract @Nullable OpusLibrary library();

  @Override
  public final List<CodecFormat> formats() {
    return library() == null ? List.of() : List.of(FORMAT);
  }

  @Override
  public final @Nullable AudioEncoder audioEncoder(CodecFormat format, PcmFormat wish) {
    OpusLibrary library = library();
    return library != null && format.isSameCodec(FORMAT)
        ? new OpusTrackEncoder(library, format, nearest(wish))
        : null;
  }

  @Override
  public final @Nullable AudioDecoder audioDecoder(CodecFormat format, PcmFormat wish) {
    OpusLibrary library = library();
    return library != null && format.isSameCodec(FORMAT)
        ? new OpusTrackDecoder(library, nearest(wish))
        : null;
  }

  /// The codec works at five rates and with one or two channels, RFC 6716 §2.1.1. A rate between
  /// two of them gets the higher one.
  private static PcmFormat nearest(PcmFormat wish) {
    int chosen = RATES[RATES.length - 1];
    for (int i = RATES.length - 1; i >= 0 && RATES[i] >= wish.rateHz(); i--) {
      chosen = RATES[i];
    }
    return new PcmFormat(chosen, Math.min(2, wish.channels()));
  }
}
