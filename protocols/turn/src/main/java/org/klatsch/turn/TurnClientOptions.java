package org.klatsch.turn;

import java.time.Duration;
import org.klatsch.stun.RetransmissionSchedule;

/// Settings of a [TurnClient].
///
/// @param families which relayed addresses are asked for
/// @param reliable whether the server is reached over a stream (TCP, TLS), so that requests are
///   sent once and ChannelData is padded
/// @param relayTcp whether connections are relayed instead of packets, RFC 6062; only over a stream
/// @param evenPort whether the relayed port is to be even (EVEN-PORT)
/// @param dontFragment whether DONT-FRAGMENT is asked for and set on what is sent
/// @param lifetime of the allocation as asked for; the server decides
/// @param refreshAhead how long before the end it is refreshed, RFC 8656 §8.1: a minute
/// @param schedule of requests
/// @param maxPeers cap on permissions and on channels; a browser's check list has 100 pairs
public record TurnClientOptions(
    Families families,
    boolean reliable,
    boolean relayTcp,
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
    if (relayTcp && (!reliable || evenPort || dontFragment || families == Families.DUAL)) {
      throw new IllegalArgumentException(
          "relayTcp goes with reliable and one family, not with evenPort or dontFragment");
    }
    if (maxPeers < 1 || maxPeers > ChannelData.LAST - ChannelData.FIRST + 1) {
      throw new IllegalArgumentException("maxPeers " + maxPeers + " is not in 1 to 4096");
    }
  }

  /// The same with other families.
  public TurnClientOptions withFamilies(Families other) {
    return new TurnClientOptions(
        other,
        reliable,
        relayTcp,
        evenPort,
        dontFragment,
        lifetime,
        refreshAhead,
        schedule,
        maxPeers);
  }

  /// The same over a stream or over UDP.
  public TurnClientOptions withReliable(boolean on) {
    return new TurnClientOptions(
        families, on, relayTcp, evenPort, dontFragment, lifetime, refreshAhead, schedule, maxPeers);
  }

  /// The same for connections of TCP to peers, over a stream, from one address.
  public TurnClientOptions withRelayTcp() {
    return new TurnClientOptions(
        families == Families.DUAL ? Families.IPV4 : families,
        true,
        true,
        false,
        false,
        lifetime,
        refreshAhead,
        schedule,
        maxPeers);
  }

  /// The same with or without an even port.
  public TurnClientOptions withEvenPort(boolean on) {
    return new TurnClientOptions(
        families, reliable, relayTcp, on, dontFragment, lifetime, refreshAhead, schedule, maxPeers);
  }

  /// The same with or without DONT-FRAGMENT.
  public TurnClientOptions withDontFragment(boolean on) {
    return new TurnClientOptions(
        families, reliable, relayTcp, evenPort, on, lifetime, refreshAhead, schedule, maxPeers);
  }
}
