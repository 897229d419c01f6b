package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.DtlsParameters;
import org.klatsch.peer.DtlsRole;
import org.klatsch.peer.IceParameters;
import org.klatsch.peer.SctpParameters;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.TransportParameters;
import org.klatsch.peer.jsep.DescriptionWriter.Transport;
import org.klatsch.peer.jsep.MediaWriter.Answered;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.SessionDescription;
import org.klatsch.sdp.SetupAttribute;

/// Writes our answers, RFC 9429 §5.3. All that is accepted shares one transport: sections outside
/// of its BUNDLE group are rejected.
final class AnswerWriter {
  private final DescriptionWriter writer;
  private final MediaWriter mediaWriter;

  AnswerWriter(DescriptionWriter writer, MediaWriter mediaWriter) {
    this.writer = writer;
    this.mediaWriter = mediaWriter;
  }

  /// Writes an answer.
  ///
  /// @param offer the peer's pending offer
  /// @param local our provisional answer, else our current description; null at first
  /// @param current our description in force, null at first
  /// @param agreed what was in force before the offer, for the roles that must stay
  /// @param transceivers find those of the offer's sections
  /// @param provisional whether `local` is a provisional answer, whose transports already run
  SessionDescription write(
      Sections offer,
      @Nullable Sections local,
      @Nullable Sections current,
      SessionParameters agreed,
      Transceivers transceivers,
      boolean provisional) {
    HeaderExtensions extensions = new HeaderExtensions(current, null);
    Map<Integer, Answered> answers = new HashMap<>();
    List<Section> usable = new ArrayList<>();
    Section data = offer.dataChannel();
    for (Section section : offer.list()) {
      if (section == data) {
        usable.add(section);
      } else if (!section.rejected() && section.isMedia() && section.multiplexesRtcp()) {
        Transceiver transceiver = transceivers.byMid(section.mid());
        Answered answer =
            transceiver == null || transceiver.isStopping()
                ? null
                : mediaWriter.answer(transceiver, section, extensions);
        if (answer != null) {
          answers.put(section.index(), answer);
          usable.add(section);
        }
      }
    }
    List<Section> accepted = ofOneTransport(offer, usable, agreed);
    if (accepted.isEmpty()) {
      return writer.description(
          List.of(), false, false, offer.list().stream().map(writer::rejected).toList());
    }
    Section tag = accepted.getFirst();
    TransportParameters running = running(accepted, agreed);
    Section before = before(local, running, provisional);
    boolean keepsIce = provisional || (running != null && !restarts(tag, running));
    Transport transport = transport(tag, before, running, keepsIce, provisional);
    boolean mixed = false;
    List<MediaDescription> media = new ArrayList<>();
    for (Section section : offer.list()) {
      if (!accepted.contains(section)) {
        media.add(writer.rejected(section));
        continue;
      }
      Answered answer = answers.get(section.index());
      mixed |= answer != null && HeaderExtensions.allowsMixed(offer, section);
      SctpParameters association = agreed.sctp();
      boolean sctpInit =
          section.sctpInit() != null && (association == null || association.remoteInit() != null);
      MediaDescription answered = answered(section, answer, transport, sctpInit);
      media.add(
          section == tag && keepsIce && before != null
              ? Candidates.copied(before.media(), answered)
              : answered);
    }
    List<String> bundle =
        offer.groupOf(tag.mid()) == null ? List.of() : accepted.stream().map(Section::mid).toList();
    return writer.description(bundle, mixed, writer.answersDtlsInStun(tag), media);
  }

  private MediaDescription answered(
      Section offered, @Nullable Answered answer, Transport transport, boolean sctpInit) {
    MediaDescription media = offered.media();
    return answer == null
        ? writer.dataSection(
            media.mid(), media.protocol(), media.formats(), transport, sctpInit, false)
        : writer.mediaSection(
            media.mid(),
            media.media(),
            media.protocol(),
            answer.formats(),
            transport,
            false,
            answer.attributes());
  }

  /// The sections that go with the transport in force, else with the first usable section; the one
  /// that stands for the group comes first (RFC 9143 §7.3.1).
  private static List<Section> ofOneTransport(
      Sections offer, List<Section> usable, SessionParameters agreed) {
    Section chosen = usable.isEmpty() ? null : usable.getFirst();
    for (Section section : usable) {
      if (agreed.transport(section.mid()) != null) {
        chosen = section;
        break;
      }
    }
    if (chosen == null) {
      return List.of();
    }
    List<String> group = offer.groupOf(chosen.mid());
    if (group == null) {
      return List.of(chosen);
    }
    List<Section> accepted = new ArrayList<>();
    for (String mid : group) {
      Section section = offer.byMid(mid);
      if (section != null && usable.contains(section)) {
        accepted.add(section);
      }
    }
    return accepted;
  }

  private static @Nullable TransportParameters running(
      List<Section> accepted, SessionParameters agreed) {
    for (Section section : accepted) {
      TransportParameters transport = agreed.transport(section.mid());
      if (transport != null) {
        return transport;
      }
    }
    return null;
  }

  /// The section of ours that has the attributes and candidates of the transport so far.
  private static @Nullable Section before(
      @Nullable Sections local, @Nullable TransportParameters running, boolean provisional) {
    if (local == null) {
      return null;
    }
    Section named = running == null ? null : local.byMid(running.mid());
    if (named != null && !named.rejected()) {
      return named;
    }
    if (running == null && !provisional) {
      return null;
    }
    Section most = null;
    for (Section section : local.list()) {
      boolean more = most == null || section.ownCandidates().size() > most.ownCandidates().size();
      if (!section.rejected() && section.ice() != null && more) {
        most = section;
      }
    }
    return most;
  }

  private Transport transport(
      Section tag,
      @Nullable Section before,
      @Nullable TransportParameters running,
      boolean keepsIce,
      boolean provisional) {
    IceParameters ice = before == null ? null : before.ice();
    boolean continues = running != null && continues(tag, running);
    String tlsId = null;
    if (tag.tlsId() != null) {
      // A new association gets a new id, RFC 8842 §5.3.
      tlsId = before != null && (continues || provisional) ? before.tlsId() : null;
      tlsId = tlsId == null ? writer.secrets().tlsId() : tlsId;
    }
    return new Transport(
        keepsIce && ice != null ? ice : writer.freshIce(),
        setup(tag, continues ? running : null),
        tlsId);
  }

  /// The peer restarts ICE by changing its credentials, RFC 8839 §4.4.1.1.1.
  private static boolean restarts(Section offered, TransportParameters transport) {
    IceParameters theirs = offered.ice();
    IceParameters before = transport.remoteIce();
    return theirs == null || before == null || !before.sameGeneration(theirs);
  }

  private static boolean continues(Section offered, TransportParameters transport) {
    return transport.remoteDtls() != null
        && transport
            .remoteDtls()
            .sameAssociation(
                new DtlsParameters(DtlsRole.AUTO, offered.fingerprints(), offered.tlsId()));
  }

  /// Our part of the handshake, RFC 8842 §5.3: what the offer leaves us, the role we have when the
  /// association goes on, else the preferred one.
  private SetupAttribute setup(Section offered, @Nullable TransportParameters continuing) {
    SetupAttribute theirs = offered.setup();
    if (theirs == SetupAttribute.ACTIVE) {
      return SetupAttribute.PASSIVE;
    }
    if (theirs == SetupAttribute.PASSIVE) {
      return SetupAttribute.ACTIVE;
    }
    DtlsRole role =
        continuing != null && continuing.localDtls().role() != DtlsRole.AUTO
            ? continuing.localDtls().role()
            : writer.options().answerRole();
    return role == DtlsRole.CLIENT ? SetupAttribute.ACTIVE : SetupAttribute.PASSIVE;
  }
}
