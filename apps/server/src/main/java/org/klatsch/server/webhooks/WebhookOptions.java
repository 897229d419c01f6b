package org.klatsch.server.webhooks;

import java.time.Duration;
import java.util.List;
import org.klatsch.sansio.AddressPrefix;

/// How webhooks are called.
///
/// @param backoff how long to wait after each failure; one more and the event is a dead letter.
///   Five minutes' worth of a restart, then a night's worth of an outage
/// @param timeout for one call, from the look-up of the name to the status line
/// @param allowed ranges of addresses that are called although they are not of the open internet
/// @param pending events that wait at most; the oldest beyond that are gone
/// @param dead letters kept
public record WebhookOptions(
    List<Duration> backoff, Duration timeout, List<AddressPrefix> allowed, int pending, int dead) {
  public static final WebhookOptions DEFAULT =
      new WebhookOptions(
          List.of(
              Duration.ofSeconds(2),
              Duration.ofSeconds(10),
              Duration.ofSeconds(60),
              Duration.ofMinutes(5),
              Duration.ofMinutes(30),
              Duration.ofHours(2),
              Duration.ofHours(8)),
          Duration.ofSeconds(10),
          List.of(),
          100_000,
          1_000);

  public WebhookOptions {
    backoff = List.copyOf(backoff);
    allowed = List.copyOf(allowed);
    if (pending < 1 || dead < 1) {
      throw new IllegalArgumentException(
          "pending " + pending + " and dead " + dead + ", expected at least 1");
    }
  }

  public WebhookOptions withAllowed(List<AddressPrefix> ranges) {
    return new WebhookOptions(backoff, timeout, ranges, pending, dead);
  }

  public WebhookOptions withBackoff(List<Duration> waits) {
    return new WebhookOptions(waits, timeout, allowed, pending, dead);
  }

  public WebhookOptions withTimeout(Duration limit) {
    return new WebhookOptions(backoff, limit, allowed, pending, dead);
  }
}
