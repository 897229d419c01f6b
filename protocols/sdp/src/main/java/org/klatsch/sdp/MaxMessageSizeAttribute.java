package org.klatsch.sdp;

/// `a=max-message-size`: the largest data channel message its sender takes, in bytes; 0 is no
/// limit, RFC 8841 §6.
public record MaxMessageSizeAttribute(long bytes) implements Attribute {
  public MaxMessageSizeAttribute {
    Grammar.requireRange("max-message-size", bytes, 0, Long.MAX_VALUE);
  }

  static MaxMessageSizeAttribute read(Cursor in) throws MalformedSdpException {
    MaxMessageSizeAttribute read =
        new MaxMessageSizeAttribute(in.number("max-message-size", 0, Long.MAX_VALUE));
    in.end();
    return read;
  }

  @Override
  public String attributeName() {
    return "max-message-size";
  }

  @Override
  public String attributeValue() {
    return Long.toString(bytes);
  }
}
