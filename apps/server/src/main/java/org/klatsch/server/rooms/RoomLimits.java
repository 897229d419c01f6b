package org.klatsch.server.rooms;

import java.time.Duration;
import java.util.Objects;

/// What strangers may take from the server. A *source* is an IPv4 address or an IPv6 /64.
public record RoomLimits(Counts counts, Rates rates, Sizes sizes, Times times) {

  /// The values that the protocol's document names.
  public static final RoomLimits DEFAULTS =
      new RoomLimits(Counts.DEFAULTS, Rates.DEFAULTS, Sizes.DEFAULTS, Times.DEFAULTS);

  public RoomLimits {
    Objects.requireNonNull(counts, "counts");
    Objects.requireNonNull(rates, "rates");
    Objects.requireNonNull(sizes, "sizes");
    Objects.requireNonNull(times, "times");
  }

  public RoomLimits withCounts(Counts counts) {
    return new RoomLimits(counts, rates, sizes, times);
  }

  public RoomLimits withRates(Rates rates) {
    return new RoomLimits(counts, rates, sizes, times);
  }

  public RoomLimits withSizes(Sizes sizes) {
    return new RoomLimits(counts, rates, sizes, times);
  }

  public RoomLimits withTimes(Times times) {
    return new RoomLimits(counts, rates, sizes, times);
  }

  /// How many of each may exist at once.
  ///
  /// @param connections WebSockets; at about 20 KB each 10,000 fit a small heap
  /// @param connectionsPerSource WebSockets of one source; an office behind one address must fit
  /// @param rooms rooms
  /// @param transfers transfers
  /// @param placesPerSource rooms and transfers that one source opened
  /// @param members members of a room; each is connected with each, which browsers bear to about
  ///   this number
  public record Counts(
      int connections,
      int connectionsPerSource,
      int rooms,
      int transfers,
      int placesPerSource,
      int members) {
    public static final Counts DEFAULTS = new Counts(10_000, 256, 5_000, 5_000, 128, 16);

    public Counts {
      positive("connections", connections);
      positive("connectionsPerSource", connectionsPerSource);
      positive("rooms", rooms);
      positive("transfers", transfers);
      positive("placesPerSource", placesPerSource);
      positive("members", members);
    }
  }

  /// How often.
  ///
  /// @param joinsPerMinutePerSource joins of one source; as many again may come in one burst
  /// @param failedLookupsPerMinutePerSource ids of transfers that do not exist: bounds walking
  ///   through all ids
  /// @param messagesPerSecond of one connection, sustained, with a burst of four seconds' worth:
  ///   whoever enters a full room sends 15 offers with about ten candidates each
  public record Rates(
      int joinsPerMinutePerSource, int failedLookupsPerMinutePerSource, int messagesPerSecond) {
    public static final Rates DEFAULTS = new Rates(240, 20, 100);

    public Rates {
      positive("joinsPerMinutePerSource", joinsPerMinutePerSource);
      positive("failedLookupsPerMinutePerSource", failedLookupsPerMinutePerSource);
      positive("messagesPerSecond", messagesPerSecond);
    }
  }

  /// How long and how large.
  ///
  /// @param messageBytes the longest message: descriptions of data channels take 1 KB, those of
  ///   many tracks 40 KB
  /// @param rememberedMessages kept for a member that resumes: a full room's worth of arrivals with
  ///   their offers
  /// @param rememberedBytes the size of all remembered messages of a member
  /// @param queuedBytes what may wait for one slow reader
  /// @param heldBytes what may wait for all readers and be remembered for all members, together
  public record Sizes(
      int messageBytes,
      int rememberedMessages,
      int rememberedBytes,
      int queuedBytes,
      long heldBytes) {
    public static final Sizes DEFAULTS =
        new Sizes(65_536, 64, 256 * 1024, 1024 * 1024, 256L * 1024 * 1024);

    public Sizes {
      positive("messageBytes", messageBytes);
      positive("rememberedMessages", rememberedMessages);
      positive("rememberedBytes", rememberedBytes);
      positive("queuedBytes", queuedBytes);
      positive("heldBytes", heldBytes);
    }
  }

  /// How soon something is given up.
  ///
  /// @param joinTimeout from the upgrade to the `join`
  /// @param pingInterval between WebSocket pings; below the half minute after which some NATs
  ///   forget a flow
  /// @param idleTimeout silence after which a connection counts as dead: three pings
  /// @param resumeWindow how long a member without connection is kept: a change of network takes
  ///   some seconds
  /// @param aloneTimeout how long somebody may wait alone: a day, as senders leave a transfer open
  ///   over night
  /// @param transferLifetime how long a transfer outlives its sender's connection
  public record Times(
      Duration joinTimeout,
      Duration pingInterval,
      Duration idleTimeout,
      Duration resumeWindow,
      Duration aloneTimeout,
      Duration transferLifetime) {
    public static final Times DEFAULTS =
        new Times(
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            Duration.ofDays(1),
            Duration.ofHours(1));

    public Times {
      positive("joinTimeout", joinTimeout);
      positive("pingInterval", pingInterval);
      positive("idleTimeout", idleTimeout);
      positive("resumeWindow", resumeWindow);
      positive("aloneTimeout", aloneTimeout);
      positive("transferLifetime", transferLifetime);
    }
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " is " + value + ", expected at least 1");
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " is " + value + ", expected more than zero");
    }
  }
}
