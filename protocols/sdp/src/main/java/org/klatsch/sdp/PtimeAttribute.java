package org.klatsch.sdp;

/// `a=ptime`: wished duration of the audio in one packet, in milliseconds, RFC 8866 §6.4.
public record PtimeAttribute(int milliseconds) implements Attribute {
  /// More than a minute in a packet is a mistake.
  private static final int MAX = 60_000;

  public PtimeAttribute {
    Grammar.requireRange("ptime", milliseconds, 1, MAX);
  }

  static PtimeAttribute read(Cursor in) throws MalformedSdpException {
    int milliseconds = in.intNumber("ptime", 1, MAX);
    in.end();
    return new PtimeAttribute(milliseconds);
  }

  @Override
  public String attributeName() {
    return "ptime";
  }

  @Override
  public String attributeValue() {
    return Integer.toString(milliseconds);
  }
}
