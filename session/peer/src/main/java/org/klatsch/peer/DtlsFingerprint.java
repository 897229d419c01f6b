package org.klatsch.peer;

import java.util.Locale;
import java.util.Objects;

/// Hash of a certificate, as in the W3C's `RTCDtlsFingerprint` and RFC 8122 §5.
///
/// @param algorithm name of the hash in lower case, such as `sha-256`
/// @param value the hash's bytes as upper-case hexadecimal pairs, joined by colons
public record DtlsFingerprint(String algorithm, String value) {
  public DtlsFingerprint {
    Objects.requireNonNull(value, "value");
    algorithm = algorithm.toLowerCase(Locale.ROOT);
    value = value.toUpperCase(Locale.ROOT);
  }
}
