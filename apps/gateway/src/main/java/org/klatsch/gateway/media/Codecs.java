package org.klatsch.gateway.media;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.media.RtpCodec;

/// The codecs of telephone calls.
public final class Codecs {
  /// RFC 4733 §2.5.1.1 leaves the payload type open; 101 is what telephones use.
  public static final RtpCodec TELEPHONE_EVENT =
      RtpCodec.of("audio/telephone-event", 101, 8000, 1).withParameters(Map.of("0-16", ""));

  private static final RtpCodec OPUS =
      RtpCodec.of("audio/opus", 107, 48_000, 2).withParameters(Map.of("useinbandfec", "1"));
  private static final RtpCodec G722 = RtpCodec.of("audio/G722", 9, 8000, 1);
  private static final RtpCodec PCMU = RtpCodec.of("audio/PCMU", 0, 8000, 1);
  private static final RtpCodec PCMA = RtpCodec.of("audio/PCMA", 8, 8000, 1);

  /// What telephones are offered, best first: what browsers have as well without transcoding, and
  /// nearly every telephone speaks.
  public static final List<RtpCodec> PHONE = List.of(PCMU, PCMA, G722, OPUS);

  /// What browsers are offered and answered, best first.
  public static final List<RtpCodec> BROWSER = List.of(OPUS, G722, PCMU, PCMA);

  private Codecs() {}

  /// The codec of a name as in a configuration; null for an unknown one.
  public static @Nullable RtpCodec ofName(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "opus" -> OPUS;
      case "g722" -> G722;
      case "pcmu" -> PCMU;
      case "pcma" -> PCMA;
      default -> null;
    };
  }

  /// Whether both are the same codec, whatever their payload types and wishes.
  public static boolean isSame(RtpCodec one, RtpCodec other) {
    return one.clockRateHz() == other.clockRateHz()
        && one.channels() == other.channels()
        && one.mimeType().equalsIgnoreCase(other.mimeType());
  }

  static boolean contains(List<RtpCodec> list, RtpCodec codec) {
    return list.stream().anyMatch(each -> isSame(each, codec));
  }

  /// `wanted` reordered so that what `liked` has comes first, in its order.
  public static List<RtpCodec> preferring(List<RtpCodec> wanted, List<RtpCodec> liked) {
    List<RtpCodec> result = new ArrayList<>();
    for (RtpCodec each : liked) {
      wanted.stream().filter(codec -> isSame(codec, each)).findFirst().ifPresent(result::add);
    }
    for (RtpCodec each : wanted) {
      if (!result.contains(each)) {
        result.add(each);
      }
    }
    return result;
  }

  /// The same in the words of the codec modules.
  static CodecFormat format(RtpCodec codec) {
    return new CodecFormat(
        codec.mimeType(), codec.clockRateHz(), codec.channels(), codec.parameters());
  }
}
