package org.klatsch.media;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A codec, or another payload format, of one media section: `a=rtpmap`, `a=fmtp` and `a=rtcp-fb`.
///
/// @param mimeType such as `audio/opus`; compared without regard to case
/// @param payloadType 0 to 127
/// @param clockRateHz of the RTP timestamp: 8000 for G.722, RFC 3551 §4.5.2
/// @param channels 1 for video
/// @param parameters of `a=fmtp` in their order; one without `=`, like `0-15` of telephone-event or
///   `111/111` of red, is a key with an empty value
/// @param rtcpFeedback what both sides can do
public record RtpCodec(
    String mimeType,
    int payloadType,
    int clockRateHz,
    int channels,
    Map<String, String> parameters,
    List<RtcpFeedback> rtcpFeedback) {
  private static final String[] BESIDE_MEDIA = {
    "rtx", "red", "ulpfec", "flexfec", "flexfec-03", "telephone-event", "cn"
  };

  public RtpCodec {
    if (mimeType.indexOf('/') < 1) {
      throw new IllegalArgumentException("mimeType \"" + mimeType + "\", expected type/subtype");
    }
    if (payloadType < 0 || payloadType > 127) {
      throw new IllegalArgumentException("payloadType " + payloadType + ", expected 0 to 127");
    }
    if (clockRateHz < 1 || channels < 1) {
      throw new IllegalArgumentException(
          "clockRateHz " + clockRateHz + " and channels " + channels + ", expected at least 1");
    }
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    rtcpFeedback = List.copyOf(rtcpFeedback);
  }

  /// A codec without parameters and feedback.
  public static RtpCodec of(String mimeType, int payloadType, int clockRateHz, int channels) {
    return new RtpCodec(mimeType, payloadType, clockRateHz, channels, Map.of(), List.of());
  }

  public RtpCodec withPayloadType(int value) {
    return new RtpCodec(mimeType, value, clockRateHz, channels, parameters, rtcpFeedback);
  }

  public RtpCodec withParameters(Map<String, String> value) {
    return new RtpCodec(mimeType, payloadType, clockRateHz, channels, value, rtcpFeedback);
  }

  public RtpCodec withRtcpFeedback(List<RtcpFeedback> value) {
    return new RtpCodec(mimeType, payloadType, clockRateHz, channels, parameters, value);
  }

  /// The subtype of the media type, in lower case: `opus`, `vp8`, `rtx`.
  public String name() {
    return mimeType.substring(mimeType.indexOf('/') + 1).toLowerCase(Locale.ROOT);
  }

  /// Whether the subtype is `name`, without regard to case.
  public boolean is(String name) {
    int slash = mimeType.indexOf('/') + 1;
    return mimeType.length() - slash == name.length()
        && mimeType.regionMatches(true, slash, name, 0, name.length());
  }

  /// Whether this carries a medium by itself, rather than repairing, wrapping or signalling beside
  /// another payload type.
  public boolean isMedia() {
    // Asked for every packet, so it makes no string.
    for (String name : BESIDE_MEDIA) {
      if (is(name)) {
        return false;
      }
    }
    return true;
  }

  /// The value of a parameter of `a=fmtp`, whose name is compared without regard to case.
  public String parameter(String name, String absent) {
    String exact = parameters.get(name);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, String> entry : parameters.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        return entry.getValue();
      }
    }
    return absent;
  }

  /// The value of a parameter of `a=fmtp` as a number; `absent` when it is missing or no number.
  public int parameter(String name, int absent) {
    String value = parameter(name, "");
    try {
      return value.isEmpty() ? absent : Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      return absent;
    }
  }

  /// The payload type that an `rtx` retransmits, RFC 4588 §8.1 `apt`; −1 when there is none.
  public int associatedPayloadType() {
    return parameter("apt", -1);
  }

  /// Whether a `red` of audio repeats frames of a payload type, RFC 2198 §5.
  public boolean wraps(int other) {
    if (!is("red")) {
      return false;
    }
    String wanted = Integer.toString(other);
    for (String key : parameters.keySet()) {
      for (String part : key.split("/", -1)) {
        if (part.strip().equals(wanted)) {
          return true;
        }
      }
    }
    return false;
  }

  /// Whether both sides do this feedback.
  public boolean has(RtcpFeedback feedback) {
    for (RtcpFeedback each : rtcpFeedback) {
      if (each.type().equalsIgnoreCase(feedback.type())
          && each.parameter().equalsIgnoreCase(feedback.parameter())) {
        return true;
      }
    }
    return false;
  }

  /// The parameters as in `a=fmtp` behind the payload type; empty when there are none.
  public String fmtpLine() {
    return parameters.entrySet().stream()
        .map(e -> e.getValue().isEmpty() ? e.getKey() : e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(";"));
  }

  /// Reads the parameters of an `a=fmtp` line, without its payload type.
  public static Map<String, String> parseFmtp(String line) {
    Map<String, String> parsed = new LinkedHashMap<>();
    for (String part : line.split(";")) {
      String pair = part.strip();
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        if (equals < 0) {
          parsed.putIfAbsent(pair, "");
        } else {
          parsed.putIfAbsent(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
        }
      }
    }
    return parsed;
  }
}
