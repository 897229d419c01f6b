package org.klatsch.peer.jsep;

import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.peer.DtlsFingerprint;
import org.klatsch.peer.IceParameters;
import org.klatsch.sctp.SctpAssociation;
import org.klatsch.sdp.Attribute;
import org.klatsch.sdp.Attributes;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.ExtmapAttribute;
import org.klatsch.sdp.FingerprintAttribute;
import org.klatsch.sdp.FlagAttribute;
import org.klatsch.sdp.IceOptionsAttribute;
import org.klatsch.sdp.IcePwdAttribute;
import org.klatsch.sdp.IceUfragAttribute;
import org.klatsch.sdp.MaxMessageSizeAttribute;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.SctpInitAttribute;
import org.klatsch.sdp.SctpPortAttribute;
import org.klatsch.sdp.SctpmapAttribute;
import org.klatsch.sdp.SetupAttribute;
import org.klatsch.sdp.TlsIdAttribute;

/// An m-section together with what it inherits: transport attributes may stand in the section, at
/// session level (RFC 8839 §5.4, RFC 8122 §5), or in the section that stands for its BUNDLE group
/// (RFC 9143 §7.1.3).
final class Section {
  /// The format of data channels, RFC 8841 §4.3.
  static final String DATA_CHANNEL = "webrtc-datachannel";

  private static final int DEFAULT_SCTP_PORT = 5000;

  /// What a peer takes that says nothing, RFC 8841 §6.1.
  private static final long DEFAULT_MAX_MESSAGE_SIZE = 65_536;

  private final int index;
  private final String mid;
  private final MediaDescription media;
  private final Attributes session;
  private @Nullable Section tag;
  private @Nullable List<RtpCodec> codecs;

  Section(int index, MediaDescription media, Attributes session) {
    this.index = index;
    this.media = media;
    this.session = session;
    String given = media.mid();
    // A section without a=mid gets a name of our own, RFC 9429 §5.10.
    mid = given != null ? given : "m" + index;
  }

  /// Set once, while [Sections] is built.
  void inheritFrom(Section bundleTag) {
    if (bundleTag != this) {
      tag = bundleTag;
    }
  }

  int index() {
    return index;
  }

  String mid() {
    return mid;
  }

  MediaDescription media() {
    return media;
  }

  boolean rejected() {
    return media.rejected();
  }

  /// Whether we can use the section: data channels in the form of RFC 8841, or in that of the
  /// drafts before it, where the format is the SCTP port and `a=sctpmap` names the application.
  boolean isDataChannel() {
    return media.media().equals("application")
        && isDtlsSctp(media.protocol())
        && (media.formats().contains(DATA_CHANNEL) || sctpmap() != null);
  }

  private static boolean isDtlsSctp(String protocol) {
    return switch (protocol) {
      case "UDP/DTLS/SCTP", "TCP/DTLS/SCTP", "DTLS/SCTP" -> true;
      default -> false;
    };
  }

  /// Audio or video over DTLS-SRTP. RFC 9429 §5.1.2 has any RTP profile mean that one, as the
  /// fingerprint tells.
  boolean isMedia() {
    return kind() != null && isRtp(media.protocol());
  }

  /// Null for anything but audio and video.
  @Nullable MediaKind kind() {
    return switch (media.media()) {
      case "audio" -> MediaKind.AUDIO;
      case "video" -> MediaKind.VIDEO;
      default -> null;
    };
  }

  private static boolean isRtp(String protocol) {
    return switch (protocol) {
      case "UDP/TLS/RTP/SAVPF",
          "UDP/TLS/RTP/SAVP",
          "TCP/TLS/RTP/SAVPF",
          "TCP/TLS/RTP/SAVP",
          "TCP/DTLS/RTP/SAVPF",
          "TCP/DTLS/RTP/SAVP",
          "RTP/SAVPF",
          "RTP/SAVP",
          "RTP/AVPF",
          "RTP/AVP" ->
          true;
      default -> false;
    };
  }

  /// Seen from the description's author; `sendrecv` when nothing is said, RFC 8866 §6.7.
  DirectionAttribute direction() {
    DirectionAttribute direction = media.attributes().first(DirectionAttribute.class);
    if (direction == null) {
      direction = session.first(DirectionAttribute.class);
    }
    return direction == null ? DirectionAttribute.SENDRECV : direction;
  }

  /// The payload formats.
  List<RtpCodec> codecs() {
    List<RtpCodec> read = codecs;
    if (read == null) {
      read = MediaFormats.read(media);
      codecs = read;
    }
    return read;
  }

  List<ExtmapAttribute> extensions() {
    List<ExtmapAttribute> own = media.attributes().all(ExtmapAttribute.class);
    own.addAll(session.all(ExtmapAttribute.class));
    return own;
  }

  /// RTP and RTCP share a port, RFC 5761; a bundled section may leave it to the first of its group.
  boolean multiplexesRtcp() {
    return inherits(FlagAttribute.RTCP_MUX);
  }

  private boolean inherits(FlagAttribute flag) {
    return media.attributes().has(flag) || (tag != null && tag.media.attributes().has(flag));
  }

  /// RTCP packets may be of reduced size, RFC 5506.
  boolean reducesRtcp() {
    return inherits(FlagAttribute.RTCP_RSIZE);
  }

  @Nullable SctpmapAttribute sctpmap() {
    for (SctpmapAttribute map : media.attributes().all(SctpmapAttribute.class)) {
      if (map.application().equals(DATA_CHANNEL)
          && media.formats().contains(Integer.toString(map.port()))) {
        return map;
      }
    }
    return null;
  }

  int sctpPort() {
    SctpPortAttribute port = media.attributes().first(SctpPortAttribute.class);
    if (port != null) {
      return port.port();
    }
    SctpmapAttribute map = sctpmap();
    return map != null ? map.port() : DEFAULT_SCTP_PORT;
  }

  long maxMessageSize() {
    MaxMessageSizeAttribute size = media.attributes().first(MaxMessageSizeAttribute.class);
    return size != null ? size.bytes() : DEFAULT_MAX_MESSAGE_SIZE;
  }

  /// The INIT chunk told ahead; one that could not be taken counts as none.
  @Nullable String sctpInit() {
    SctpInitAttribute init = media.attributes().first(SctpInitAttribute.class);
    try {
      return init != null && SctpAssociation.isInit(Base64.getDecoder().decode(init.base64()))
          ? init.base64()
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /// The ICE credentials and options that count for this section; null when there are none.
  @Nullable IceParameters ice() {
    IceUfragAttribute ufrag = inherited(IceUfragAttribute.class);
    IcePwdAttribute pwd = inherited(IcePwdAttribute.class);
    if (ufrag == null || pwd == null) {
      return null;
    }
    IceOptionsAttribute options = inherited(IceOptionsAttribute.class);
    return new IceParameters(
        ufrag.ufrag(),
        pwd.pwd(),
        session.has(FlagAttribute.ICE_LITE),
        options == null ? Set.of() : Set.copyOf(options.options()));
  }

  boolean trickles() {
    IceOptionsAttribute options = inherited(IceOptionsAttribute.class);
    return options != null && options.options().contains("trickle");
  }

  List<DtlsFingerprint> fingerprints() {
    List<FingerprintAttribute> found = media.attributes().all(FingerprintAttribute.class);
    if (found.isEmpty()) {
      found = session.all(FingerprintAttribute.class);
    }
    if (found.isEmpty() && tag != null) {
      found = tag.media.attributes().all(FingerprintAttribute.class);
    }
    return found.stream()
        .map(fingerprint -> new DtlsFingerprint(fingerprint.algorithm(), fingerprint.digest()))
        .distinct()
        .toList();
  }

  @Nullable SetupAttribute setup() {
    return inherited(SetupAttribute.class);
  }

  @Nullable String tlsId() {
    TlsIdAttribute id = inherited(TlsIdAttribute.class);
    return id != null ? id.id() : null;
  }

  List<CandidateAttribute> ownCandidates() {
    return media.attributes().all(CandidateAttribute.class);
  }

  boolean ownEndOfCandidates() {
    return media.attributes().has(FlagAttribute.END_OF_CANDIDATES)
        || session.has(FlagAttribute.END_OF_CANDIDATES);
  }

  /// The section whose candidates reach this one's transport besides its own: a bundle-only section
  /// has no address, and one without credentials leaves all to the section that stands for its
  /// group.
  @Nullable Section candidateSource() {
    boolean leansOnTag =
        media.attributes().has(FlagAttribute.BUNDLE_ONLY)
            || media.attributes().first(IceUfragAttribute.class) == null;
    return leansOnTag ? tag : null;
  }

  private <A extends Attribute> @Nullable A inherited(Class<A> type) {
    A found = media.attributes().first(type);
    if (found == null) {
      found = session.first(type);
    }
    return found == null && tag != null ? tag.media.attributes().first(type) : found;
  }
}
