package org.klatsch.stun;

/// Values of ERROR-CODE, RFC 8489 §14.8 and §18.4.
public final class StunErrorCode {
  /// The client should use the server in ALTERNATE-SERVER, RFC 8489 §10.
  public static final int TRY_ALTERNATE = 300;

  public static final int BAD_REQUEST = 400;

  /// The credential is missing or wrong.
  public static final int UNAUTHENTICATED = 401;

  /// The server does not allow what was asked, such as a peer's address, RFC 8656 §19.
  public static final int FORBIDDEN = 403;

  /// A comprehension-required attribute is unknown; UNKNOWN-ATTRIBUTES lists it.
  public static final int UNKNOWN_ATTRIBUTE = 420;

  /// There is no allocation, or one already, RFC 8656 §19.
  public static final int ALLOCATION_MISMATCH = 437;

  /// The nonce is no longer valid; the response carries a new one.
  public static final int STALE_NONCE = 438;

  /// The server has no relay address of that family, RFC 8656 §19.
  public static final int ADDRESS_FAMILY_NOT_SUPPORTED = 440;

  /// The allocation belongs to another user, RFC 8656 §19.
  public static final int WRONG_CREDENTIALS = 441;

  /// The server relays no such transport, RFC 8656 §19.
  public static final int UNSUPPORTED_TRANSPORT = 442;

  /// The peer's address is of another family than the relayed one, RFC 8656 §19.
  public static final int PEER_ADDRESS_FAMILY_MISMATCH = 443;

  /// There is a connection to that peer already, RFC 6062 §6.3.
  public static final int CONNECTION_ALREADY_EXISTS = 446;

  /// The peer could not be connected to, RFC 6062 §6.3.
  public static final int CONNECTION_FAILED = 447;

  /// The user has too many allocations, RFC 8656 §19.
  public static final int ALLOCATION_QUOTA_REACHED = 486;

  /// Both ICE agents claim the same role, RFC 8445 §7.3.1.1.
  public static final int ROLE_CONFLICT = 487;

  public static final int SERVER_ERROR = 500;

  /// The server has no room for more, RFC 8656 §19.
  public static final int INSUFFICIENT_CAPACITY = 508;

  private StunErrorCode() {}

  /// The phrase that accompanies a code, kept short so that a response is not larger than its
  /// request.
  public static String reason(int code) {
    return switch (code) {
      case TRY_ALTERNATE -> "Try Alternate";
      case BAD_REQUEST -> "Bad Request";
      case UNAUTHENTICATED -> "Unauthenticated";
      case FORBIDDEN -> "Forbidden";
      case ALLOCATION_MISMATCH -> "Allocation Mismatch";
      case ADDRESS_FAMILY_NOT_SUPPORTED -> "Address Family not Supported";
      case WRONG_CREDENTIALS -> "Wrong Credentials";
      case UNSUPPORTED_TRANSPORT -> "Unsupported Transport Protocol";
      case PEER_ADDRESS_FAMILY_MISMATCH -> "Peer Address Family Mismatch";
      case CONNECTION_ALREADY_EXISTS -> "Connection Already Exists";
      case CONNECTION_FAILED -> "Connection Timeout or Failure";
      case ALLOCATION_QUOTA_REACHED -> "Allocation Quota Reached";
      case INSUFFICIENT_CAPACITY -> "Insufficient Capacity";
      case UNKNOWN_ATTRIBUTE -> "Unknown Attribute";
      case STALE_NONCE -> "Stale Nonce";
      case ROLE_CONFLICT -> "Role Conflict";
      case SERVER_ERROR -> "Server Error";
      default -> "";
    };
  }
}
