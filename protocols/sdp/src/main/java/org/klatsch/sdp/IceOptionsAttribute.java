package org.klatsch.sdp;

import java.util.List;

/// `a=ice-options`: extensions of ICE its sender can use, such as `trickle` (RFC 8840) and `ice2`,
/// RFC 8839 §5.6.
public record IceOptionsAttribute(List<String> options) implements Attribute {
  private static final int MAX = 32;

  public IceOptionsAttribute {
    options = List.copyOf(options);
    Grammar.requireWords("ice-options", options);
  }

  static IceOptionsAttribute read(Cursor in) throws MalformedSdpException {
    return new IceOptionsAttribute(in.words("ice-option", MAX));
  }

  @Override
  public String attributeName() {
    return "ice-options";
  }

  @Override
  public String attributeValue() {
    return String.join(" ", options);
  }
}
