package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.sdp.Attribute;
import org.klatsch.sdp.RidAttribute;
import org.klatsch.sdp.RidAttribute.Restriction;
import org.klatsch.sdp.SimulcastAttribute;
import org.klatsch.sdp.SimulcastAttribute.Alternative;

/// `a=simulcast` with its `a=rid` lines, RFC 8853 and RFC 8851. Of alternatives the first counts.
final class Simulcast {
  /// Streams of one section that are taken: browsers send three.
  private static final int MAX = 8;

  private Simulcast() {}

  /// The rids the author of a section sends (or receives) as simulcast, each with its `a=rid`. Rids
  /// without that line do not count, RFC 8853 §5.2.
  static Map<String, RidAttribute> rids(Section section, boolean send) {
    SimulcastAttribute simulcast = section.media().attributes().first(SimulcastAttribute.class);
    if (simulcast == null) {
      return Map.of();
    }
    Map<String, RidAttribute> declared = new LinkedHashMap<>();
    for (RidAttribute rid : section.media().attributes().all(RidAttribute.class)) {
      if (rid.send() == send) {
        declared.putIfAbsent(rid.id(), rid);
      }
    }
    Map<String, RidAttribute> found = new LinkedHashMap<>();
    for (List<Alternative> stream : send ? simulcast.send() : simulcast.receive()) {
      for (Alternative alternative : stream) {
        RidAttribute rid = declared.get(alternative.rid());
        if (rid != null && found.size() < MAX) {
          found.put(rid.id(), rid);
          break;
        }
      }
    }
    return found;
  }

  /// What is sent under a pair of descriptions. The peer may take fewer encodings than we offered,
  /// or no simulcast at all: then the first goes on without a rid, RFC 8853 §5.3.2.
  static List<RtpEncoding> agreed(List<RtpEncoding> encodings, Section ours, Section theirs) {
    if (encodings.getFirst().rid() == null) {
      return encodings;
    }
    Set<String> taken = new HashSet<>(rids(theirs, false).keySet());
    taken.retainAll(rids(ours, true).keySet());
    List<RtpEncoding> kept = new ArrayList<>();
    for (RtpEncoding encoding : encodings) {
      if (taken.contains(String.valueOf(encoding.rid()))) {
        kept.add(encoding);
      }
    }
    return kept.isEmpty() ? List.of(encodings.getFirst().withRid(null)) : kept;
  }

  /// Says that we send these encodings; nothing unless they have rids.
  static void appendOffer(List<RtpEncoding> encodings, List<Attribute> to) {
    List<List<Alternative>> send = new ArrayList<>();
    for (RtpEncoding encoding : encodings) {
      String rid = encoding.rid();
      if (rid != null) {
        to.add(new RidAttribute(rid, true, List.of()));
        send.add(List.of(new Alternative(rid, !encoding.active())));
      }
    }
    if (!send.isEmpty()) {
      to.add(new SimulcastAttribute(send, List.of(), false));
    }
  }

  /// Answers a simulcast offer: what the peer receives and we send, and the other way round.
  ///
  /// @param codecs of the answer: a rid whose `pt` names none of them is refused, RFC 8851 §6.3
  /// @return whether we send simulcast
  static boolean appendAnswer(
      Section offered,
      List<RtpEncoding> encodings,
      boolean sends,
      boolean receives,
      List<RtpCodec> codecs,
      List<Attribute> to) {
    List<List<Alternative>> sent = new ArrayList<>();
    if (sends) {
      Map<String, RidAttribute> wanted = rids(offered, false);
      for (RtpEncoding encoding : encodings) {
        String rid = encoding.rid();
        RidAttribute theirs = rid == null ? null : wanted.get(rid);
        if (rid != null && theirs != null && isUsable(theirs, codecs)) {
          to.add(new RidAttribute(rid, true, restrictions(theirs, codecs)));
          sent.add(List.of(new Alternative(rid, !encoding.active())));
        }
      }
    }
    List<List<Alternative>> received = new ArrayList<>();
    if (receives) {
      for (RidAttribute theirs : rids(offered, true).values()) {
        if (isUsable(theirs, codecs)) {
          to.add(new RidAttribute(theirs.id(), false, restrictions(theirs, codecs)));
          received.add(List.of(new Alternative(theirs.id(), false)));
        }
      }
    }
    if (!sent.isEmpty() || !received.isEmpty()) {
      to.add(new SimulcastAttribute(sent, received, sent.isEmpty()));
    }
    return !sent.isEmpty();
  }

  private static boolean isUsable(RidAttribute rid, List<RtpCodec> codecs) {
    for (Restriction restriction : rid.restrictions()) {
      if (restriction.name().equals("pt")) {
        return !accepted(restriction, codecs).isEmpty();
      }
    }
    return true;
  }

  private static List<String> accepted(Restriction pt, List<RtpCodec> codecs) {
    String value = pt.value();
    Set<String> formats = new HashSet<>(MediaFormats.formats(codecs));
    List<String> accepted = new ArrayList<>();
    for (String format : (value == null ? "" : value).split(",", -1)) {
      if (formats.contains(format)) {
        accepted.add(format);
      }
    }
    return accepted;
  }

  /// An answer keeps the restrictions or makes them stricter, RFC 8851 §6.3.
  private static List<Restriction> restrictions(RidAttribute theirs, List<RtpCodec> codecs) {
    List<Restriction> kept = new ArrayList<>();
    for (Restriction restriction : theirs.restrictions()) {
      kept.add(
          restriction.name().equals("pt")
              ? new Restriction("pt", String.join(",", accepted(restriction, codecs)))
              : restriction);
    }
    return kept;
  }
}
