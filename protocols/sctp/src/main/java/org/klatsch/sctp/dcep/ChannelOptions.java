package org.klatsch.sctp.dcep;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The properties of a channel, RFC 8832 §5.1 and the W3C's `RTCDataChannelInit`.
///
/// @param ordered whether messages keep their order
/// @param maxRetransmits how often a message is sent again at most, -1 for as often as needed
/// @param maxLifetime how long a message is retransmitted, null for ever; not with `maxRetransmits`
/// @param protocol name of the subprotocol
/// @param priority weight against other channels, RFC 8831 §6.4: 128 below normal, 256 normal, 512
///   high, 1024 extra high
/// @param negotiated whether both sides open the channel with the same id and nothing is announced
/// @param id the stream id of a negotiated channel, else -1 to have one chosen, or the wanted one
public record ChannelOptions(
    boolean ordered,
    int maxRetransmits,
    @Nullable Duration maxLifetime,
    String protocol,
    int priority,
    boolean negotiated,
    int id) {
  /// Reliable, ordered, normal priority.
  public static final ChannelOptions DEFAULT =
      new ChannelOptions(true, -1, null, "", DataChannelOpen.PRIORITY_NORMAL, false, -1);

  /// The largest stream id, RFC 8832 §6: 65535 is no id.
  public static final int MAX_ID = 65_534;

  public ChannelOptions {
    if (maxRetransmits < -1) {
      throw new IllegalArgumentException("maxRetransmits " + maxRetransmits + " is below -1");
    }
    if (maxRetransmits >= 0 && maxLifetime != null) {
      throw new IllegalArgumentException("maxRetransmits and maxLifetime exclude each other");
    }
    if (maxLifetime != null && maxLifetime.isNegative()) {
      throw new IllegalArgumentException("maxLifetime " + maxLifetime + " is negative");
    }
    if (priority < 0 || priority > 0xffff) {
      throw new IllegalArgumentException("priority " + priority + " is not in 0 to 65535");
    }
    if (id < -1 || id > MAX_ID || negotiated && id < 0) {
      throw new IllegalArgumentException("id " + id + " is not in 0 to " + MAX_ID);
    }
  }

  /// Reliable and ordered with an id both sides know.
  public static ChannelOptions negotiated(int id) {
    return new ChannelOptions(true, -1, null, "", DataChannelOpen.PRIORITY_NORMAL, true, id);
  }

  /// Unordered, with at most `maxRetransmits` retransmissions, -1 for reliable.
  public static ChannelOptions unordered(int maxRetransmits) {
    return new ChannelOptions(
        false, maxRetransmits, null, "", DataChannelOpen.PRIORITY_NORMAL, false, -1);
  }
}
