package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// One `a=` line, RFC 8866 §5.13: typed when its name is known here, else an [OtherAttribute].
/// Every type checks its fields, so that what is written is one well-formed line.
public sealed interface Attribute
    permits CandidateAttribute,
        ContentAttribute,
        DcmapAttribute,
        DcsaAttribute,
        DirectionAttribute,
        ExtmapAttribute,
        FingerprintAttribute,
        FlagAttribute,
        FmtpAttribute,
        GroupAttribute,
        IceOptionsAttribute,
        IcePacingAttribute,
        IcePwdAttribute,
        IceUfragAttribute,
        ImageattrAttribute,
        MaxMessageSizeAttribute,
        MaxptimeAttribute,
        MidAttribute,
        MsidAttribute,
        MsidSemanticAttribute,
        OtherAttribute,
        PtimeAttribute,
        RidAttribute,
        RtcpAttribute,
        RtcpFbAttribute,
        RtpmapAttribute,
        SctpInitAttribute,
        SctpPortAttribute,
        SctpmapAttribute,
        SetupAttribute,
        SimulcastAttribute,
        SsrcAttribute,
        SsrcGroupAttribute,
        TlsIdAttribute {

  /// What stands before the colon.
  String attributeName();

  /// What stands behind the colon; null for an attribute without one.
  @Nullable String attributeValue();
}
