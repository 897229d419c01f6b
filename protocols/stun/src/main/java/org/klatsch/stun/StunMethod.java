package org.klatsch.stun;

/// Methods of STUN messages, RFC 8489 §18.2. Further ones belong to the protocols that use STUN.
public final class StunMethod {
  /// Binding, RFC 8489 §3.
  public static final int BINDING = 0x001;

  private StunMethod() {}
}
