package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtcpFeedback;
import org.klatsch.media.RtpCodec;
import org.klatsch.sdp.Attribute;
import org.klatsch.sdp.FmtpAttribute;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.RtcpFbAttribute;
import org.klatsch.sdp.RtpmapAttribute;

/// The payload formats of an m-section: the `m=` line's list with `a=rtpmap`, `a=fmtp` and
/// `a=rtcp-fb`.
final class MediaFormats {
  /// Feedback for every payload type, RFC 4585 §4.2.
  private static final String ALL = "*";

  /// Formats of one section that are looked at; no endpoint has a fifth of that.
  private static final int MAX = 128;

  private MediaFormats() {}

  /// The codecs of a section in the order of its `m=` line. Payload types that nothing explains are
  /// left out.
  static List<RtpCodec> read(MediaDescription media) {
    Map<Integer, RtpmapAttribute> maps = new HashMap<>();
    for (RtpmapAttribute map : media.attributes().all(RtpmapAttribute.class)) {
      maps.putIfAbsent(map.payloadType(), map);
    }
    Map<String, FmtpAttribute> parameters = new HashMap<>();
    for (FmtpAttribute fmtp : media.attributes().all(FmtpAttribute.class)) {
      parameters.putIfAbsent(fmtp.format(), fmtp);
    }
    Map<String, List<RtcpFeedback>> feedback = new HashMap<>();
    for (RtcpFbAttribute each : media.attributes().all(RtcpFbAttribute.class)) {
      String parameter = each.parameters();
      feedback
          .computeIfAbsent(each.payloadType(), type -> new ArrayList<>())
          .add(new RtcpFeedback(each.type(), parameter == null ? "" : parameter));
    }
    List<RtpCodec> codecs = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (String format : media.formats()) {
      int payloadType = payloadType(format);
      if (payloadType < 0 || codecs.size() == MAX || !seen.add(payloadType)) {
        continue;
      }
      RtpmapAttribute map = maps.get(payloadType);
      RtpCodec codec = map == null ? wellKnown(payloadType) : codec(media.media(), map);
      if (codec == null) {
        continue;
      }
      FmtpAttribute fmtp = parameters.get(format);
      List<RtcpFeedback> given = new ArrayList<>(feedback.getOrDefault(format, List.of()));
      given.addAll(feedback.getOrDefault(ALL, List.of()));
      codecs.add(
          codec
              .withParameters(fmtp == null ? Map.of() : RtpCodec.parseFmtp(fmtp.text()))
              .withRtcpFeedback(given.stream().distinct().toList()));
    }
    return codecs;
  }

  private static int payloadType(String format) {
    if (format.isEmpty() || format.length() > 3) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < format.length(); i++) {
      int digit = format.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value > 127 ? -1 : value;
  }

  /// Payload types that need no `a=rtpmap`, RFC 3551 §6.
  private static @Nullable RtpCodec wellKnown(int payloadType) {
    return switch (payloadType) {
      case 0 -> RtpCodec.of("audio/PCMU", 0, 8000, 1);
      case 8 -> RtpCodec.of("audio/PCMA", 8, 8000, 1);
      case 9 -> RtpCodec.of("audio/G722", 9, 8000, 1);
      case 13 -> RtpCodec.of("audio/CN", 13, 8000, 1);
      default -> null;
    };
  }

  private static RtpCodec codec(String kind, RtpmapAttribute map) {
    String channels = map.encodingParameters();
    int count = 1;
    if (kind.equals("audio") && channels != null) {
      count = Math.max(1, payloadType(channels));
    }
    return RtpCodec.of(
        kind + "/" + map.encodingName(), map.payloadType(), map.clockRateHz(), count);
  }

  /// The list of the `m=` line.
  static List<String> formats(List<RtpCodec> codecs) {
    return codecs.stream().map(codec -> Integer.toString(codec.payloadType())).toList();
  }

  /// The attributes of the codecs, format by format.
  static void append(List<RtpCodec> codecs, List<Attribute> to) {
    for (RtpCodec codec : codecs) {
      String name = codec.mimeType().substring(codec.mimeType().indexOf('/') + 1);
      to.add(
          new RtpmapAttribute(
              codec.payloadType(),
              name,
              codec.clockRateHz(),
              codec.channels() > 1 ? Integer.toString(codec.channels()) : null));
      String format = Integer.toString(codec.payloadType());
      for (RtcpFeedback feedback : codec.rtcpFeedback()) {
        to.add(
            new RtcpFbAttribute(
                format,
                feedback.type(),
                feedback.parameter().isEmpty() ? null : feedback.parameter()));
      }
      if (!codec.parameters().isEmpty()) {
        to.add(new FmtpAttribute(format, codec.fmtpLine()));
      }
    }
  }
}
