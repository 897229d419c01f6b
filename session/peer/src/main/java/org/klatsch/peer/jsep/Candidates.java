package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sdp.Attribute;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.Connection;
import org.klatsch.sdp.FlagAttribute;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.SessionDescription;

/// Candidates inside descriptions: they are added to the m-section of their transport as they
/// become known (RFC 9429 §4.1.19 and §5.2.2).
final class Candidates {
  private Candidates() {}

  /// `to` with the candidates of `from`, which is of the same ICE generation.
  static MediaDescription copied(MediaDescription from, MediaDescription to) {
    List<Attribute> missing = new ArrayList<>();
    for (Attribute attribute : from.attributes()) {
      boolean wanted =
          attribute instanceof CandidateAttribute || attribute == FlagAttribute.END_OF_CANDIDATES;
      if (wanted && !to.attributes().list().contains(attribute)) {
        missing.add(attribute);
      }
    }
    return missing.isEmpty() ? to : withDefault(to.withAttributes(to.attributes().with(missing)));
  }

  /// The description with one more attribute, a candidate or the end of them, in one section. Null
  /// when it was there already.
  static @Nullable SessionDescription added(
      SessionDescription description, int index, Attribute attribute, boolean setDefault) {
    MediaDescription media = description.media().get(index);
    if (media.attributes().list().contains(attribute)) {
      return null;
    }
    MediaDescription changed = media.withAttributes(media.attributes().with(List.of(attribute)));
    List<MediaDescription> all = new ArrayList<>(description.media());
    all.set(index, setDefault ? withDefault(changed) : changed);
    return description.withMedia(all);
  }

  /// Port and `c=` repeat the default candidate, RFC 8839 §4.2.1.2: the most likely one to work,
  /// hence relayed before server-reflexive before host, IPv4 before IPv6. Names are kept out of it,
  /// as nobody could look up ours.
  private static MediaDescription withDefault(MediaDescription media) {
    CandidateAttribute best = null;
    for (CandidateAttribute candidate : media.attributes().all(CandidateAttribute.class)) {
      if (rank(candidate) > 0 && (best == null || rank(candidate) > rank(best))) {
        best = candidate;
      }
    }
    if (best == null) {
      return media;
    }
    String family = best.address().indexOf(':') >= 0 ? "IP6" : "IP4";
    return media.withAddress(best.port(), new Connection("IN", family, best.address()));
  }

  private static int rank(CandidateAttribute candidate) {
    boolean ip6 = candidate.address().indexOf(':') >= 0;
    if (candidate.component() != 1
        || candidate.port() == 0
        || !candidate.transport().equalsIgnoreCase("udp")
        || !(ip6 || isIp4(candidate.address()))) {
      return 0;
    }
    int type =
        switch (candidate.type()) {
          case "relay" -> 5;
          case "srflx", "prflx" -> 3;
          default -> 1;
        };
    return ip6 ? type : type + 1;
  }

  private static boolean isIp4(String address) {
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }
}
