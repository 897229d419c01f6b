package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;

/// Gives payload types to the codecs of an offer. Bundled m-sections share one number space (RFC
/// 9143 §9.1), and a number never changes its meaning within a session (RFC 3264 §8.3.2): what the
/// descriptions in force say is kept, be it the peer's choice.
final class PayloadTypes {
  private final Map<MediaKind, List<RtpCodec>> known = new EnumMap<>(MediaKind.class);
  private final Set<Integer> used = new HashSet<>();

  PayloadTypes(@Nullable Sections local, @Nullable Sections remote) {
    known.put(MediaKind.AUDIO, new ArrayList<>());
    known.put(MediaKind.VIDEO, new ArrayList<>());
    learn(local);
    learn(remote);
  }

  private void learn(@Nullable Sections sections) {
    if (sections == null) {
      return;
    }
    for (Section section : sections.list()) {
      MediaKind kind = section.kind();
      if (kind != null && section.isMedia() && section.media().port() != 0) {
        for (RtpCodec codec : section.codecs()) {
          learn(kind, codec);
        }
      }
    }
  }

  private void learn(MediaKind kind, RtpCodec codec) {
    if (used.add(codec.payloadType())) {
      known.computeIfAbsent(kind, each -> new ArrayList<>()).add(codec);
    }
  }

  /// Numbers the codecs of a section and remembers the numbers. One that finds none is left out.
  ///
  /// @param codecs with the payload types we prefer
  List<RtpCodec> assign(MediaKind kind, List<RtpCodec> codecs) {
    List<RtpCodec> before = known.getOrDefault(kind, List.of());
    Map<Integer, Integer> changes = new HashMap<>();
    List<RtpCodec> fresh = new ArrayList<>();
    Set<Integer> taken = new HashSet<>();
    for (RtpCodec codec : codecs) {
      RtpCodec match = Codecs.match(codec, codecs, before);
      if (match != null && taken.add(match.payloadType())) {
        change(changes, codec.payloadType(), match.payloadType());
      } else {
        fresh.add(codec);
      }
    }
    Set<Integer> left = new HashSet<>();
    for (RtpCodec codec : fresh) {
      int payloadType = used.contains(codec.payloadType()) ? free(codecs) : codec.payloadType();
      if (payloadType < 0) {
        left.add(codec.payloadType());
      } else {
        used.add(payloadType);
        change(changes, codec.payloadType(), payloadType);
      }
    }
    List<RtpCodec> assigned =
        Codecs.renumbered(
            Codecs.complete(codecs, codec -> !left.contains(codec.payloadType())), changes);
    for (RtpCodec codec : assigned) {
      if (Codecs.byPayloadType(before, codec.payloadType()) == null) {
        known.computeIfAbsent(kind, each -> new ArrayList<>()).add(codec);
      }
    }
    return assigned;
  }

  private static void change(Map<Integer, Integer> changes, int from, int to) {
    if (from != to) {
      changes.put(from, to);
    }
  }

  /// The dynamic range, RFC 3551 §6, then what RFC 5761 §4 leaves of the unassigned one.
  private int free(List<RtpCodec> notThese) {
    for (int payloadType = 96; payloadType <= 127; payloadType++) {
      if (isFree(payloadType, notThese)) {
        return payloadType;
      }
    }
    for (int payloadType = 35; payloadType <= 63; payloadType++) {
      if (isFree(payloadType, notThese)) {
        return payloadType;
      }
    }
    return -1;
  }

  private boolean isFree(int payloadType, List<RtpCodec> notThese) {
    return !used.contains(payloadType) && Codecs.byPayloadType(notThese, payloadType) == null;
  }
}
