package org.klatsch.ice;

import java.time.Duration;
import java.util.List;
import org.klatsch.sansio.TransportAddress;

/// Settings of an [IceAgent]. Start from [#DEFAULT] and change with the `withXxx` methods.
///
/// @param lite whether this is a lite agent, RFC 8445 §2.5: host candidates only, no checks of its
///   own
/// @param stunServers servers for server-reflexive candidates, names already resolved
/// @param turnServers servers for relayed candidates, names already resolved, the preferred first
/// @param relayOnly whether only relayed candidates are told and used, so that the peer learns no
///   address of this side
/// @param renomination whether renomination is offered to the peer
/// @param pacing Ta, the time between new checks, RFC 8445 §14.2. 20 ms: Chromium sends one every
///   48 ms, Pion all at once each 200 ms; the RFC allows 5 ms
/// @param checkBurst checks that may go out before pacing begins: enough for the pairs of two
///   ordinary hosts with IPv4 and IPv6, so that the first flight waits for nothing
/// @param checkRto first retransmission of a check
/// @param checkTransmissions how often a check is sent in all (Rc)
/// @param patience how long at least to try before failing, RFC 8863 §4: 39.5 s
/// @param consentInterval mean time between consent checks, RFC 7675 §5.1: 5 s, each randomised by
///   0.8 to 1.2
/// @param consentExpiry how long consent lasts without an answer, RFC 7675 §5.1: 30 s
/// @param disconnectedAfter silence on the selected pair before [IceState#DISCONNECTED]; longer
///   than a consent interval and the loss of one check
/// @param gatheringPatience how long gathering waits for silent STUN servers, so that a dead one
///   does not hold up applications that wait for the end of gathering
/// @param redundantServerPatience how long it waits for further servers once one has answered from
///   the same interface
/// @param serverKeepalive how often a server-reflexive mapping is refreshed until a pair is
///   nominated, RFC 8445 §5.1.1.4 (Tr, 15 s)
/// @param nominationPatience how long a controlling agent waits for a better pair once one works
/// @param maxLocalAddresses cap on interfaces' addresses
/// @param maxRemoteCandidates cap on the peer's candidates; a browser sends some ten
/// @param maxPairs cap on pairs, RFC 8445 §6.1.2.5: 100
/// @param maxEarlyChecks cap on checks that come before the peer's parameters
/// @param errorResponsesPerSecond cap on answers to strangers
/// @param addressMappings how static NATs in front of this host change its addresses; of several
///   that fit the first counts. None by default: only a configuration can know
public record IceOptions(
    boolean lite,
    List<TransportAddress> stunServers,
    List<IceTurnServer> turnServers,
    boolean relayOnly,
    boolean renomination,
    Duration pacing,
    int checkBurst,
    Duration checkRto,
    int checkTransmissions,
    Duration patience,
    Duration consentInterval,
    Duration consentExpiry,
    Duration disconnectedAfter,
    Duration gatheringPatience,
    Duration redundantServerPatience,
    Duration serverKeepalive,
    Duration nominationPatience,
    int maxLocalAddresses,
    int maxRemoteCandidates,
    int maxPairs,
    int maxEarlyChecks,
    int errorResponsesPerSecond,
    List<AddressMapping> addressMappings) {
  /// A full agent without STUN servers.
  public static final IceOptions DEFAULT =
      new IceOptions(
          false,
          List.of(),
          List.of(),
          false,
          true,
          Duration.ofMillis(20),
          4,
          Duration.ofMillis(100),
          9,
          Duration.ofMillis(39_500),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(8),
          Duration.ofSeconds(4),
          Duration.ofMillis(250),
          Duration.ofSeconds(15),
          Duration.ofMillis(100),
          32,
          64,
          100,
          16,
          20,
          List.of());

  public IceOptions {
    stunServers = List.copyOf(stunServers);
    turnServers = List.copyOf(turnServers);
    addressMappings = List.copyOf(addressMappings);
    require("pacing", pacing);
    require("checkRto", checkRto);
    require("patience", patience);
    require("consentInterval", consentInterval);
    require("consentExpiry", consentExpiry);
    require("disconnectedAfter", disconnectedAfter);
    require("gatheringPatience", gatheringPatience);
    require("redundantServerPatience", redundantServerPatience);
    require("serverKeepalive", serverKeepalive);
    if (nominationPatience.isNegative()) {
      throw new IllegalArgumentException("nominationPatience " + nominationPatience);
    }
    if (checkBurst < 1 || checkTransmissions < 1 || checkTransmissions > 30) {
      throw new IllegalArgumentException(
          "checkBurst "
              + checkBurst
              + " must be at least 1, checkTransmissions "
              + checkTransmissions
              + " in 1 to 30");
    }
    if (maxLocalAddresses < 1 || maxRemoteCandidates < 1 || maxPairs < 1) {
      throw new IllegalArgumentException("a cap on addresses, candidates or pairs is less than 1");
    }
  }

  private static void require(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " " + value + " must be positive");
    }
  }

  /// The same options as a lite agent or a full one.
  public IceOptions withLite(boolean on) {
    return new IceOptions(
        on,
        stunServers,
        turnServers,
        relayOnly,
        renomination,
        pacing,
        checkBurst,
        checkRto,
        checkTransmissions,
        patience,
        consentInterval,
        consentExpiry,
        disconnectedAfter,
        gatheringPatience,
        redundantServerPatience,
        serverKeepalive,
        nominationPatience,
        maxLocalAddresses,
        maxRemoteCandidates,
        maxPairs,
        maxEarlyChecks,
        errorResponsesPerSecond,
        addressMappings);
  }

  /// The same options with other STUN servers.
  public IceOptions withStunServers(List<TransportAddress> servers) {
    return new IceOptions(
        lite,
        servers,
        turnServers,
        relayOnly,
        renomination,
        pacing,
        checkBurst,
        checkRto,
        checkTransmissions,
        patience,
        consentInterval,
        consentExpiry,
        disconnectedAfter,
        gatheringPatience,
        redundantServerPatience,
        serverKeepalive,
        nominationPatience,
        maxLocalAddresses,
        maxRemoteCandidates,
        maxPairs,
        maxEarlyChecks,
        errorResponsesPerSecond,
        addressMappings);
  }

  /// The same options with other TURN servers, and whether nothing but them is used.
  public IceOptions withTurnServers(List<IceTurnServer> servers, boolean relaysOnly) {
    return new IceOptions(
        lite,
        stunServers,
        servers,
        relaysOnly,
        renomination,
        pacing,
        checkBurst,
        checkRto,
        checkTransmissions,
        patience,
        consentInterval,
        consentExpiry,
        disconnectedAfter,
        gatheringPatience,
        redundantServerPatience,
        serverKeepalive,
        nominationPatience,
        maxLocalAddresses,
        maxRemoteCandidates,
        maxPairs,
        maxEarlyChecks,
        errorResponsesPerSecond,
        addressMappings);
  }

  /// The same options with renomination offered or not.
  public IceOptions withRenomination(boolean on) {
    return new IceOptions(
        lite,
        stunServers,
        turnServers,
        relayOnly,
        on,
        pacing,
        checkBurst,
        checkRto,
        checkTransmissions,
        patience,
        consentInterval,
        consentExpiry,
        disconnectedAfter,
        gatheringPatience,
        redundantServerPatience,
        serverKeepalive,
        nominationPatience,
        maxLocalAddresses,
        maxRemoteCandidates,
        maxPairs,
        maxEarlyChecks,
        errorResponsesPerSecond,
        addressMappings);
  }

  /// The same options with another least time before failing.
  public IceOptions withPatience(Duration newPatience) {
    return new IceOptions(
        lite,
        stunServers,
        turnServers,
        relayOnly,
        renomination,
        pacing,
        checkBurst,
        checkRto,
        checkTransmissions,
        newPatience,
        consentInterval,
        consentExpiry,
        disconnectedAfter,
        gatheringPatience,
        redundantServerPatience,
        serverKeepalive,
        nominationPatience,
        maxLocalAddresses,
        maxRemoteCandidates,
        maxPairs,
        maxEarlyChecks,
        errorResponsesPerSecond,
        addressMappings);
  }

  /// The same options with other times of consent, RFC 7675 §5.1.
  public IceOptions withConsent(Duration interval, Duration expiry) {
    return new IceOptions(
        lite,
        stunServers,
        turnServers,
        relayOnly,
        renomination,
        pacing,
        checkBurst,
        checkRto,
        checkTransmissions,
        patience,
        interval,
        expiry,
        disconnectedAfter,
        gatheringPatience,
        redundantServerPatience,
        serverKeepalive,
        nominationPatience,
        maxLocalAddresses,
        maxRemoteCandidates,
        maxPairs,
        maxEarlyChecks,
        errorResponsesPerSecond,
        addressMappings);
  }

  /// The same options with other caps on candidates and pairs.
  public IceOptions withCaps(int remoteCandidates, int pairs) {
    return new IceOptions(
        lite,
        stunServers,
        turnServers,
        relayOnly,
        renomination,
        pacing,
        checkBurst,
        checkRto,
        checkTransmissions,
        patience,
        consentInterval,
        consentExpiry,
        disconnectedAfter,
        gatheringPatience,
        redundantServerPatience,
        serverKeepalive,
        nominationPatience,
        maxLocalAddresses,
        remoteCandidates,
        pairs,
        maxEarlyChecks,
        errorResponsesPerSecond,
        addressMappings);
  }

  /// The same options with other static mappings of addresses.
  public IceOptions withAddressMappings(List<AddressMapping> mappings) {
    return new IceOptions(
        lite,
        stunServers,
        turnServers,
        relayOnly,
        renomination,
        pacing,
        checkBurst,
        checkRto,
        checkTransmissions,
        patience,
        consentInterval,
        consentExpiry,
        disconnectedAfter,
        gatheringPatience,
        redundantServerPatience,
        serverKeepalive,
        nominationPatience,
        maxLocalAddresses,
        maxRemoteCandidates,
        maxPairs,
        maxEarlyChecks,
        errorResponsesPerSecond,
        mappings);
  }
}
