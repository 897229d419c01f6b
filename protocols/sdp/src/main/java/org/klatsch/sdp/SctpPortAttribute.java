package org.klatsch.sdp;

/// `a=sctp-port`, RFC 8841 §5.
public record SctpPortAttribute(int port) implements Attribute {
  public SctpPortAttribute {
    Grammar.requireRange("sctp-port", port, 0, 65_535);
  }

  static SctpPortAttribute read(Cursor in) throws MalformedSdpException {
    SctpPortAttribute read = new SctpPortAttribute(in.intNumber("sctp-port", 0, 65_535));
    in.end();
    return read;
  }

  @Override
  public String attributeName() {
    return "sctp-port";
  }

  @Override
  public String attributeValue() {
    return Integer.toString(port);
  }
}
