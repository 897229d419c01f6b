package org.klatsch.whip;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Settings of a [WhipSession]. Start from [#DEFAULT].
///
/// @param token sent as a bearer token, RFC 6750; null for none
/// @param timeout of each request. Default 15 s
/// @param redirects followed at most, with 307 and 308, RFC 9725 §4.5. Default 3
/// @param gathering how long the offer waits for candidates. Default 300 ms: enough for those of
///   this machine, and often of STUN, so that servers without trickle know them; what comes later
///   is sent by PATCH
public record WhipOptions(
    @Nullable String token, Duration timeout, int redirects, Duration gathering) {
  public static final WhipOptions DEFAULT =
      new WhipOptions(null, Duration.ofSeconds(15), 3, Duration.ofMillis(300));

  public WhipOptions {
    if (timeout.isNegative() || timeout.isZero() || gathering.isNegative() || redirects < 0) {
      throw new IllegalArgumentException(
          "timeout " + timeout + ", gathering " + gathering + ", redirects " + redirects);
    }
  }

  public WhipOptions withToken(@Nullable String value) {
    return new WhipOptions(value, timeout, redirects, gathering);
  }

  public WhipOptions withTimeout(Duration value) {
    return new WhipOptions(token, value, redirects, gathering);
  }

  public WhipOptions withRedirects(int value) {
    return new WhipOptions(token, timeout, value, gathering);
  }

  public WhipOptions withGathering(Duration value) {
    return new WhipOptions(token, timeout, redirects, value);
  }

  /// Without the token, so that it never reaches a log.
  @Override
  public String toString() {
    return "WhipOptions[" + timeout + ", " + redirects + ", " + gathering + "]";
  }
}
