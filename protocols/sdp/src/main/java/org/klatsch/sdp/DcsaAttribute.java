package org.klatsch.sdp;

/// `a=dcsa`: an attribute that applies to one data channel, RFC 8864 §5.2.
///
/// @param streamId SCTP stream
/// @param attribute the attribute's text, without `a=`
public record DcsaAttribute(int streamId, String attribute) implements Attribute {
  public DcsaAttribute {
    Grammar.requireRange("dcsa stream id", streamId, 0, 65_534);
    Grammar.requireText("dcsa attribute", attribute);
  }

  static DcsaAttribute read(Cursor in) throws MalformedSdpException {
    int streamId = in.intNumber("dcsa stream id", 0, 65_534);
    return new DcsaAttribute(streamId, in.rest("dcsa attribute"));
  }

  @Override
  public String attributeName() {
    return "dcsa";
  }

  @Override
  public String attributeValue() {
    return streamId + " " + attribute;
  }
}
