package org.klatsch.interop;

import java.util.List;
import org.klatsch.webrtc.RTCRtpCodec;
import org.klatsch.webrtc.RTCRtpReceiver;

/// Codec preferences that force a codec.
final class Only {
  private static final List<String> BESIDE = List.of("rtx", "telephone-event", "CN");

  private Only() {}

  /// The codec, and what repairs it or signals beside it.
  ///
  /// @param mimeType for example `audio/opus`
  static List<RTCRtpCodec> codec(String mimeType) {
    String kind = mimeType.substring(0, mimeType.indexOf('/'));
    return RTCRtpReceiver.getCapabilities(kind).codecs().stream()
        .filter(each ->
            each.mimeType().equalsIgnoreCase(mimeType)
                || BESIDE.contains(each.mimeType().substring(kind.length() + 1)))
        .toList();
  }
}
