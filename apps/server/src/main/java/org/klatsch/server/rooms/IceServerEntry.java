package org.klatsch.server.rooms;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.stun.StunCredential;

/// One entry of the `iceServers` told to members.
///
/// @param credential for a TURN server, else null
public record IceServerEntry(List<String> urls, StunCredential.@Nullable LongTerm credential) {
  public IceServerEntry {
    urls = List.copyOf(urls);
  }
}
