package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.media.RtpHeaderExtension;
import org.klatsch.media.RtpReceiveParameters;
import org.klatsch.media.RtpSendParameters;
import org.klatsch.peer.MediaParameters;
import org.klatsch.rtp.ExtensionType;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.MaxptimeAttribute;
import org.klatsch.sdp.PtimeAttribute;
import org.klatsch.sdp.SsrcAttribute;
import org.klatsch.sdp.SsrcGroupAttribute;

/// Reads from both descriptions of an m-section of audio or video what they put into force.
final class MediaAgreement {
  /// Announced sources of one section that are taken: more than any simulcast with repair has.
  private static final int MAX_SOURCES = 32;

  private final Section ours;
  private final Section theirs;
  private final boolean weOffered;

  private MediaAgreement(Section ours, Section theirs, boolean weOffered) {
    this.ours = ours;
    this.theirs = theirs;
    this.weOffered = weOffered;
  }

  /// Null when no codec is common, which a sane peer prevents by rejecting the section.
  ///
  /// @param transceiver the one of the section
  /// @param cname names us in RTCP
  static @Nullable MediaParameters of(
      Section ours, Section theirs, boolean weOffered, Transceiver transceiver, String cname) {
    return new MediaAgreement(ours, theirs, weOffered).read(transceiver, cname);
  }

  /// Seen from here. Whatever an answer claims, nobody sends what the other does not receive.
  static DirectionAttribute direction(Section ours, Section theirs) {
    return Directions.common(ours.direction(), theirs.direction().reversed());
  }

  private @Nullable MediaParameters read(Transceiver transceiver, String cname) {
    MediaKind kind = transceiver.kind();
    // Each side says under which numbers it wants to receive, RFC 3264 §5.1.
    List<RtpCodec> sent = Codecs.common(theirs.codecs(), ours.codecs());
    List<RtpCodec> received = Codecs.common(ours.codecs(), theirs.codecs());
    if (sent.isEmpty() || received.isEmpty()) {
      return null;
    }
    List<RtpHeaderExtension> sentExtensions =
        HeaderExtensions.agreed(ours, theirs, weOffered, true);
    List<RtpHeaderExtension> receivedExtensions =
        HeaderExtensions.agreed(ours, theirs, weOffered, false);
    boolean reduced = ours.reducesRtcp() && theirs.reducesRtcp();
    RtpSendParameters send =
        new RtpSendParameters(
            has(sentExtensions, ExtensionType.MID) ? ours.mid() : "",
            cname,
            kind,
            sent,
            sentExtensions,
            encodings(Simulcast.agreed(transceiver.encodings(), ours, theirs), sent),
            reduced);
    RtpReceiveParameters receive =
        new RtpReceiveParameters(
            has(receivedExtensions, ExtensionType.MID) ? ours.mid() : "",
            kind,
            received,
            receivedExtensions,
            encodings(announced(), received),
            reduced);
    PtimeAttribute ptime = theirs.media().attributes().first(PtimeAttribute.class);
    MaxptimeAttribute maxptime = theirs.media().attributes().first(MaxptimeAttribute.class);
    return new MediaParameters(
        ours.mid(),
        kind,
        direction(ours, theirs),
        send,
        receive,
        ptime == null ? 0 : ptime.milliseconds(),
        maxptime == null ? 0 : maxptime.milliseconds());
  }

  private static boolean has(List<RtpHeaderExtension> extensions, ExtensionType type) {
    return extensions.stream().anyMatch(extension -> extension.uri().equals(type.uri()));
  }

  /// Repair streams exist only where their format was agreed on.
  private static List<RtpEncoding> encodings(List<RtpEncoding> encodings, List<RtpCodec> codecs) {
    boolean rtx = codecs.stream().anyMatch(codec -> codec.is("rtx"));
    boolean fec = codecs.stream().anyMatch(Codecs::isFlexFec);
    return encodings.stream()
        .map(
            each -> each.withSsrcs(each.ssrc(), rtx ? each.rtxSsrc() : 0, fec ? each.fecSsrc() : 0))
        .toList();
  }

  /// The streams the peer announces: by name if it sends simulcast that we take, else by source
  /// (RFC 5576), with the repair streams grouped to them (RFC 5576 §4.2, RFC 5956 §4.3).
  private List<RtpEncoding> announced() {
    Set<String> names = new LinkedHashSet<>(Simulcast.rids(theirs, true).keySet());
    names.retainAll(Simulcast.rids(ours, false).keySet());
    if (!names.isEmpty()) {
      return names.stream().map(RtpEncoding::ofRid).toList();
    }
    Map<Integer, Integer> rtx = new HashMap<>();
    Map<Integer, Integer> fec = new HashMap<>();
    Set<Integer> repair = new HashSet<>();
    for (SsrcGroupAttribute group : theirs.media().attributes().all(SsrcGroupAttribute.class)) {
      if (group.ssrcs().size() != 2) {
        continue;
      }
      int source = group.ssrcs().get(0).intValue();
      int second = group.ssrcs().get(1).intValue();
      if (group.semantics().equals("FID")) {
        rtx.put(source, second);
        repair.add(second);
      } else if (group.semantics().equals("FEC-FR")) {
        fec.put(source, second);
        repair.add(second);
      }
    }
    Set<Integer> sources = new LinkedHashSet<>();
    for (SsrcAttribute ssrc : theirs.media().attributes().all(SsrcAttribute.class)) {
      int value = (int) ssrc.ssrc();
      if (value != 0 && !repair.contains(value) && sources.size() < MAX_SOURCES) {
        sources.add(value);
      }
    }
    List<RtpEncoding> encodings = new ArrayList<>();
    for (int source : sources) {
      encodings.add(
          RtpEncoding.ofSsrc(source)
              .withSsrcs(source, rtx.getOrDefault(source, 0), fec.getOrDefault(source, 0)));
    }
    return encodings;
  }
}
