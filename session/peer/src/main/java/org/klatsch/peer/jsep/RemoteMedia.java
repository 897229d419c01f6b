package org.klatsch.peer.jsep;

import java.util.List;
import org.klatsch.sdp.DirectionAttribute;

/// What the peer says about the media of an m-section.
///
/// @param direction seen from here: whether it sends means whether we may receive
/// @param streamIds the streams its track is in; empty for none
/// @param trackId names its track; empty when it names none
public record RemoteMedia(DirectionAttribute direction, List<String> streamIds, String trackId) {
  static final RemoteMedia NONE = new RemoteMedia(DirectionAttribute.INACTIVE, List.of(), "");

  public RemoteMedia {
    streamIds = List.copyOf(streamIds);
  }
}
