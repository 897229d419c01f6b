package org.klatsch.gateway.config;

/// How keys are sent to a far end.
public enum DtmfMode {
  /// As telephone events, RFC 4733; as tones where the far end has agreed on none.
  RFC4733,
  /// In INFO requests with `application/dtmf-relay`.
  INFO,
  /// As tones in the audio; those of the far end are found there, too.
  INBAND
}
