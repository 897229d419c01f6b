package org.klatsch.sdp;

/// `a=setup`: which side starts the DTLS handshake, RFC 8842 §5.2 with the values of RFC 4145 §4.
public enum SetupAttribute implements Attribute {
  /// Sends the ClientHello.
  ACTIVE("active"),
  /// Waits for it.
  PASSIVE("passive"),
  /// Leaves the choice to the answerer.
  ACTPASS("actpass"),
  /// No connection yet; DTLS does not use it.
  HOLDCONN("holdconn");

  private final String role;

  SetupAttribute(String role) {
    this.role = role;
  }

  static SetupAttribute read(Cursor in) throws MalformedSdpException {
    String role = in.word("setup role");
    in.end();
    for (SetupAttribute setup : values()) {
      if (setup.role.equalsIgnoreCase(role)) {
        return setup;
      }
    }
    throw in.error("setup role is none of active, passive, actpass, holdconn");
  }

  @Override
  public String attributeName() {
    return "setup";
  }

  @Override
  public String attributeValue() {
    return role;
  }
}
