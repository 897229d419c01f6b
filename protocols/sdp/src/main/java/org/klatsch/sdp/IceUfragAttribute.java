package org.klatsch.sdp;

/// `a=ice-ufrag`: 4 to 256 ice-chars, RFC 8839 §5.4.
public record IceUfragAttribute(String ufrag) implements Attribute {
  private static final int MIN = 4;
  private static final int MAX = 256;

  public IceUfragAttribute {
    if (ufrag.length() < MIN || ufrag.length() > MAX) {
      throw new IllegalArgumentException(
          "ice-ufrag of " + ufrag.length() + " characters, expected " + MIN + " to " + MAX);
    }
    Grammar.requireWord("ice-ufrag", ufrag);
  }

  // Deviates from RFC 8839 §5.4: characters outside ice-char are let through, because peers send
  // them and ICE only compares them.
  static IceUfragAttribute read(Cursor in) throws MalformedSdpException {
    String ufrag = in.word("ice-ufrag");
    if (ufrag.length() < MIN || ufrag.length() > MAX) {
      throw in.error(
          "ice-ufrag has " + ufrag.length() + " characters, expected " + MIN + " to " + MAX);
    }
    in.end();
    return new IceUfragAttribute(ufrag);
  }

  @Override
  public String attributeName() {
    return "ice-ufrag";
  }

  @Override
  public String attributeValue() {
    return ufrag;
  }
}
