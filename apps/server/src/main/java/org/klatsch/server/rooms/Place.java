package org.klatsch.server.rooms;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A room or a transfer with those who are in it, in the order of their coming. Confined to the
/// directory's lock.
final class Place {
  private final String tenant;
  private final String name;
  private final @Nullable String key;
  private final Source openedBy;
  private final long openedAt;
  private final Map<String, Member> members = new LinkedHashMap<>();

  /// Carries the media of a room with more than two members; null while they are a mesh.
  private @Nullable ForwardedRoom forwarded;

  /// Since when less than two are here; meaningless otherwise.
  private long aloneSince;

  /// Since when a transfer has no sender; meaningless while there is one.
  private long orphanSince;

  /// @param tenant whose this is
  /// @param key of a transfer's sender, null for a room
  Place(long now, String tenant, String name, @Nullable String key, Source openedBy) {
    this.tenant = tenant;
    openedAt = now;
    this.name = name;
    this.key = key;
    this.openedBy = openedBy;
    aloneSince = now;
    orphanSince = now;
  }

  String tenant() {
    return tenant;
  }

  String name() {
    return name;
  }

  /// No two places of one kind have the same. Neither half holds a slash.
  String key() {
    return key(tenant, name);
  }

  static String key(String tenant, String name) {
    return tenant + "/" + name;
  }

  RoomInformation information(long now) {
    return new RoomInformation(
        tenant,
        name,
        (now - openedAt) / 1_000_000_000,
        members.values().stream().map(member -> member.information(now)).toList());
  }

  boolean isTransfer() {
    return key != null;
  }

  boolean opensWith(@Nullable String key) {
    return this.key != null && this.key.equals(key);
  }

  Source openedBy() {
    return openedBy;
  }

  void add(Member member) {
    members.put(member.id(), member);
  }

  void remove(long now, Member member) {
    members.remove(member.id());
    if (members.size() == 1) {
      aloneSince = now;
    }
    if (member.role() == Role.SEND) {
      orphanSince = now;
    }
  }

  Collection<Member> members() {
    return Collections.unmodifiableCollection(members.values());
  }

  @Nullable Member member(String id) {
    return members.get(id);
  }

  @Nullable ForwardedRoom forwarded() {
    return forwarded;
  }

  void forwarded(@Nullable ForwardedRoom room) {
    forwarded = room;
  }

  @Nullable Member holder(Role role) {
    for (Member member : members.values()) {
      if (member.role() == role) {
        return member;
      }
    }
    return null;
  }

  boolean aloneLongerThan(long now, long nanos) {
    return members.size() == 1 && now - aloneSince > nanos;
  }

  boolean orphanLongerThan(long now, long nanos) {
    return isTransfer() && holder(Role.SEND) == null && now - orphanSince > nanos;
  }
}
