package org.klatsch.server.whip;

import java.time.Duration;

/// What strangers may take.
///
/// @param offerBytes of a description. Default 256 KiB: browsers' have 10
/// @param fragmentBytes of candidates and credentials. Default 64 KiB
/// @param sessions at a time. Default 10,000
/// @param republish how long players stay without a publisher: time to start it anew. Default 15 s
/// @param answer how long making an answer may take. Default 10 s: it takes milliseconds
public record StreamLimits(
    int offerBytes, int fragmentBytes, int sessions, Duration republish, Duration answer) {
  public static final StreamLimits DEFAULT =
      new StreamLimits(
          256 * 1024, 64 * 1024, 10_000, Duration.ofSeconds(15), Duration.ofSeconds(10));
}
