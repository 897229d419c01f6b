package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.DtlsFingerprint;
import org.klatsch.peer.ExtensionUse;
import org.klatsch.peer.IceParameters;
import org.klatsch.peer.SctpParameters;
import org.klatsch.peer.SessionParameters;
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
import org.klatsch.sdp.RtcpAttribute;
import org.klatsch.sdp.SctpInitAttribute;
import org.klatsch.sdp.SctpPortAttribute;
import org.klatsch.sdp.SctpmapAttribute;
import org.klatsch.sdp.SessionDescription;
import org.klatsch.sdp.SetupAttribute;
import org.klatsch.sdp.TlsIdAttribute;

/// What our offers and answers have in common: the session level, transport attributes, and the
/// three sorts of m-sections: data channels, media, rejected.
final class DescriptionWriter {
  /// `a=sctpmap` wants a number of streams; data channels can use all.
  private static final int SCTPMAP_STREAMS = 65_535;

  /// Discard: where ICE will find the address (RFC 9429 §5.2.1).
  private static final int NO_PORT_YET = 9;

  /// The ICE option of libwebrtc for draft-hancke-webrtc-sped, which has none yet.
  private static final String DTLS_IN_STUN = "sped";

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

  /// What an m-section says about its transport.
  ///
  /// @param tlsId null towards peers that do not know it
  record Transport(IceParameters ice, SetupAttribute setup, @Nullable String tlsId) {}

  JsepOptions options() {
    return options;
  }

  Secrets secrets() {
    return secrets;
  }

  IceParameters freshIce() {
    return new IceParameters(
        secrets.usernameFragment(), secrets.password(), options.iceLite(), Set.copyOf(iceOptions));
  }

  private void append(Transport transport, List<Attribute> to) {
    to.add(new IceUfragAttribute(transport.ice().usernameFragment()));
    to.add(new IcePwdAttribute(transport.ice().password()));
    for (DtlsFingerprint fingerprint : options.fingerprints()) {
      to.add(new FingerprintAttribute(fingerprint.algorithm(), fingerprint.value()));
    }
    to.add(transport.setup());
    String tlsId = transport.tlsId();
    if (tlsId != null) {
      to.add(new TlsIdAttribute(tlsId));
    }
  }

  /// Whether an offer tells our INIT chunk: the first one if so configured, later ones of an
  /// association that began with it.
  boolean offersSctpInit(SessionParameters agreed) {
    SctpParameters running = agreed.sctp();
    return running == null ? options.offersSctpInit() : running.remoteInit() != null;
  }

  /// @param sctpInit whether our INIT chunk is told, if there is one
  /// @param bundleOnly whether a peer without BUNDLE must reject it
  MediaDescription dataSection(
      @Nullable String mid,
      String protocol,
      List<String> formats,
      Transport transport,
      boolean sctpInit,
      boolean bundleOnly) {
    List<Attribute> attributes = new ArrayList<>();
    if (mid != null) {
      attributes.add(new MidAttribute(mid));
    }
    if (bundleOnly) {
      attributes.add(FlagAttribute.BUNDLE_ONLY);
    }
    append(transport, attributes);
    if (formats.contains(Section.DATA_CHANNEL)) {
      formats = List.of(Section.DATA_CHANNEL);
      attributes.add(new SctpPortAttribute(options.sctpPort()));
    } else {
      formats = List.of(Integer.toString(options.sctpPort()));
      attributes.add(
          new SctpmapAttribute(options.sctpPort(), Section.DATA_CHANNEL, SCTPMAP_STREAMS));
    }
    attributes.add(new MaxMessageSizeAttribute(options.maxMessageSize()));
    String init = options.sctpInit();
    if (sctpInit && init != null) {
      attributes.add(new SctpInitAttribute(init));
    }
    return section("application", protocol, formats, bundleOnly, attributes);
  }

  /// A section of audio or video.
  ///
  /// @param media all that is not about the transport
  MediaDescription mediaSection(
      @Nullable String mid,
      String kind,
      String protocol,
      List<String> formats,
      Transport transport,
      boolean bundleOnly,
      List<Attribute> media) {
    List<Attribute> attributes = new ArrayList<>();
    if (mid != null) {
      attributes.add(new MidAttribute(mid));
    }
    if (bundleOnly) {
      attributes.add(FlagAttribute.BUNDLE_ONLY);
    }
    attributes.add(new RtcpAttribute(NO_PORT_YET, Connection.UNKNOWN));
    append(transport, attributes);
    attributes.add(FlagAttribute.RTCP_MUX);
    attributes.addAll(media);
    return section(kind, protocol, formats, bundleOnly, attributes);
  }

  private static MediaDescription section(
      String kind,
      String protocol,
      List<String> formats,
      boolean bundleOnly,
      List<Attribute> attributes) {
    return MediaDescription.of(
        kind,
        bundleOnly ? 0 : NO_PORT_YET,
        protocol,
        formats,
        Connection.UNKNOWN,
        new Attributes(attributes));
  }

  /// A new section with port 0. An `m=` line needs a format, whatever it means.
  MediaDescription unusable(String mid, String kind) {
    return MediaDescription.of(
        kind,
        0,
        "UDP/TLS/RTP/SAVPF",
        List.of("0"),
        Connection.UNKNOWN,
        Attributes.of(new MidAttribute(mid), DirectionAttribute.INACTIVE));
  }

  /// A section with port 0 keeps its place and says nothing more, RFC 9429 §5.3.1. The mid stays,
  /// so that the peer finds its section by it too.
  MediaDescription rejected(Section section) {
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

  /// Whether an offer has the ICE option of DTLS in connectivity checks: the first one if so
  /// configured, later ones as agreed.
  boolean offersDtlsInStun(SessionParameters agreed) {
    return agreed.transports().isEmpty()
        ? options.dtlsInStun() == ExtensionUse.OFFER
        : agreed.transports().getFirst().localIce().options().contains(DTLS_IN_STUN);
  }

  /// Whether an answer has that option too.
  boolean answersDtlsInStun(Section offered) {
    IceParameters ice = offered.ice();
    return options.dtlsInStun() != ExtensionUse.OFF
        && ice != null
        && ice.options().contains(DTLS_IN_STUN);
  }

  private List<String> iceOptions(boolean dtlsInStun) {
    if (!dtlsInStun) {
      return iceOptions;
    }
    List<String> tokens = new ArrayList<>(iceOptions);
    tokens.add(DTLS_IN_STUN);
    return tokens;
  }

  /// @param bundle the mids of the BUNDLE group; empty for none
  /// @param mixed whether one- and two-byte header extensions may alternate
  /// @param dtlsInStun whether the ICE option of DTLS in connectivity checks is told
  SessionDescription description(
      List<String> bundle, boolean mixed, boolean dtlsInStun, List<MediaDescription> media) {
    Set<Attribute> attributes = new LinkedHashSet<>();
    attributes.add(new IceOptionsAttribute(iceOptions(dtlsInStun)));
    if (options.iceLite()) {
      attributes.add(FlagAttribute.ICE_LITE);
    }
    if (!bundle.isEmpty()) {
      attributes.add(new GroupAttribute(GroupAttribute.BUNDLE, bundle));
    }
    if (mixed) {
      attributes.add(FlagAttribute.EXTMAP_ALLOW_MIXED);
    }
    return SessionDescription.of(
        Origin.anonymous(sessionId, ++sessionVersion),
        new Attributes(List.copyOf(attributes)),
        media);
  }
}
