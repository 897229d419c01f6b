package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// `a=rtcp-fb`: a feedback message its sender understands, RFC 4585 §4.2.
///
/// @param payloadType a number, or `*` for all
/// @param type such as `nack`, `ccm`, `transport-cc`
/// @param parameters such as `pli` or `fir`, or null
public record RtcpFbAttribute(String payloadType, String type, @Nullable String parameters)
    implements Attribute {
  public RtcpFbAttribute {
    Grammar.requireWord("payload type", payloadType);
    Grammar.requireWord("feedback type", type);
    if (parameters != null) {
      Grammar.requireText("feedback parameters", parameters);
    }
  }

  static RtcpFbAttribute read(Cursor in) throws MalformedSdpException {
    String payloadType = in.word("payload type");
    String type = in.word("feedback type");
    return new RtcpFbAttribute(
        payloadType, type, in.hasMore() ? in.rest("feedback parameters") : null);
  }

  @Override
  public String attributeName() {
    return "rtcp-fb";
  }

  @Override
  public String attributeValue() {
    String text = payloadType + " " + type;
    return parameters == null ? text : text + " " + parameters;
  }
}
