package org.klatsch.server.rooms;

import java.util.List;
import java.util.function.LongSupplier;
import org.klatsch.server.media.MediaServer;
import org.klatsch.server.tenants.Permission;
import tools.jackson.databind.node.ObjectNode;

/// Decides which rooms have their media forwarded by the server, §10. Confined to the directory's
/// lock.
final class ForwardedRooms {
  /// So many send to each other directly.
  private static final int MESH_MEMBERS = 2;

  private final MediaServer server;
  private final LongSupplier clock;
  private final Outlet outlet;

  /// Hears what members are to be told, on event loops.
  interface Outlet {
    /// @param kept whether a member that is away gets it later
    void tell(long now, Place place, String member, ObjectNode message, boolean kept);
  }

  /// @param clock the time of the directory
  ForwardedRooms(MediaServer server, LongSupplier clock, Outlet outlet) {
    this.server = server;
    this.clock = clock;
    this.outlet = outlet;
  }

  /// Has the server carry media where a mesh would be too much for its members.
  void joined(Place place, Member member) {
    if (place.isTransfer()) {
      return;
    }
    ForwardedRoom room = place.forwarded();
    if (room != null) {
      if (member.forwarding()) {
        join(room, member);
      }
      return;
    }
    List<Member> able = place.members().stream().filter(Member::forwarding).toList();
    if (place.members().size() > MESH_MEMBERS && able.size() > 1) {
      ForwardedRoom made =
          new ForwardedRoom(
              server,
              (id, message, kept) -> outlet.tell(clock.getAsLong(), place, id, message, kept));
      place.forwarded(made);
      able.forEach(each -> join(made, each));
    }
  }

  private static void join(ForwardedRoom room, Member member) {
    room.join(
        member.id(),
        member.grants().permissions().contains(Permission.PUBLISH),
        member.grants().permissions().contains(Permission.SUBSCRIBE));
  }

  /// A member left. It goes on for two, so that nothing is interrupted again when a third comes
  /// back.
  ///
  /// @return whether the media of the place are forwarded no longer
  boolean left(Place place, Member member) {
    ForwardedRoom room = place.forwarded();
    if (room == null) {
      return false;
    }
    room.leave(member.id());
    if (place.members().size() > 1) {
      return false;
    }
    place.forwarded(null);
    room.close();
    return true;
  }
}
