package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtcpFeedback;
import org.klatsch.media.RtpCodec;

/// Lists of codecs in which `rtx` and `red` point to others by payload type: choosing, comparing
/// and renumbering them.
final class Codecs {
  private Codecs() {}

  /// The codecs that are wanted, without those that have lost what they belong to: `rtx` its codec,
  /// `red` one it wraps, comfort noise and telephone events every codec of their clock rate (RFC
  /// 3389 §5.1, RFC 4733 §2.1).
  static List<RtpCodec> complete(List<RtpCodec> codecs, Predicate<RtpCodec> wanted) {
    List<RtpCodec> kept = new ArrayList<>(codecs.stream().filter(wanted).toList());
    boolean again = true;
    while (again) {
      Set<Integer> payloadTypes = new HashSet<>();
      Set<Integer> mediaRates = new HashSet<>();
      for (RtpCodec codec : kept) {
        payloadTypes.add(codec.payloadType());
        if (codec.isMedia()) {
          mediaRates.add(codec.clockRateHz());
        }
      }
      again = kept.removeIf(codec -> !isUsable(codec, payloadTypes, mediaRates));
    }
    return List.copyOf(kept);
  }

  private static boolean isUsable(
      RtpCodec codec, Set<Integer> payloadTypes, Set<Integer> mediaRates) {
    return switch (codec.name()) {
      case "rtx" -> payloadTypes.contains(codec.associatedPayloadType());
      case "red" ->
          mediaRates.contains(codec.clockRateHz()) && payloadTypes.containsAll(wrapped(codec));
      case "ulpfec", "flexfec", "flexfec-03", "cn", "telephone-event" ->
          mediaRates.contains(codec.clockRateHz());
      default -> true;
    };
  }

  /// Whether a format is FlexFEC, RFC 8627, or the third draft of it.
  static boolean isFlexFec(RtpCodec codec) {
    return codec.is("flexfec-03") || codec.is("flexfec");
  }

  /// The payload types an audio `red` names, RFC 2198 §5; empty for video, which names none.
  static List<Integer> wrapped(RtpCodec red) {
    List<Integer> payloadTypes = new ArrayList<>();
    for (String parameter : red.parameters().keySet()) {
      for (String part : parameter.split("/", -1)) {
        payloadTypes.add(payloadType(part));
      }
    }
    return payloadTypes;
  }

  private static int payloadType(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  static @Nullable RtpCodec byPayloadType(List<RtpCodec> codecs, int payloadType) {
    for (RtpCodec codec : codecs) {
      if (codec.payloadType() == payloadType) {
        return codec;
      }
    }
    return null;
  }

  /// The codec among `ours` that means the same as `theirs`, one of `all`; null without one.
  static @Nullable RtpCodec match(RtpCodec theirs, List<RtpCodec> all, List<RtpCodec> ours) {
    for (RtpCodec codec : ours) {
      if (matches(theirs, all, codec, ours)) {
        return codec;
      }
    }
    return null;
  }

  private static boolean matches(
      RtpCodec one, List<RtpCodec> ofOne, RtpCodec other, List<RtpCodec> ofOther) {
    if (!CodecMatch.sameFormat(one, other)) {
      return false;
    }
    return switch (one.name()) {
      case "rtx" ->
          sameAt(one.associatedPayloadType(), ofOne, other.associatedPayloadType(), ofOther);
      case "red" -> sameWrapped(one, ofOne, other, ofOther);
      default -> true;
    };
  }

  /// RED matches when what it repeats is the same codec on both sides: how often is the sender's
  /// choice. One that names nothing takes anything.
  private static boolean sameWrapped(
      RtpCodec one, List<RtpCodec> ofOne, RtpCodec other, List<RtpCodec> ofOther) {
    List<Integer> mine = wrapped(one);
    List<Integer> yours = wrapped(other);
    return mine.isEmpty()
        || yours.isEmpty()
        || sameAt(mine.getFirst(), ofOne, yours.getFirst(), ofOther);
  }

  private static boolean sameAt(int one, List<RtpCodec> ofOne, int other, List<RtpCodec> ofOther) {
    RtpCodec mine = byPayloadType(ofOne, one);
    RtpCodec yours = byPayloadType(ofOther, other);
    return mine != null
        && yours != null
        && !mine.is("rtx")
        && !(mine.is("red") && !wrapped(mine).isEmpty())
        && matches(mine, ofOne, yours, ofOther);
  }

  /// The codecs of `theirs` that we have too, with their payload types and parameters and with the
  /// feedback both know, in their order.
  static List<RtpCodec> common(List<RtpCodec> theirs, List<RtpCodec> ours) {
    List<RtpCodec> found = new ArrayList<>();
    for (RtpCodec codec : theirs) {
      RtpCodec match = match(codec, theirs, ours);
      if (match != null) {
        found.add(codec.withRtcpFeedback(commonFeedback(codec, match)));
      }
    }
    return complete(found, codec -> true);
  }

  static List<RtcpFeedback> commonFeedback(RtpCodec codec, RtpCodec other) {
    return codec.rtcpFeedback().stream().filter(other::has).toList();
  }

  /// The codecs an application prefers, in its order, each followed by its `rtx` if it prefers that
  /// too (`setCodecPreferences` of the W3C). No preferences mean all.
  static List<RtpCodec> preferred(List<RtpCodec> codecs, List<RtpCodec> preferences) {
    if (preferences.isEmpty()) {
      return codecs;
    }
    boolean rtx = preferences.stream().anyMatch(codec -> codec.is("rtx"));
    Map<Integer, RtpCodec> chosen = new LinkedHashMap<>();
    for (RtpCodec preference : preferences) {
      for (RtpCodec codec : codecs) {
        if (!codec.is("rtx") && CodecMatch.sameFormat(codec, preference)) {
          chosen.putIfAbsent(codec.payloadType(), codec);
          RtpCodec repair = rtx ? rtxOf(codec, codecs) : null;
          if (repair != null) {
            chosen.putIfAbsent(repair.payloadType(), repair);
          }
        }
      }
    }
    return complete(List.copyOf(chosen.values()), codec -> true);
  }

  private static @Nullable RtpCodec rtxOf(RtpCodec codec, List<RtpCodec> codecs) {
    for (RtpCodec each : codecs) {
      if (each.is("rtx") && each.associatedPayloadType() == codec.payloadType()) {
        return each;
      }
    }
    return null;
  }

  /// The same codecs under other payload types, with the references between them.
  ///
  /// @param changes new payload type by the old one, for those that change
  static List<RtpCodec> renumbered(List<RtpCodec> codecs, Map<Integer, Integer> changes) {
    if (changes.isEmpty()) {
      return codecs;
    }
    List<RtpCodec> renumbered = new ArrayList<>();
    for (RtpCodec codec : codecs) {
      int payloadType = changes.getOrDefault(codec.payloadType(), codec.payloadType());
      RtpCodec changed = codec.withPayloadType(payloadType);
      if (codec.is("rtx")) {
        Map<String, String> parameters = new LinkedHashMap<>(codec.parameters());
        int apt = codec.associatedPayloadType();
        parameters.put("apt", Integer.toString(changes.getOrDefault(apt, apt)));
        changed = changed.withParameters(parameters);
      } else if (codec.is("red") && !codec.parameters().isEmpty()) {
        changed = changed.withParameters(Map.of(renumberedRed(codec, changes), ""));
      }
      renumbered.add(changed);
    }
    return renumbered;
  }

  private static String renumberedRed(RtpCodec red, Map<Integer, Integer> changes) {
    StringBuilder out = new StringBuilder();
    for (int payloadType : wrapped(red)) {
      out.append(out.isEmpty() ? "" : "/").append(changes.getOrDefault(payloadType, payloadType));
    }
    return out.toString();
  }

  /// What we answer: the formats of the offer that we have too, under the offer's payload types
  /// (RFC 3264 §6.1) and with our parameters.
  static List<RtpCodec> answered(List<RtpCodec> offered, List<RtpCodec> ours) {
    List<RtpCodec> common = common(offered, ours);
    Map<Integer, RtpCodec> answers = new HashMap<>();
    List<RtpCodec> answer = new ArrayList<>();
    for (RtpCodec codec : common) {
      RtpCodec match = match(codec, offered, ours);
      RtpCodec mine =
          match == null ? codec : codec.withParameters(CodecMatch.answered(codec, match));
      if (answers.putIfAbsent(codec.payloadType(), mine) == null) {
        answer.add(mine);
      }
    }
    return answer;
  }
}
