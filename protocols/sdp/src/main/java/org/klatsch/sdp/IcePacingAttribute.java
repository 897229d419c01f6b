package org.klatsch.sdp;

/// `a=ice-pacing`: wished interval between checks in milliseconds, RFC 8839 §5.7.
public record IcePacingAttribute(int milliseconds) implements Attribute {
  /// The grammar allows ten digits; nobody waits a day between checks.
  private static final int MAX = 86_400_000;

  public IcePacingAttribute {
    Grammar.requireRange("ice-pacing", milliseconds, 0, MAX);
  }

  static IcePacingAttribute read(Cursor in) throws MalformedSdpException {
    IcePacingAttribute read = new IcePacingAttribute(in.intNumber("ice-pacing", 0, MAX));
    in.end();
    return read;
  }

  @Override
  public String attributeName() {
    return "ice-pacing";
  }

  @Override
  public String attributeValue() {
    return Integer.toString(milliseconds);
  }
}
