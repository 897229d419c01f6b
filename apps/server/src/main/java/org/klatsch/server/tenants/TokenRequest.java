package org.klatsch.server.tenants;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a new token is to say.
///
/// @param identity who its holder is to the tenant, perhaps empty
/// @param lifetime from now on
public record TokenRequest(
    String identity,
    @Nullable String name,
    List<String> rooms,
    Set<Permission> permissions,
    Duration lifetime) {
  public TokenRequest {
    rooms = List.copyOf(rooms);
    permissions = Set.copyOf(permissions);
  }
}
