package org.klatsch.codecs.opus;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.CodecProvider;
import org.klatsch.codecs.PcmFormat;

/// Opus over concentus. Public only because `ServiceLoader` on the class path wants it.
public final class ConcentusCodecs implements CodecProvider {
  /// In-band FEC is asked for as browsers do: without it a loss can only be concealed.
  private static final CodecFormat FORMAT =
      CodecFormat.OPUS.withParameters(Map.of("minptime", "10", "useinbandfec", "1"));

  /// For `ServiceLoader`.
  public ConcentusCodecs() {}

  @Override
  public String name() {
    return "concentus";
  }

  @Override
  public List<CodecFormat> formats() {
    return List.of(FORMAT);
  }

  @Override
  public @Nullable AudioEncoder audioEncoder(CodecFormat format, PcmFormat wish) {
    return format.isSameCodec(FORMAT) ? new OpusTrackEncoder(format, nearest(wish)) : null;
  }

  @Override
  public @Nullable AudioDecoder audioDecoder(CodecFormat format, PcmFormat wish) {
    return format.isSameCodec(FORMAT) ? new OpusTrackDecoder(wish.channels()) : null;
  }

  /// The codec works at five rates and with one or two channels, RFC 6716 §2.1.1. A rate between
  /// two of them gets the higher one.
  private static PcmFormat nearest(PcmFormat wish) {
    int[] rates = {8_000, 12_000, 16_000, 24_000, 48_000};
    int chosen = 48_000;
    for (int rate : rates) {
      if (rate >= wish.rateHz()) {
        chosen = rate;
        break;
      }
    }
    return new PcmFormat(chosen, Math.min(2, wish.channels()));
  }
}
