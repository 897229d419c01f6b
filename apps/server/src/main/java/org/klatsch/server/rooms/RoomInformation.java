package org.klatsch.server.rooms;

import java.util.List;

/// A room, as the server's own pages and programs see it.
///
/// @param seconds since its first member came
public record RoomInformation(
    String tenant, String name, long seconds, List<MemberInformation> members) {
  public RoomInformation {
    members = List.copyOf(members);
  }
}
