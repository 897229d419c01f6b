package org.klatsch.sip.registration;

import java.time.Duration;

/// Timing of registrations.
///
/// @param expires asked for; the registrar decides. Default 10 minutes: a PBX that has lost its
///   table knows us again soon
/// @param baseWait after the first failure. Default 30 s, RFC 5626 §4.5
/// @param maxWait between attempts. Default 30 minutes, RFC 5626 §4.5
public record RegistrationOptions(Duration expires, Duration baseWait, Duration maxWait) {
  public static final RegistrationOptions DEFAULT =
      new RegistrationOptions(
          Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofMinutes(30));

  public RegistrationOptions {
    if (expires.toSeconds() < 1 || baseWait.toSeconds() < 1 || maxWait.compareTo(baseWait) < 0) {
      throw new IllegalArgumentException(
          "expires " + expires + ", baseWait " + baseWait + ", maxWait " + maxWait);
    }
  }
}
