package org.klatsch.server.rooms;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.tenants.Grants;

/// Somebody in a place, with the last messages for the case that the connection is lost, §5.
/// Confined to the directory's lock.
final class Member {
  private record Remembered(long seq, String text) {}

  private final Place place;
  private final String id;
  private final String name;
  private final @Nullable String agent;
  private final @Nullable Role role;
  private final Grants grants;
  private final long joinedAt;
  private final boolean forwarding;
  private String resume;
  private @Nullable Connection connection;
  private long awaySince;
  private long lastSeq;
  private final Deque<Remembered> remembered = new ArrayDeque<>();
  private int rememberedBytes;

  Member(
      Place place,
      String id,
      String name,
      @Nullable String agent,
      @Nullable Role role,
      Grants grants,
      long joinedAt,
      boolean forwarding,
      String resume,
      Connection connection) {
    this.place = place;
    this.id = id;
    this.name = name;
    this.agent = agent;
    this.role = role;
    this.grants = grants;
    this.joinedAt = joinedAt;
    this.forwarding = forwarding;
    this.resume = resume;
    this.connection = connection;
  }

  Place place() {
    return place;
  }

  String id() {
    return id;
  }

  String name() {
    return name;
  }

  @Nullable String agent() {
    return agent;
  }

  @Nullable Role role() {
    return role;
  }

  /// What this member may do here.
  Grants grants() {
    return grants;
  }

  MemberInformation information(long now) {
    return new MemberInformation(
        id,
        name,
        grants.identity(),
        agent == null ? "" : agent,
        connection != null,
        (now - joinedAt) / 1_000_000_000);
  }

  /// Whether it can have the server forward its media, §10.
  boolean forwarding() {
    return forwarding;
  }

  String resume() {
    return resume;
  }

  /// Null while away.
  @Nullable Connection connection() {
    return connection;
  }

  void lost(long now) {
    connection = null;
    awaySince = now;
  }

  void resumed(Connection connection, String resume) {
    this.connection = connection;
    this.resume = resume;
  }

  boolean awayLongerThan(long now, long nanos) {
    return connection == null && now - awaySince > nanos;
  }

  long nextSeq() {
    return ++lastSeq;
  }

  /// Remembers the message of [#nextSeq] and returns by how many bytes this changed what is held.
  int remember(String text, RoomLimits.Sizes sizes) {
    int before = rememberedBytes;
    remembered.add(new Remembered(lastSeq, text));
    rememberedBytes += text.length();
    while (remembered.size() > sizes.rememberedMessages()
        || rememberedBytes > sizes.rememberedBytes()) {
      rememberedBytes -= remembered.remove().text.length();
    }
    return rememberedBytes - before;
  }

  int rememberedBytes() {
    return rememberedBytes;
  }

  /// The messages after the given one, or null if they are not all remembered or there never was
  /// such a message.
  @Nullable List<String> since(long received) {
    if (received < 0
        || received > lastSeq
        || (received < lastSeq
            && (remembered.isEmpty() || remembered.getFirst().seq > received + 1))) {
      return null;
    }
    var missed = new ArrayList<String>();
    for (Remembered message : remembered) {
      if (message.seq > received) {
        missed.add(message.text);
      }
    }
    return missed;
  }
}
