package org.klatsch.sdp;

/// `a=maxptime`: largest duration of the audio in one packet, in milliseconds, RFC 8866 §6.5.
public record MaxptimeAttribute(int milliseconds) implements Attribute {
  /// More than a minute in a packet is a mistake.
  private static final int MAX = 60_000;

  public MaxptimeAttribute {
    Grammar.requireRange("maxptime", milliseconds, 1, MAX);
  }

  static MaxptimeAttribute read(Cursor in) throws MalformedSdpException {
    int milliseconds = in.intNumber("maxptime", 1, MAX);
    in.end();
    return new MaxptimeAttribute(milliseconds);
  }

  @Override
  public String attributeName() {
    return "maxptime";
  }

  @Override
  public String attributeValue() {
    return Integer.toString(milliseconds);
  }
}
