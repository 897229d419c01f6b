package org.klatsch.codecs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The codecs that need no library. Public only because `ServiceLoader` on the class path wants it.
public final class BuiltInCodecs implements CodecProvider {
  /// For `ServiceLoader`.
  public BuiltInCodecs() {}

  @Override
  public String name() {
    return "built-in";
  }

  @Override
  public List<CodecFormat> formats() {
    return List.of(CodecFormat.G722, CodecFormat.PCMU, CodecFormat.PCMA);
  }

  @Override
  public @Nullable AudioEncoder audioEncoder(CodecFormat format, PcmFormat wish) {
    if (format.isSameCodec(CodecFormat.G722)) {
      return new G722Encoder();
    }
    if (format.isSameCodec(CodecFormat.PCMU)) {
      return new G711Encoder(G711.MU_LAW);
    }
    return format.isSameCodec(CodecFormat.PCMA) ? new G711Encoder(G711.A_LAW) : null;
  }

  @Override
  public @Nullable AudioDecoder audioDecoder(CodecFormat format, PcmFormat wish) {
    if (format.isSameCodec(CodecFormat.G722)) {
      return new G722Decoder();
    }
    if (format.isSameCodec(CodecFormat.PCMU)) {
      return new G711Decoder(G711.MU_LAW);
    }
    return format.isSameCodec(CodecFormat.PCMA) ? new G711Decoder(G711.A_LAW) : null;
  }
}
