package org.klatsch.turn;

import java.time.Duration;
import org.klatsch.stun.RetransmissionSchedule;

/// Settings of a [TurnClient].
///
/// @param families which relayed addresses are asked for
/// @param reliable whether the server is reached over a stream (TCP, TLS), so that requests are
///   sent once and ChannelData is padded
/// @param evenPort whether the relayed port is to be even (EVEN-PORT)
/// @param dontFragment whether DONT-FRAGMENT is asked for and set on what is sent
/// @param lifetime of the allocation as asked for; the server decides
/// @param refreshAhead how long before the end it is refreshed, RFC 8656 §8.1: a minute
/// @param schedule of requests
/// @param maxPeers cap on permissions and on channels; a browser's check list has 100 pairs
public record TurnClientOptions(
    Families families,
    boolean reliable,
    boolean evenPort,
    boolean dontFragment,
    Duration lifetime,
    Duration refreshAhead,
    RetransmissionSchedule schedule,
    int maxPeers) {
  /// Which relayed addresses a client wants, RFC 8656 §7.1.
  public enum Families {
    IPV4,
    IPV6,

    /// One of each in one allocation, by ADDITIONAL-ADDRESS-FAMILY; IPv4 alone where the server has
    /// no more.
    DUAL
  }

  /// Both families over UDP; 10 minutes as the RFC recommends.
  public static final TurnClientOptions DEFAULT =
      new TurnClientOptions(
          Families.DUAL,
          false,
          false,
          false,
          Duration.ofMinutes(10),
          Duration.ofMinutes(1),
          RetransmissionSchedule.DEFAULT,
          100);

  public TurnClientOptions {
    if (lifetime.isNegative() || lifetime.isZero() || refreshAhead.isNegative()) {
      throw new IllegalArgumentException(
          "lifetime " + lifetime + " and refreshAhead " + refreshAhead + " must be positive");
    }
    if (maxPeers < 1 || maxPeers > ChannelData.LAST - ChannelData.FIRST + 1) {
      throw new IllegalArgumentException("maxPeers " + maxPeers + " is not in 1 to 4096");
    }
  }

  /// The same with other families.
  public TurnClientOptions withFamilies(Families other) {
    return new TurnClientOptions(
        other, reliable, evenPort, dontFragment, lifetime, refreshAhead, schedule, maxPeers);
  }

  /// The same over a stream or over UDP.
  public TurnClientOptions withReliable(boolean on) {
    return new TurnClientOptions(
        families, on, evenPort, dontFragment, lifetime, refreshAhead, schedule, maxPeers);
  }

  /// The same with or without an even port.
  public TurnClientOptions withEvenPort(boolean on) {
    return new TurnClientOptions(
        families, reliable, on, dontFragment, lifetime, refreshAhead, schedule, maxPeers);
  }

  /// The same with or without DONT-FRAGMENT.
  public TurnClientOptions withDontFragment(boolean on) {
    return new TurnClientOptions(
        families, reliable, evenPort, on, lifetime, refreshAhead, schedule, maxPeers);
  }
}
