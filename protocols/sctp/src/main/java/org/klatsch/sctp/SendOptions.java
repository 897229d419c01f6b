package org.klatsch.sctp;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How one message is sent.
///
/// @param unordered whether it may overtake others of its stream, RFC 9260 §6.6
/// @param maxRetransmits how often a fragment may be sent again before the message is given up, RFC
///   7496 §3.1; -1 for as often as needed
/// @param lifetime how long the message may wait or be retransmitted, RFC 3758 §4.1; null for ever
public record SendOptions(boolean unordered, int maxRetransmits, @Nullable Duration lifetime) {
  /// Reliable and in order.
  public static final SendOptions RELIABLE = new SendOptions(false, -1, null);

  /// Reliable, in any order.
  public static final SendOptions UNORDERED = new SendOptions(true, -1, null);

  public SendOptions {
    if (maxRetransmits < -1) {
      throw new IllegalArgumentException(
          "maxRetransmits " + maxRetransmits + " must be -1 or more");
    }
    if (lifetime != null && lifetime.isNegative()) {
      throw new IllegalArgumentException("lifetime " + lifetime + " must not be negative");
    }
  }
}
