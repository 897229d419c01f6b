package org.klatsch.server.rooms;

/// WebSocket close codes, RFC 6455 §7.4.1 and the registry it created.
public final class CloseCode {
  static final int NONE = 0;
  public static final int NORMAL = 1000;
  public static final int GOING_AWAY = 1001;
  public static final int UNSUPPORTED_DATA = 1003;
  public static final int POLICY = 1008;
  public static final int TOO_BIG = 1009;

  /// Service restart: connect again.
  public static final int RESTART = 1012;

  public static final int TRY_LATER = 1013;

  private CloseCode() {}
}
