package org.klatsch.webrtc;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An error with a name from Web IDL §2.8.1, such as `InvalidStateError`.
///
/// The W3C's simple exceptions `TypeError`, `RangeError` and `SyntaxError` are no DOMExceptions in
/// a browser; here they are, so that one catch clause and one [#name()] tell every error.
public sealed class DOMException extends RuntimeException permits OverconstrainedError, RTCError {
  private static final long serialVersionUID = 1;

  /// Legacy codes, Web IDL §2.8.1; names that are not here have the code 0.
  private static final Map<String, Integer> CODES =
      Map.of(
          "InvalidCharacterError", 5,
          "NotFoundError", 8,
          "NotSupportedError", 9,
          "InvalidStateError", 11,
          "SyntaxError", 12,
          "InvalidModificationError", 13,
          "InvalidAccessError", 15,
          "NetworkError", 19,
          "AbortError", 20,
          "TimeoutError", 23);

  private final String name;

  public DOMException(String message, String name) {
    this(message, name, null);
  }

  public DOMException(String message, String name, @Nullable Throwable cause) {
    super(message, cause);
    this.name = name;
  }

  /// The message behind the name, so that a stack trace tells both.
  @Override
  public String getMessage() {
    return name + ": " + super.getMessage();
  }

  /// The error's name, for example `InvalidStateError`.
  public final String name() {
    return name;
  }

  /// What went wrong, in words.
  public final String message() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }

  /// The legacy code, 0 when the name has none.
  public final int code() {
    return CODES.getOrDefault(name, 0);
  }

  static DOMException invalidState(String message) {
    return new DOMException(message, "InvalidStateError");
  }

  static DOMException invalidAccess(String message) {
    return new DOMException(message, "InvalidAccessError");
  }

  static DOMException invalidModification(String message) {
    return new DOMException(message, "InvalidModificationError");
  }

  static DOMException notSupported(String message) {
    return new DOMException(message, "NotSupportedError");
  }

  static DOMException operation(String message) {
    return new DOMException(message, "OperationError");
  }

  static DOMException network(String message) {
    return new DOMException(message, "NetworkError");
  }

  static DOMException syntax(String message) {
    return new DOMException(message, "SyntaxError");
  }

  static DOMException typeError(String message) {
    return new DOMException(message, "TypeError");
  }

  static DOMException rangeError(String message) {
    return new DOMException(message, "RangeError");
  }
}
