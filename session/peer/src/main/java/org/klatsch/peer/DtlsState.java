package org.klatsch.peer;

/// State of a session's DTLS connection; the W3C's `RTCDtlsTransportState`.
public enum DtlsState {
  NEW,
  CONNECTING,
  CONNECTED,
  CLOSED,
  FAILED
}
