package org.klatsch.peer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything a session needs to be set up or changed: the whole agreement as it stands, not a
/// difference. Applying the same parameters twice changes nothing; applying earlier ones is a
/// rollback.
///
/// @param transports one for each BUNDLE group and each m-section outside of one
/// @param sctp null while no data channels are agreed
public record SessionParameters(
    List<TransportParameters> transports, @Nullable SctpParameters sctp) {
  /// Nothing agreed.
  public static final SessionParameters EMPTY = new SessionParameters(List.of(), null);

  public SessionParameters {
    transports = List.copyOf(transports);
  }

  /// The transport that carries an m-section, or null.
  public @Nullable TransportParameters transport(String mid) {
    for (TransportParameters transport : transports) {
      if (transport.mids().contains(mid)) {
        return transport;
      }
    }
    return null;
  }
}
