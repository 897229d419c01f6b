package org.klatsch.turn.server;

import java.time.Duration;
import java.util.List;
import org.klatsch.sansio.TransportAddress;

/// Settings of a [TurnServer].
///
/// @param realm what clients see; up to 8 bytes keep the first answer to a stranger at 1.6 times
///   its request on the wire
/// @param relayHosts addresses to relay from, at most one of a family counts; for a family that is
///   missing here it is the address the client came to, if that is of this family
/// @param firstRelayPort lowest relay port
/// @param lastRelayPort highest relay port
/// @param defaultLifetime of an allocation, RFC 8656 §7.2: 10 minutes
/// @param maxLifetime of an allocation, RFC 8656 §7.2: an hour
/// @param nonceLifetime after which a client gets a new nonce, RFC 8656 §5: at most an hour
/// @param maxAllocations of all users
/// @param maxAllocationsPerUser of one user; a browser makes some eight for one connection
/// @param maxPermissions of one allocation
/// @param maxChannels of one allocation
/// @param maxQueuedBytes that wait for the sockets; more is dropped, as a network would
/// @param challengesPerSecond answers to strangers in all
/// @param maxSources whose traffic before authentication is remembered
public record TurnServerOptions(
    String realm,
    List<TransportAddress> relayHosts,
    int firstRelayPort,
    int lastRelayPort,
    Duration defaultLifetime,
    Duration maxLifetime,
    Duration nonceLifetime,
    int maxAllocations,
    int maxAllocationsPerUser,
    int maxPermissions,
    int maxChannels,
    int maxQueuedBytes,
    int challengesPerSecond,
    int maxSources) {
  /// The dynamic ports of RFC 6335 §6 to relay from, as the RFC recommends (§7.2).
  public static final TurnServerOptions DEFAULT =
      new TurnServerOptions(
          "klatsch",
          List.of(),
          49_152,
          65_535,
          Duration.ofMinutes(10),
          Duration.ofHours(1),
          Duration.ofHours(1),
          10_000,
          200,
          128,
          128,
          1 << 20,
          2_000,
          10_000);

  public TurnServerOptions {
    relayHosts = List.copyOf(relayHosts);
    if (realm.isEmpty() || realm.length() > 127) {
      throw new IllegalArgumentException("a realm has 1 to 127 characters, not " + realm.length());
    }
    if (firstRelayPort < 1 || lastRelayPort > 65_535 || firstRelayPort > lastRelayPort) {
      throw new IllegalArgumentException(
          "relay ports " + firstRelayPort + "-" + lastRelayPort + " are no range in 1 to 65535");
    }
    if (defaultLifetime.compareTo(maxLifetime) > 0 || defaultLifetime.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "defaultLifetime " + defaultLifetime + " is not in 1 s to maxLifetime " + maxLifetime);
    }
    if (maxAllocations < 1
        || maxAllocationsPerUser < 1
        || maxPermissions < 1
        || maxChannels < 1
        || maxSources < 1
        || maxQueuedBytes < 65_536) {
      throw new IllegalArgumentException("a cap is less than 1, or maxQueuedBytes than 65536");
    }
  }

  /// The same with another realm.
  public TurnServerOptions withRealm(String other) {
    return new TurnServerOptions(
        other,
        relayHosts,
        firstRelayPort,
        lastRelayPort,
        defaultLifetime,
        maxLifetime,
        nonceLifetime,
        maxAllocations,
        maxAllocationsPerUser,
        maxPermissions,
        maxChannels,
        maxQueuedBytes,
        challengesPerSecond,
        maxSources);
  }

  /// The same with other addresses and ports to relay from.
  public TurnServerOptions withRelay(List<TransportAddress> hosts, int firstPort, int lastPort) {
    return new TurnServerOptions(
        realm,
        hosts,
        firstPort,
        lastPort,
        defaultLifetime,
        maxLifetime,
        nonceLifetime,
        maxAllocations,
        maxAllocationsPerUser,
        maxPermissions,
        maxChannels,
        maxQueuedBytes,
        challengesPerSecond,
        maxSources);
  }

  /// The same with other caps on allocations.
  public TurnServerOptions withQuotas(int allocations, int allocationsPerUser) {
    return new TurnServerOptions(
        realm,
        relayHosts,
        firstRelayPort,
        lastRelayPort,
        defaultLifetime,
        maxLifetime,
        nonceLifetime,
        allocations,
        allocationsPerUser,
        maxPermissions,
        maxChannels,
        maxQueuedBytes,
        challengesPerSecond,
        maxSources);
  }

  /// The same with other times.
  public TurnServerOptions withLifetimes(Duration usual, Duration longest, Duration nonce) {
    return new TurnServerOptions(
        realm,
        relayHosts,
        firstRelayPort,
        lastRelayPort,
        usual,
        longest,
        nonce,
        maxAllocations,
        maxAllocationsPerUser,
        maxPermissions,
        maxChannels,
        maxQueuedBytes,
        challengesPerSecond,
        maxSources);
  }
}
