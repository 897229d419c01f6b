package org.klatsch.server.whip;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpCodec;
import org.klatsch.peer.jsep.JsepDescription;
import org.klatsch.sdp.FmtpAttribute;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.RtpmapAttribute;

/// The codecs of descriptions.
final class AgreedCodecs {
  /// Stands for the retransmissions of whatever is preferred with it.
  private static final RtpCodec RTX = RtpCodec.of("video/rtx", 127, 90_000, 1);

  private AgreedCodecs() {}

  /// The first codec of each m-section that carries its medium, by mid.
  static Map<String, RtpCodec> first(JsepDescription description) {
    Map<String, RtpCodec> found = new HashMap<>();
    for (MediaDescription media : description.description().media()) {
      String mid = media.mid();
      RtpCodec codec = media.rejected() ? null : first(media);
      if (mid != null && codec != null) {
        found.put(mid, codec);
      }
    }
    return found;
  }

  private static @Nullable RtpCodec first(MediaDescription media) {
    for (String format : media.formats()) {
      for (RtpmapAttribute map : media.attributes().all(RtpmapAttribute.class)) {
        if (Integer.toString(map.payloadType()).equals(format)) {
          RtpCodec codec =
              RtpCodec.of(
                      media.media() + "/" + map.encodingName(),
                      map.payloadType(),
                      map.clockRateHz(),
                      channels(map.encodingParameters()))
                  .withParameters(parameters(media, format));
          if (codec.isMedia()) {
            return codec;
          }
        }
      }
    }
    return null;
  }

  private static int channels(@Nullable String parameters) {
    return parameters != null && parameters.matches("[1-9]") ? Integer.parseInt(parameters) : 1;
  }

  private static Map<String, String> parameters(MediaDescription media, String format) {
    for (FmtpAttribute each : media.attributes().all(FmtpAttribute.class)) {
      if (each.format().equals(format)) {
        return RtpCodec.parseFmtp(each.text());
      }
    }
    return Map.of();
  }

  /// Preferences that leave one codec, and its retransmissions.
  static List<RtpCodec> only(RtpCodec codec) {
    return codec.mimeType().startsWith("video/") ? List.of(codec, RTX) : List.of(codec);
  }
}
