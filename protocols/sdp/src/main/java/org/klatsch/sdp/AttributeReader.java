package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// Chooses the type of an `a=` line by its name.
final class AttributeReader {
  private AttributeReader() {}

  /// @param line number of the line, from 1
  /// @param text the whole line
  static Attribute read(int line, String text) throws MalformedSdpException {
    int colon = text.indexOf(':');
    String name = text.substring(2, colon < 0 ? text.length() : colon);
    Cursor in = new Cursor(line, text, colon < 0 ? text.length() : colon + 1);
    if (name.isEmpty()) {
      throw in.error("attribute without a name");
    }
    Attribute attribute = colon < 0 ? withoutValue(name) : session(name, in);
    if (attribute == null && colon >= 0) {
      attribute = media(name, in);
    }
    return attribute != null
        ? attribute
        : new OtherAttribute(name, colon < 0 ? null : text.substring(colon + 1));
  }

  private static @Nullable Attribute withoutValue(String name) {
    FlagAttribute flag = FlagAttribute.of(name);
    return flag != null ? flag : DirectionAttribute.of(name);
  }

  /// What a session cannot be set up without must follow its grammar, RFC 9429 §5.8.
  private static @Nullable Attribute session(String name, Cursor in) throws MalformedSdpException {
    return switch (name) {
      case "candidate" -> CandidateAttribute.read(in);
      case "fingerprint" -> FingerprintAttribute.read(in);
      case "group" -> GroupAttribute.read(in);
      case "ice-options" -> IceOptionsAttribute.read(in);
      case "ice-pwd" -> IcePwdAttribute.read(in);
      case "ice-ufrag" -> IceUfragAttribute.read(in);
      case "max-message-size" -> MaxMessageSizeAttribute.read(in);
      case "mid" -> MidAttribute.read(in);
      case "sctp-init" -> SctpInitAttribute.read(in);
      case "sctp-port" -> SctpPortAttribute.read(in);
      case "sctpmap" -> SctpmapAttribute.read(in);
      case "setup" -> SetupAttribute.read(in);
      case "tls-id" -> TlsIdAttribute.read(in);
      default -> null;
    };
  }

  /// The rest only narrows what media may do: with a value that does not follow the grammar they
  /// are as unknown, and ignored (RFC 8866 §5.13). Many devices send such values.
  private static @Nullable Attribute media(String name, Cursor in) {
    try {
      return switch (name) {
        case "content" -> ContentAttribute.read(in);
        case "dcmap" -> DcmapAttribute.read(in);
        case "dcsa" -> DcsaAttribute.read(in);
        case "extmap" -> ExtmapAttribute.read(in);
        case "fmtp" -> FmtpAttribute.read(in);
        case "ice-pacing" -> IcePacingAttribute.read(in);
        case "imageattr" -> ImageattrAttribute.read(in);
        case "maxptime" -> MaxptimeAttribute.read(in);
        case "msid" -> MsidAttribute.read(in);
        case "msid-semantic" -> MsidSemanticAttribute.read(in);
        case "ptime" -> PtimeAttribute.read(in);
        case "rid" -> RidAttribute.read(in);
        case "rtcp" -> RtcpAttribute.read(in);
        case "rtcp-fb" -> RtcpFbAttribute.read(in);
        case "rtpmap" -> RtpmapAttribute.read(in);
        case "simulcast" -> SimulcastAttribute.read(in);
        case "ssrc" -> SsrcAttribute.read(in);
        case "ssrc-group" -> SsrcGroupAttribute.read(in);
        default -> null;
      };
    } catch (MalformedSdpException e) {
      return null;
    }
  }
}
