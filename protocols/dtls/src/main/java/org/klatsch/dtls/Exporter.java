package org.klatsch.dtls;

/// Keying material for other protocols out of a finished handshake, RFC 5705 §4. Each version
/// derives it in its own way.
interface Exporter {
  /// @param withContext whether a context is given at all: an empty one and none differ
  byte[] export(String label, byte[] context, boolean withContext, int length);
}
