package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.DtlsParameters;
import org.klatsch.peer.DtlsRole;
import org.klatsch.peer.IceParameters;
import org.klatsch.peer.IceRole;
import org.klatsch.peer.MediaParameters;
import org.klatsch.peer.SctpParameters;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.TransportParameters;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.SetupAttribute;

/// Reads from a pair of descriptions what they mean for the session, RFC 9429 §5.9 to §5.11.
final class Agreement {
  private final Sections local;
  private final Sections remote;
  private final boolean weOffered;
  private final SessionParameters before;
  private final Transceivers transceivers;
  private final String cname;

  /// @param weOffered whether `local` is the offer and `remote` its answer, or the other way round
  /// @param before what was in force when the offer was made: roles stay with an association
  /// @param transceivers those of the media sections
  /// @param cname names us in RTCP
  Agreement(
      Sections local,
      Sections remote,
      boolean weOffered,
      SessionParameters before,
      Transceivers transceivers,
      String cname) {
    this.local = local;
    this.remote = remote;
    this.weOffered = weOffered;
    this.before = before;
    this.transceivers = transceivers;
    this.cname = cname;
  }

  /// What an offer with its answer, provisional or final, puts into force.
  SessionParameters read() {
    Sections answer = weOffered ? remote : local;
    Map<String, List<String>> midsOfTag = new LinkedHashMap<>();
    for (Section ours : local.list()) {
      // A bundle-only section of an answer does not exist: only its port tells.
      if (remote.at(ours.index()) != null && answer.get(ours.index()).media().port() != 0) {
        midsOfTag
            .computeIfAbsent(tag(answer, answer.get(ours.index())), tag -> new ArrayList<>())
            .add(ours.mid());
      }
    }
    TransportParameters transport = null;
    for (List<String> mids : midsOfTag.values()) {
      // Deviates from RFC 9429 §4.1.1: one transport is run, because every peer of interest
      // bundles.
      // What a peer without BUNDLE accepts beside the first stays silent.
      if (transport == null || isInForce(mids) && !isInForce(transport.mids())) {
        TransportParameters read = transport(mids);
        transport = read == null ? transport : read;
      }
    }
    return transport == null ? SessionParameters.EMPTY : on(transport);
  }

  private boolean isInForce(List<String> mids) {
    return previous(before, mids) != null;
  }

  /// All that goes over a transport.
  private SessionParameters on(TransportParameters transport) {
    SctpParameters sctp = null;
    List<MediaParameters> media = new ArrayList<>();
    for (String mid : transport.mids()) {
      Section ours = local.byMid(mid);
      Section theirs = ours == null ? null : remote.at(ours.index());
      if (ours == null || theirs == null) {
        continue;
      }
      if (sctp == null && ours.isDataChannel() && theirs.isDataChannel()) {
        sctp = sctp(ours, theirs);
      }
      Transceiver transceiver = transceivers.byMid(mid);
      MediaParameters agreed =
          transceiver == null
              ? null
              : MediaAgreement.of(ours, theirs, weOffered, transceiver, cname);
      if (agreed != null) {
        media.add(agreed);
      }
    }
    return new SessionParameters(List.of(transport), sctp, media);
  }

  /// The first accepted section of the answer's BUNDLE group names the transport, RFC 9143 §7.1.3.
  /// Our own name for it counts, as the answer may lack mids.
  private String tag(Sections answer, Section section) {
    List<String> group = answer.groupOf(section.mid());
    if (group != null) {
      for (String mid : group) {
        Section member = answer.byMid(mid);
        if (member != null && member.media().port() != 0) {
          return local.get(member.index()).mid();
        }
      }
    }
    return local.get(section.index()).mid();
  }

  private @Nullable TransportParameters transport(List<String> mids) {
    Section ours = local.byMid(mids.getFirst());
    Section theirs = ours == null ? null : remote.at(ours.index());
    if (ours == null || theirs == null) {
      return null;
    }
    IceParameters localIce = ours.ice();
    IceParameters remoteIce = theirs.ice();
    if (localIce == null || remoteIce == null) {
      return null;
    }
    TransportParameters previous = previous(before, mids);
    DtlsParameters localDtls = new DtlsParameters(DtlsRole.AUTO, ours.fingerprints(), ours.tlsId());
    DtlsParameters remoteDtls =
        new DtlsParameters(DtlsRole.AUTO, theirs.fingerprints(), theirs.tlsId());
    DtlsRole role = role(ours, theirs, localDtls, remoteDtls, previous);
    return new TransportParameters(
        mids.getFirst(),
        mids,
        iceRole(localIce, remoteIce, previous),
        localIce,
        remoteIce,
        candidates(theirs),
        endOfCandidates(theirs),
        new DtlsParameters(role, localDtls.fingerprints(), localDtls.tlsId()),
        new DtlsParameters(role.opposite(), remoteDtls.fingerprints(), remoteDtls.tlsId()));
  }

  private static @Nullable TransportParameters previous(
      SessionParameters before, List<String> mids) {
    for (String mid : mids) {
      TransportParameters transport = before.transport(mid);
      if (transport != null) {
        return transport;
      }
    }
    return null;
  }

  /// The side whose offer starts ICE controls, unless only the other is a full agent (RFC 8445
  /// §6.1.1). A restart starts ICE again; otherwise the role stays.
  private IceRole iceRole(
      IceParameters localIce, IceParameters remoteIce, @Nullable TransportParameters previous) {
    if (localIce.lite() != remoteIce.lite()) {
      return remoteIce.lite() ? IceRole.CONTROLLING : IceRole.CONTROLLED;
    }
    if (previous != null && previous.localIce().sameGeneration(localIce)) {
      return previous.iceRole();
    }
    return weOffered ? IceRole.CONTROLLING : IceRole.CONTROLLED;
  }

  /// An association that goes on keeps its roles whatever the descriptions say: some peers write
  /// `active` into every answer. A new one takes them from the answer (RFC 8842 §5.3 and §5.4);
  /// without a=setup the answerer is active, as RFC 5763 §5 prefers.
  private DtlsRole role(
      Section ours,
      Section theirs,
      DtlsParameters localDtls,
      DtlsParameters remoteDtls,
      @Nullable TransportParameters previous) {
    if (previous != null
        && previous.remoteDtls() != null
        && previous.localDtls().role() != DtlsRole.AUTO
        && previous.localDtls().sameAssociation(localDtls)
        && previous.remoteDtls().sameAssociation(remoteDtls)) {
      return previous.localDtls().role();
    }
    SetupAttribute setup = weOffered ? theirs.setup() : ours.setup();
    DtlsRole answerer = setup == SetupAttribute.PASSIVE ? DtlsRole.SERVER : DtlsRole.CLIENT;
    return weOffered ? answerer.opposite() : answerer;
  }

  private static List<CandidateAttribute> candidates(Section section) {
    Section source = section.candidateSource();
    if (source == null) {
      return section.ownCandidates();
    }
    Set<CandidateAttribute> all = new LinkedHashSet<>(source.ownCandidates());
    all.addAll(section.ownCandidates());
    return List.copyOf(all);
  }

  private static boolean endOfCandidates(Section section) {
    Section source = section.candidateSource();
    return section.ownEndOfCandidates() || (source != null && source.ownEndOfCandidates());
  }

  private static SctpParameters sctp(Section ours, Section theirs) {
    return new SctpParameters(
        ours.mid(),
        ours.sctpPort(),
        theirs.sctpPort(),
        ours.maxMessageSize(),
        theirs.maxMessageSize(),
        ours.sctpInit() == null ? null : theirs.sctpInit());
  }

  /// What a local offer without an answer means: new transports gather, restarted ones too, the
  /// others go on unchanged.
  ///
  /// @param agreed what is in force
  static SessionParameters offered(Sections offer, SessionParameters agreed) {
    Map<String, TransportParameters> byTag = new LinkedHashMap<>();
    for (Section section : offer.list()) {
      IceParameters ice = section.ice();
      if (section.rejected() || ice == null) {
        continue;
      }
      TransportParameters running = agreed.transport(section.mid());
      String tag = running != null ? running.mid() : offeredTag(offer, section, byTag);
      TransportParameters known = byTag.get(tag);
      if (known != null) {
        byTag.put(tag, withMid(known, section.mid()));
      } else if (running != null && running.localIce().sameGeneration(ice)) {
        byTag.put(tag, running);
      } else {
        byTag.put(tag, starting(section, ice, running));
      }
    }
    return new SessionParameters(List.copyOf(byTag.values()), agreed.sctp(), agreed.media());
  }

  /// A section joins the transport its BUNDLE group already has.
  private static String offeredTag(
      Sections offer, Section section, Map<String, TransportParameters> byTag) {
    List<String> group = offer.groupOf(section.mid());
    if (group != null) {
      for (TransportParameters transport : byTag.values()) {
        if (group.contains(transport.mid())) {
          return transport.mid();
        }
      }
    }
    return section.mid();
  }

  private static TransportParameters withMid(TransportParameters transport, String mid) {
    if (transport.mids().contains(mid)) {
      return transport;
    }
    List<String> mids = new ArrayList<>(transport.mids());
    mids.add(mid);
    return new TransportParameters(
        transport.mid(),
        mids,
        transport.iceRole(),
        transport.localIce(),
        transport.remoteIce(),
        transport.remoteCandidates(),
        transport.endOfRemoteCandidates(),
        transport.localDtls(),
        transport.remoteDtls());
  }

  private static TransportParameters starting(
      Section section, IceParameters ice, @Nullable TransportParameters running) {
    boolean remoteLite =
        running != null && running.remoteIce() != null && running.remoteIce().lite();
    return new TransportParameters(
        running != null ? running.mid() : section.mid(),
        running != null ? running.mids() : List.of(section.mid()),
        ice.lite() && !remoteLite ? IceRole.CONTROLLED : IceRole.CONTROLLING,
        ice,
        null,
        List.of(),
        false,
        running != null
            ? running.localDtls()
            : new DtlsParameters(DtlsRole.AUTO, section.fingerprints(), section.tlsId()),
        running != null ? running.remoteDtls() : null);
  }
}
