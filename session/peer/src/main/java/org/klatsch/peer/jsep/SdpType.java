package org.klatsch.peer.jsep;

/// What a description is for, RFC 9429 §4.1.10; `RTCSdpType` of the W3C.
public enum SdpType {
  OFFER,
  PRANSWER,
  ANSWER,
  ROLLBACK;

  /// The W3C's string.
  @Override
  public String toString() {
    return switch (this) {
      case OFFER -> "offer";
      case PRANSWER -> "pranswer";
      case ANSWER -> "answer";
      case ROLLBACK -> "rollback";
    };
  }
}
