package org.klatsch.server.rooms;

/// What one stranger holds. Kept while it holds anything or while its rates have not recovered; as
/// many exist as there are connections, plus those that were here within the last minute.
final class Source {
  final TokenBucket joins;
  final TokenBucket failedLookups;
  int connections;
  int places;

  Source(long now, RoomLimits.Rates rates) {
    joins =
        new TokenBucket(
            now, rates.joinsPerMinutePerSource() / 60.0, rates.joinsPerMinutePerSource());
    failedLookups =
        new TokenBucket(
            now,
            rates.failedLookupsPerMinutePerSource() / 60.0,
            rates.failedLookupsPerMinutePerSource());
  }

  boolean forgettable(long now) {
    return connections == 0 && places == 0 && joins.full(now) && failedLookups.full(now);
  }
}
