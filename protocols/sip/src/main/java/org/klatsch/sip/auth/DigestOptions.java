package org.klatsch.sip.auth;

import java.time.Duration;

/// How a server authenticates.
///
/// @param nonceLifetime after which a nonce is stale. Default 5 minutes: long enough for the
///   refreshes of a browser's registration, short enough that a stolen one is soon worthless
/// @param maxNonces nonces whose counts are remembered; of more, the oldest become stale. Default
///   65,536: a storm of all clients of a big server
public record DigestOptions(Duration nonceLifetime, int maxNonces) {
  public static final DigestOptions DEFAULT = new DigestOptions(Duration.ofMinutes(5), 65_536);

  public DigestOptions {
    if (nonceLifetime.toSeconds() < 1 || maxNonces < 1) {
      throw new IllegalArgumentException(
          "nonceLifetime " + nonceLifetime + " and maxNonces " + maxNonces + " must be positive");
    }
  }
}
