package org.klatsch.sdp;

import java.util.List;

/// `a=msid-semantic`: a relic of the drafts of RFC 8830 that browsers still send. Chromium writes a
/// space behind the colon, Firefox none.
///
/// @param semantic `WMS`
/// @param ids of the streams, or `*`
public record MsidSemanticAttribute(String semantic, List<String> ids) implements Attribute {
  private static final int MAX = 1024;

  public MsidSemanticAttribute {
    Grammar.requireWord("msid semantic", semantic);
    ids = List.copyOf(ids);
    Grammar.requireWords("msid", ids);
  }

  static MsidSemanticAttribute read(Cursor in) throws MalformedSdpException {
    String semantic = in.word("msid semantic");
    return new MsidSemanticAttribute(semantic, in.words("msid", MAX));
  }

  @Override
  public String attributeName() {
    return "msid-semantic";
  }

  @Override
  public String attributeValue() {
    return ids.isEmpty() ? semantic : semantic + " " + String.join(" ", ids);
  }
}
