package org.klatsch.server.rooms;

import org.jspecify.annotations.Nullable;
import org.klatsch.server.tenants.AccessDeniedException;
import org.klatsch.server.tenants.Grants;
import org.klatsch.server.tenants.Quotas;

/// Decides who may join. Called under the directory's lock: never blocks.
public interface Doorkeeper {

  /// What somebody with this token may do; with none, what everybody may.
  Grants admit(@Nullable String token) throws AccessDeniedException;

  /// What a tenant may have at once.
  Quotas quotas(String tenant);

  /// Lets everybody in as a guest.
  Doorkeeper OPEN =
      new Doorkeeper() {
        @Override
        public Grants admit(@Nullable String token) {
          return Grants.guest();
        }

        @Override
        public Quotas quotas(String tenant) {
          return Quotas.NONE;
        }
      };
}
