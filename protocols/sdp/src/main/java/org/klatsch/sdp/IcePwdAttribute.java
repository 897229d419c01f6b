package org.klatsch.sdp;

/// `a=ice-pwd`: 22 to 256 ice-chars, RFC 8839 §5.4.
public record IcePwdAttribute(String pwd) implements Attribute {
  private static final int MIN = 22;
  private static final int MAX = 256;

  public IcePwdAttribute {
    if (pwd.length() < MIN || pwd.length() > MAX) {
      throw new IllegalArgumentException(
          "ice-pwd of " + pwd.length() + " characters, expected " + MIN + " to " + MAX);
    }
    Grammar.requireWord("ice-pwd", pwd);
  }

  // Deviates from RFC 8839 §5.4: characters outside ice-char are let through, because peers send
  // them and ICE only compares them.
  static IcePwdAttribute read(Cursor in) throws MalformedSdpException {
    String pwd = in.word("ice-pwd");
    if (pwd.length() < MIN || pwd.length() > MAX) {
      throw in.error("ice-pwd has " + pwd.length() + " characters, expected " + MIN + " to " + MAX);
    }
    in.end();
    return new IcePwdAttribute(pwd);
  }

  @Override
  public String attributeName() {
    return "ice-pwd";
  }

  @Override
  public String attributeValue() {
    return pwd;
  }

  /// Keeps the password out of logs.
  @Override
  public String toString() {
    return "IcePwdAttribute[]";
  }
}
