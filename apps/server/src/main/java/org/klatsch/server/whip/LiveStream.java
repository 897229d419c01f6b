package org.klatsch.server.whip;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.LoopTimer;
import org.klatsch.server.media.LegState;
import org.klatsch.server.media.PublishedTrack;

/// A stream while it has a publisher or players. Guarded by itself; the sessions' legs are never
/// waited for in here.
final class LiveStream {
  private final Streams streams;
  private final String key;
  private final String name;
  private final Set<Player> players = ConcurrentHashMap.newKeySet();
  private @Nullable Publisher publisher;
  private List<PublishedTrack> tracks = List.of();
  private long published;

  /// @param key of the tenant and the name
  LiveStream(Streams streams, String key, String name) {
    this.streams = streams;
    this.key = key;
    this.name = name;
  }

  Streams streams() {
    return streams;
  }

  String key() {
    return key;
  }

  String name() {
    return name;
  }

  /// Makes `next` the publisher, unless another one is connected. One that is not, or no more,
  /// gives way: its user has started anew.
  synchronized boolean replace(Publisher next) {
    Publisher current = publisher;
    if (current != null && current.leg().state() == LegState.CONNECTED) {
      return false;
    }
    publisher = next;
    tracks = List.of();
    published++;
    if (current != null) {
      current.leg().close();
    }
    return true;
  }

  /// The publisher has agreed on what it sends.
  synchronized void published(Publisher by, List<PublishedTrack> all) {
    if (publisher == by) {
      tracks = List.copyOf(all);
      players.forEach(player -> player.republished(tracks));
    }
  }

  /// What can be played; empty without a publisher.
  synchronized List<PublishedTrack> tracks() {
    return tracks;
  }

  synchronized void add(Player player) {
    players.add(player);
  }

  int players() {
    return players.size();
  }

  synchronized boolean isLive() {
    return publisher != null;
  }

  /// Forgets a session.
  ///
  /// @return whether nothing is left
  synchronized boolean remove(StreamSession session) {
    switch (session) {
      case Player player -> players.remove(player);
      case Publisher gone -> {
        if (publisher == gone) {
          publisher = null;
          tracks = List.of();
          long generation = published;
          LoopTimer patience = gone.leg().loop().timer(() -> endPlayers(generation));
          patience.set(gone.leg().loop().now() + streams.limits().republish().toNanos());
        }
      }
    }
    return publisher == null && players.isEmpty();
  }

  private void endPlayers(long generation) {
    List<Player> left;
    synchronized (this) {
      left = publisher == null && published == generation ? List.copyOf(players) : List.of();
    }
    left.forEach(player -> player.leg().close());
  }
}
