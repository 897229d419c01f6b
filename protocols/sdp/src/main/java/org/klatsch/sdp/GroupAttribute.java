package org.klatsch.sdp;

import java.util.List;

/// `a=group`: m-sections that belong together, RFC 5888 §5. With `BUNDLE` they share one transport,
/// and the first one named stands for it (RFC 9143 §7).
public record GroupAttribute(String semantics, List<String> mids) implements Attribute {
  public static final String BUNDLE = "BUNDLE";
  private static final int MAX = 1024;

  public GroupAttribute {
    Grammar.requireWord("group semantics", semantics);
    mids = List.copyOf(mids);
    Grammar.requireWords("mid", mids);
  }

  static GroupAttribute read(Cursor in) throws MalformedSdpException {
    String semantics = in.word("group semantics");
    return new GroupAttribute(semantics, in.words("mid", MAX));
  }

  @Override
  public String attributeName() {
    return "group";
  }

  @Override
  public String attributeValue() {
    return mids.isEmpty() ? semantics : semantics + " " + String.join(" ", mids);
  }
}
