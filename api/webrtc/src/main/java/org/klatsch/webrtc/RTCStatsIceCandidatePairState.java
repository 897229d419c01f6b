package org.klatsch.webrtc;

/// The state of a candidate pair, RFC 8445 §6.1.2.6.
public enum RTCStatsIceCandidatePairState {
  FROZEN("frozen"),
  WAITING("waiting"),
  IN_PROGRESS("in-progress"),
  FAILED("failed"),
  SUCCEEDED("succeeded");

  private final String value;

  RTCStatsIceCandidatePairState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCStatsIceCandidatePairState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
