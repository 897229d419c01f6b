package org.klatsch.sdp;

/// `a=sctp-init`: the INIT chunk in base64, which spares SCTP its first round trip
/// (draft-hancke-tsvwg-snap).
public record SctpInitAttribute(String base64) implements Attribute {
  public SctpInitAttribute {
    Grammar.requireWord("sctp-init", base64);
  }

  static SctpInitAttribute read(Cursor in) throws MalformedSdpException {
    SctpInitAttribute read = new SctpInitAttribute(in.word("sctp-init"));
    in.end();
    return read;
  }

  @Override
  public String attributeName() {
    return "sctp-init";
  }

  @Override
  public String attributeValue() {
    return base64;
  }
}
