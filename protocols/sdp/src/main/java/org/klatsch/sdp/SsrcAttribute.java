package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// `a=ssrc`: a property of one RTP source, RFC 5576 §4.1.
///
/// @param ssrc unsigned 32 bits
/// @param attribute such as `cname` or `msid`
/// @param text the property's value, or null
public record SsrcAttribute(long ssrc, String attribute, @Nullable String text)
    implements Attribute {
  private static final long MAX_SSRC = 0xFFFF_FFFFL;

  public SsrcAttribute {
    Grammar.requireRange("ssrc", ssrc, 0, MAX_SSRC);
    Grammar.requireWord("source attribute", attribute);
    if (attribute.indexOf(':') >= 0) {
      throw new IllegalArgumentException("source attribute '" + attribute + "', expected no colon");
    }
    if (text != null && !Grammar.isByteString(text)) {
      throw new IllegalArgumentException("value '" + text + "', expected one line of text");
    }
  }

  static SsrcAttribute read(Cursor in) throws MalformedSdpException {
    long ssrc = in.number("ssrc", 0, MAX_SSRC);
    String rest = in.rest("source attribute");
    int colon = rest.indexOf(':');
    String attribute = colon < 0 ? rest : rest.substring(0, colon);
    if (!Grammar.isWord(attribute)) {
      throw in.error("source attribute has no name");
    }
    return new SsrcAttribute(ssrc, attribute, colon < 0 ? null : rest.substring(colon + 1));
  }

  @Override
  public String attributeName() {
    return "ssrc";
  }

  @Override
  public String attributeValue() {
    return text == null ? ssrc + " " + attribute : ssrc + " " + attribute + ":" + text;
  }
}
