package org.klatsch.gateway.config;

/// Whether media of a trunk are protected with keys in SDP, RFC 4568.
public enum SrtpMode {
  /// Our offers are in the clear; an offer with keys is answered so.
  OFF,
  /// Calls without keys fail.
  REQUIRED
}
