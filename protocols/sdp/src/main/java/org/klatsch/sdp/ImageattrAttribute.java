package org.klatsch.sdp;

/// `a=imageattr`: picture sizes its author can send and receive, RFC 6236 §3.1. JSEP uses it to
/// tell the largest size wanted (RFC 9429 §3.6).
///
/// @param payloadType a number, or `*` for all
/// @param text the `send` and `recv` lists as written
public record ImageattrAttribute(String payloadType, String text) implements Attribute {
  public ImageattrAttribute {
    Grammar.requireWord("payload type", payloadType);
    Grammar.requireText("image attributes", text);
  }

  static ImageattrAttribute read(Cursor in) throws MalformedSdpException {
    String payloadType = in.word("payload type");
    return new ImageattrAttribute(payloadType, in.rest("image attributes"));
  }

  @Override
  public String attributeName() {
    return "imageattr";
  }

  @Override
  public String attributeValue() {
    return payloadType + " " + text;
  }
}
