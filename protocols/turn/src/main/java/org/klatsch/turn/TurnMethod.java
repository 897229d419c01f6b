package org.klatsch.turn;

/// Methods of TURN in STUN messages, RFC 8656 §17.
public final class TurnMethod {
  public static final int ALLOCATE = 0x003;
  public static final int REFRESH = 0x004;

  /// Data from the client to a peer; only in indications.
  public static final int SEND = 0x006;

  /// Data from a peer to the client; only in indications.
  public static final int DATA = 0x007;

  public static final int CREATE_PERMISSION = 0x008;
  public static final int CHANNEL_BIND = 0x009;

  private TurnMethod() {}
}
