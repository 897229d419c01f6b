package org.klatsch.server.tenants;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What somebody may do.
///
/// @param tenant whose rooms and streams these are
/// @param identity who the tenant says this is; empty if it did not say
/// @param name to be shown to people, null if the client chooses it
/// @param rooms names of rooms and streams; a name that ends with `*` stands for all that begin so
/// @param permissions what may be done there
/// @param expires when this ends, null if never
public record Grants(
    String tenant,
    String identity,
    @Nullable String name,
    List<String> rooms,
    Set<Permission> permissions,
    @Nullable Instant expires) {

  /// The tenant of those who need no token.
  public static final String DEFAULT_TENANT = "default";

  public Grants {
    rooms = List.copyOf(rooms);
    permissions = Set.copyOf(permissions);
  }

  /// All that a tenant may do.
  public static Grants everything(String tenant) {
    return new Grants(tenant, "", null, List.of("*"), EnumSet.allOf(Permission.class), null);
  }

  /// All that guests of the default tenant may do: everything but administer.
  public static Grants guest() {
    return new Grants(
        DEFAULT_TENANT,
        "",
        null,
        List.of("*"),
        EnumSet.complementOf(EnumSet.of(Permission.ADMIN)),
        null);
  }

  /// Whether this is good for the room or stream at all.
  public boolean covers(String room) {
    for (String each : rooms) {
      if (each.endsWith("*")
          ? room.startsWith(each.substring(0, each.length() - 1))
          : room.equals(each)) {
        return true;
      }
    }
    return false;
  }

  /// Whether this is allowed in the room or stream.
  public boolean allows(Permission permission, String room) {
    return permissions.contains(permission) && covers(room);
  }

  /// Requires that this is allowed in the room or stream.
  ///
  /// @throws AccessDeniedException with status 403 if it is not
  public Grants require(Permission permission, String room) throws AccessDeniedException {
    if (!covers(room)) {
      throw AccessDeniedException.forbidden("The token is not for this room.");
    }
    if (!permissions.contains(permission)) {
      throw AccessDeniedException.forbidden("The token does not allow to " + permission + ".");
    }
    return this;
  }
}
