package org.klatsch.peer.jsep;

/// Where an offer/answer exchange stands, RFC 9429 §3.2; `RTCSignalingState` of the W3C.
public enum SignalingState {
  STABLE,
  HAVE_LOCAL_OFFER,
  HAVE_REMOTE_OFFER,
  HAVE_LOCAL_PRANSWER,
  HAVE_REMOTE_PRANSWER,
  CLOSED;

  /// The W3C's string.
  @Override
  public String toString() {
    return switch (this) {
      case STABLE -> "stable";
      case HAVE_LOCAL_OFFER -> "have-local-offer";
      case HAVE_REMOTE_OFFER -> "have-remote-offer";
      case HAVE_LOCAL_PRANSWER -> "have-local-pranswer";
      case HAVE_REMOTE_PRANSWER -> "have-remote-pranswer";
      case CLOSED -> "closed";
    };
  }
}
