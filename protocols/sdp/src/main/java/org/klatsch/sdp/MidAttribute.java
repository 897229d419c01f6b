package org.klatsch.sdp;

/// `a=mid`: identifies an m-section within the session, RFC 5888 §4. JSEP keeps ours to three
/// bytes, as they travel in RTP header extensions.
public record MidAttribute(String mid) implements Attribute {
  public MidAttribute {
    Grammar.requireWord("mid", mid);
  }

  static MidAttribute read(Cursor in) throws MalformedSdpException {
    MidAttribute read = new MidAttribute(in.word("mid"));
    in.end();
    return read;
  }

  @Override
  public String attributeName() {
    return "mid";
  }

  @Override
  public String attributeValue() {
    return mid;
  }
}
