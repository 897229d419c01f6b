package org.klatsch.ice.mdns;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// What an [MdnsQuerier] tells the layer above.
public sealed interface MdnsEvent {
  /// A name is resolved, or nobody answered.
  ///
  /// @param name as it was asked for
  /// @param address port 0; null when nobody answered in time
  record Resolved(String name, @Nullable TransportAddress address) implements MdnsEvent {}
}
