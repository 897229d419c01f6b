package org.klatsch.sip;

/// A response, RFC 3261 §7.2.
public final class SipResponse extends SipMessage {
  private final int status;
  private final String reason;

  /// A response without headers.
  ///
  /// @param status 100 to 699
  public SipResponse(int status, String reason) {
    if (status < 100 || status > 699) {
      throw new IllegalArgumentException("status " + status + " is not in 100 to 699");
    }
    this.status = status;
    this.reason = Grammar.requireLine("reason", reason);
  }

  public int status() {
    return status;
  }

  public String reason() {
    return reason;
  }

  public boolean isProvisional() {
    return status < 200;
  }

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  public boolean isFinal() {
    return status >= 200;
  }

  /// A copy whose headers can be changed apart.
  public SipResponse copy() {
    SipResponse copy = new SipResponse(status, reason);
    copy.copyAll(this);
    return copy;
  }

  @Override
  String startLine() {
    return "SIP/2.0 " + status + " " + reason;
  }
}
