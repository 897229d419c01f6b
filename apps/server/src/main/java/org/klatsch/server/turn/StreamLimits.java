package org.klatsch.server.turn;

import java.time.Duration;

/// What clients on TCP and TLS may take of a relay.
///
/// @param streams in all: as many as there may be allocations
/// @param streamsPerSource from one IPv4 address or one IPv6 /64: some homes and offices share one
/// @param patience how long a connection may be without allocation. It counts from the beginning,
///   so sending a byte now and then does not help
/// @param queuedBytes that wait for a client that reads slowly; more is dropped, as a network would
public record StreamLimits(int streams, int streamsPerSource, Duration patience, int queuedBytes) {
  public static final StreamLimits DEFAULT =
      new StreamLimits(10_000, 400, Duration.ofSeconds(30), 256 * 1024);

  public StreamLimits {
    if (streams < 1 || streamsPerSource < 1 || queuedBytes < 65_536 + 64) {
      throw new IllegalArgumentException(
          "streams "
              + streams
              + " and streamsPerSource "
              + streamsPerSource
              + " must be at least 1, queuedBytes "
              + queuedBytes
              + " at least 65600");
    }
  }
}
