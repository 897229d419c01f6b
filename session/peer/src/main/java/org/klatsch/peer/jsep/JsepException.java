package org.klatsch.peer.jsep;

import java.util.Objects;

/// Why an operation of [Jsep] was refused, in the W3C's terms, so that the layer above raises the
/// matching `DOMException` or `RTCError`. The operation has changed nothing.
public final class JsepException extends Exception {
  private static final long serialVersionUID = 1;

  /// The kinds of refusal of the W3C.
  public enum Kind {
    /// `InvalidStateError`: not now, or not any more.
    INVALID_STATE,
    /// `InvalidAccessError`: the description parses, its content cannot be applied.
    INVALID_ACCESS,
    /// `InvalidModificationError`: a local description that is not the one last created.
    INVALID_MODIFICATION,
    /// `OperationError`: a candidate that does not fit, or a failure of another sort.
    OPERATION,
    /// `RTCError` with `errorDetail` `sdp-syntax-error` and [#sdpLineNumber()].
    SDP_SYNTAX,
    /// A `TypeError` of the script language.
    TYPE
  }

  /// Not part of the serial form, which nothing uses.
  private final transient Kind kind;

  private final int sdpLineNumber;

  JsepException(Kind kind, String message) {
    this(kind, message, 0);
  }

  JsepException(Kind kind, String message, int sdpLineNumber) {
    super(Objects.requireNonNull(message, "message"));
    this.kind = kind;
    this.sdpLineNumber = sdpLineNumber;
  }

  public Kind kind() {
    return kind;
  }

  /// Line of the offending text, from 1; 0 when the refusal is not about syntax.
  public int sdpLineNumber() {
    return sdpLineNumber;
  }
}
