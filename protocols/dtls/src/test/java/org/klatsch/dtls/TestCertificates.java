package org.klatsch.dtls;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/// Certificates made once, as RSA keys take long.
final class TestCertificates {
  static final Instant NOT_BEFORE = Instant.parse("2026-01-01T00:00:00Z");
  static final Instant NOT_AFTER = Instant.parse("2036-01-01T00:00:00Z");

  private static final Map<KeyType, DtlsCertificate[]> MADE = new EnumMap<>(KeyType.class);

  private TestCertificates() {}

  static DtlsCertificate client(KeyType type) {
    return made(type)[0];
  }

  static DtlsCertificate server(KeyType type) {
    return made(type)[1];
  }

  private static synchronized DtlsCertificate[] made(KeyType type) {
    return MADE.computeIfAbsent(
        type,
        t ->
            new DtlsCertificate[] {
              DtlsCertificate.generate(t, NOT_BEFORE, NOT_AFTER, new TestRandom(1)),
              DtlsCertificate.generate(t, NOT_BEFORE, NOT_AFTER, new TestRandom(2))
            });
  }
}
