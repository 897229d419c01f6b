package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.DtlsFingerprint;
import org.klatsch.peer.DtlsParameters;
import org.klatsch.peer.DtlsRole;
import org.klatsch.peer.IceParameters;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.TransportParameters;
import org.klatsch.sdp.Attribute;
import org.klatsch.sdp.Attributes;
import org.klatsch.sdp.Connection;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.FingerprintAttribute;
import org.klatsch.sdp.FlagAttribute;
import org.klatsch.sdp.GroupAttribute;
import org.klatsch.sdp.IceOptionsAttribute;
import org.klatsch.sdp.IcePwdAttribute;
import org.klatsch.sdp.IceUfragAttribute;
import org.klatsch.sdp.MaxMessageSizeAttribute;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.MidAttribute;
import org.klatsch.sdp.Origin;
import org.klatsch.sdp.SctpPortAttribute;
import org.klatsch.sdp.SctpmapAttribute;
import org.klatsch.sdp.SessionDescription;
import org.klatsch.sdp.SetupAttribute;
import org.klatsch.sdp.TlsIdAttribute;

/// Writes our offers (RFC 9429 §5.2) and answers (§5.3).
final class DescriptionWriter {
  /// `a=sctpmap` wants a number of streams; data channels can use all.
  private static final int SCTPMAP_STREAMS = 65_535;

  /// Discard: where ICE will find the address (RFC 9429 §5.2.1).
  private static final int NO_PORT_YET = 9;

  private final JsepOptions options;
  private final Secrets secrets;
  private final List<String> iceOptions;
  private final long sessionId;

  /// Grows with every description written, RFC 9429 §5.2.2.
  private long sessionVersion;

  DescriptionWriter(JsepOptions options, Secrets secrets) {
    this.options = options;
    this.secrets = secrets;
    sessionId = secrets.sessionId();
    List<String> tokens = new ArrayList<>();
    if (options.trickle()) {
      tokens.add("trickle");
    }
    tokens.add("ice2");
    if (options.renomination()) {
      tokens.add("renomination");
    }
    iceOptions = List.copyOf(tokens);
  }

  /// Writes an offer.
  ///
  /// @param local our last description: the pending offer, else the current description; null at
  ///   first
  /// @param remote the peer's current description, null at first
  /// @param wantsData whether there must be a section for data channels
  /// @param restart tells for a username fragment whether its transport restarts ICE
  /// @param freshMid makes a mid that was never used
  SessionDescription offer(
      @Nullable Sections local,
      @Nullable Sections remote,
      boolean wantsData,
      Predicate<String> restart,
      Supplier<String> freshMid) {
    List<MediaDescription> media = new ArrayList<>();
    List<String> bundle = new ArrayList<>();
    boolean hasData = false;
    int recyclable = -1;
    if (local != null) {
      for (Section section : local.list()) {
        Section theirs = remote == null ? null : remote.at(section.index());
        boolean gone = section.rejected() || (theirs != null && theirs.rejected());
        if (!gone && section.isDataChannel()) {
          hasData = true;
          bundle.add(section.mid());
          media.add(offeredAgain(section, restart));
        } else {
          if (recyclable < 0 && section.isDataChannel()) {
            recyclable = section.index();
          }
          media.add(rejected(section));
        }
      }
    }
    if (wantsData && !hasData) {
      String mid = freshMid.get();
      bundle.add(mid);
      MediaDescription section =
          dataSection(
              mid,
              "UDP/DTLS/SCTP",
              List.of(Section.DATA_CHANNEL),
              freshIce(),
              SetupAttribute.ACTPASS,
              secrets.tlsId());
      if (recyclable >= 0) {
        // Another mid marks the section as a new one in the place of the old, RFC 9429 §5.2.2.
        media.set(recyclable, section);
      } else {
        media.add(section);
      }
    }
    return description(bundle.isEmpty() ? List.of() : List.of(bundle), media);
  }

  private MediaDescription offeredAgain(Section section, Predicate<String> restart) {
    IceParameters ice = section.ice();
    boolean restarts = ice == null || restart.test(ice.usernameFragment());
    String tlsId = section.tlsId();
    MediaDescription again =
        dataSection(
            section.mid(),
            section.media().protocol(),
            section.media().formats(),
            ice == null || restarts ? freshIce() : ice,
            SetupAttribute.ACTPASS,
            tlsId == null ? secrets.tlsId() : tlsId);
    return restarts ? again : Candidates.copied(section.media(), again);
  }

  /// Writes an answer.
  ///
  /// @param offer the peer's pending offer
  /// @param local our provisional answer, else our current description; null at first
  /// @param agreed what was in force before the offer, for the roles that must stay
  /// @param provisional whether `local` is a provisional answer, whose transports already run
  SessionDescription answer(
      Sections offer, @Nullable Sections local, SessionParameters agreed, boolean provisional) {
    List<MediaDescription> media = new ArrayList<>();
    List<List<String>> bundles = new ArrayList<>();
    Section accepted = offer.dataChannel();
    for (Section section : offer.list()) {
      if (section != accepted) {
        media.add(rejected(section));
        continue;
      }
      media.add(answered(section, local, agreed.transport(section.mid()), provisional));
      if (offer.groupOf(section.mid()) != null) {
        bundles.add(List.of(section.mid()));
      }
    }
    return description(bundles, media);
  }

  private MediaDescription answered(
      Section offered,
      @Nullable Sections local,
      @Nullable TransportParameters transport,
      boolean provisional) {
    Section before = local == null ? null : local.at(offered.index());
    if (before != null && (before.rejected() || !before.mid().equals(offered.mid()))) {
      before = null;
    }
    IceParameters ice = before == null ? null : before.ice();
    boolean keepsIce = provisional || (transport != null && !restarts(offered, transport));
    boolean continues = transport != null && continues(offered, transport);
    SetupAttribute setup = setup(offered, continues ? transport : null);
    String tlsId = null;
    if (offered.tlsId() != null) {
      // A new association gets a new id, RFC 8842 §5.3.
      tlsId = before != null && (continues || provisional) ? before.tlsId() : null;
      tlsId = tlsId == null ? secrets.tlsId() : tlsId;
    }
    MediaDescription answer =
        dataSection(
            offered.media().mid(),
            offered.media().protocol(),
            offered.media().formats(),
            keepsIce && ice != null ? ice : freshIce(),
            setup,
            tlsId);
    return keepsIce && before != null && ice != null
        ? Candidates.copied(before.media(), answer)
        : answer;
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
            : options.answerRole();
    return role == DtlsRole.CLIENT ? SetupAttribute.ACTIVE : SetupAttribute.PASSIVE;
  }

  private IceParameters freshIce() {
    return new IceParameters(
        secrets.usernameFragment(), secrets.password(), options.iceLite(), Set.copyOf(iceOptions));
  }

  private MediaDescription dataSection(
      @Nullable String mid,
      String protocol,
      List<String> formats,
      IceParameters ice,
      SetupAttribute setup,
      @Nullable String tlsId) {
    List<Attribute> attributes = new ArrayList<>();
    if (mid != null) {
      attributes.add(new MidAttribute(mid));
    }
    attributes.add(new IceUfragAttribute(ice.usernameFragment()));
    attributes.add(new IcePwdAttribute(ice.password()));
    for (DtlsFingerprint fingerprint : options.fingerprints()) {
      attributes.add(new FingerprintAttribute(fingerprint.algorithm(), fingerprint.value()));
    }
    attributes.add(setup);
    if (tlsId != null) {
      attributes.add(new TlsIdAttribute(tlsId));
    }
    if (formats.contains(Section.DATA_CHANNEL)) {
      formats = List.of(Section.DATA_CHANNEL);
      attributes.add(new SctpPortAttribute(options.sctpPort()));
    } else {
      formats = List.of(Integer.toString(options.sctpPort()));
      attributes.add(
          new SctpmapAttribute(options.sctpPort(), Section.DATA_CHANNEL, SCTPMAP_STREAMS));
    }
    attributes.add(new MaxMessageSizeAttribute(options.maxMessageSize()));
    return MediaDescription.of(
        "application",
        NO_PORT_YET,
        protocol,
        formats,
        Connection.UNKNOWN,
        new Attributes(attributes));
  }

  /// A section with port 0 keeps its place and says nothing more, RFC 9429 §5.3.1. The mid stays,
  /// so that the peer finds its section by it too.
  private static MediaDescription rejected(Section section) {
    MediaDescription media = section.media();
    List<Attribute> attributes = new ArrayList<>();
    if (media.mid() != null) {
      attributes.add(new MidAttribute(section.mid()));
    }
    if (!media.media().equals("application")) {
      attributes.add(DirectionAttribute.INACTIVE);
    }
    return MediaDescription.of(
        media.media(),
        0,
        media.protocol(),
        media.formats(),
        Connection.UNKNOWN,
        new Attributes(attributes));
  }

  private SessionDescription description(List<List<String>> bundles, List<MediaDescription> media) {
    Set<Attribute> attributes = new LinkedHashSet<>();
    attributes.add(new IceOptionsAttribute(iceOptions));
    if (options.iceLite()) {
      attributes.add(FlagAttribute.ICE_LITE);
    }
    for (List<String> bundle : bundles) {
      attributes.add(new GroupAttribute(GroupAttribute.BUNDLE, bundle));
    }
    return SessionDescription.of(
        Origin.anonymous(sessionId, ++sessionVersion),
        new Attributes(List.copyOf(attributes)),
        media);
  }
}
