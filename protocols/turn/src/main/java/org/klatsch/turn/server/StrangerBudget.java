package org.klatsch.turn.server;

import java.util.LinkedHashMap;
import java.util.Map;
import org.klatsch.sansio.TransportAddress;

/// How much is answered to senders that have not proved who they are, so that forged source
/// addresses gain nothing: after the first answer, a source gets at most 1.6 times the bytes that
/// came from it, headers counted, and all sources together so many answers a second. Sources that
/// have authenticated lately are free of both.
final class StrangerBudget {
  private static final long FORGET_NANOS = 60_000_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final int IPV4_UDP_HEADERS = 28;
  private static final int IPV6_UDP_HEADERS = 48;

  /// What one address has had, in bytes.
  private static final class Source {
    long since;
    long received;
    long sent;
    long trustedUntil;
  }

  private final int answersPerSecond;
  private final Map<TransportAddress, Source> sources;
  private long secondStartedAt;
  private int answersInSecond;

  StrangerBudget(int answersPerSecond, int maxSources) {
    this.answersPerSecond = answersPerSecond;
    this.sources =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<TransportAddress, Source> eldest) {
            return size() > maxSources;
          }
        };
  }

  /// A network of IPv6 has as many addresses as its owner likes.
  private static TransportAddress key(TransportAddress address) {
    return address.isIpv4() ? address.withPort(0) : TransportAddress.ofIpv6(address.high(), 0, 0);
  }

  private static int headers(TransportAddress address) {
    return address.isIpv4() ? IPV4_UDP_HEADERS : IPV6_UDP_HEADERS;
  }

  /// The longest answer that is 1.6 times its request on the wire.
  static int room(TransportAddress to, int requestLength) {
    int headers = headers(to);
    return (requestLength + headers) * 16 / 10 - headers;
  }

  private Source source(long now, TransportAddress from) {
    TransportAddress key = key(from);
    Source source = sources.get(key);
    if (source == null) {
      source = new Source();
      source.since = now;
      sources.put(key, source);
    } else if (now - source.since >= FORGET_NANOS) {
      source.since = now;
      source.received = 0;
      source.sent = 0;
    }
    return source;
  }

  /// Takes what an answer costs, if there is enough.
  boolean allow(long now, TransportAddress from, int requestLength, int answerLength) {
    Source source = source(now, from);
    source.received += requestLength + headers(from);
    if (now < source.trustedUntil) {
      return true;
    }
    int answer = answerLength + headers(from);
    if (source.sent > 0 && 10 * (source.sent + answer) > 16 * source.received) {
      return false;
    }
    if (now - secondStartedAt >= SECOND) {
      secondStartedAt = now;
      answersInSecond = 0;
    }
    if (answersInSecond >= answersPerSecond) {
      return false;
    }
    answersInSecond++;
    source.sent += answer;
    return true;
  }

  /// The sender has proved that it receives what is sent there.
  void trust(long now, TransportAddress from) {
    source(now, from).trustedUntil = now + FORGET_NANOS;
  }

  int size() {
    return sources.size();
  }
}
