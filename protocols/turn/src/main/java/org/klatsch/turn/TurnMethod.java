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

  /// RFC 6062 §6.1: the server connects to a peer.
  public static final int CONNECT = 0x00a;

  /// RFC 6062 §6.1: this connection is to carry a peer's data.
  public static final int CONNECTION_BIND = 0x00b;

  /// RFC 6062 §6.1: a peer has connected; only in indications.
  public static final int CONNECTION_ATTEMPT = 0x00c;

  private TurnMethod() {}
}
