package org.klatsch.peer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything a session needs to be set up or changed: the whole agreement as it stands, not a
/// difference. Applying the same parameters twice changes nothing; applying earlier ones is a
/// rollback.
///
/// @param transports one for each BUNDLE group and each m-section outside of one
/// @param sctp null while no data channels are agreed
/// @param media one for each m-section of audio or video in force, in their order
public record SessionParameters(
    List<TransportParameters> transports,
    @Nullable SctpParameters sctp,
    List<MediaParameters> media) {
  /// Nothing agreed.
  public static final SessionParameters EMPTY = new SessionParameters(List.of(), null, List.of());

  public SessionParameters {
    transports = List.copyOf(transports);
    media = List.copyOf(media);
  }

  /// What is agreed about an m-section of audio or video, or null.
  public @Nullable MediaParameters media(String mid) {
    for (MediaParameters each : media) {
      if (each.mid().equals(mid)) {
        return each;
      }
    }
    return null;
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
