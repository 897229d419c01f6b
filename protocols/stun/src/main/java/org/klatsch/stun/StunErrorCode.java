package org.klatsch.stun;

/// Values of ERROR-CODE, RFC 8489 §14.8 and §18.4.
public final class StunErrorCode {
  /// The client should use the server in ALTERNATE-SERVER, RFC 8489 §10.
  public static final int TRY_ALTERNATE = 300;

  public static final int BAD_REQUEST = 400;

  /// The credential is missing or wrong.
  public static final int UNAUTHENTICATED = 401;

  /// A comprehension-required attribute is unknown; UNKNOWN-ATTRIBUTES lists it.
  public static final int UNKNOWN_ATTRIBUTE = 420;

  /// The nonce is no longer valid; the response carries a new one.
  public static final int STALE_NONCE = 438;

  /// Both ICE agents claim the same role, RFC 8445 §7.3.1.1.
  public static final int ROLE_CONFLICT = 487;

  public static final int SERVER_ERROR = 500;

  private StunErrorCode() {}

  /// The phrase that accompanies a code, kept short so that a response is not larger than its
  /// request.
  public static String reason(int code) {
    return switch (code) {
      case TRY_ALTERNATE -> "Try Alternate";
      case BAD_REQUEST -> "Bad Request";
      case UNAUTHENTICATED -> "Unauthenticated";
      case UNKNOWN_ATTRIBUTE -> "Unknown Attribute";
      case STALE_NONCE -> "Stale Nonce";
      case ROLE_CONFLICT -> "Role Conflict";
      case SERVER_ERROR -> "Server Error";
      default -> "";
    };
  }
}
