package org.klatsch.peer.jsep;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.sdp.DirectionAttribute;

/// How a transceiver begins, `RTCRtpTransceiverInit` of the W3C.
///
/// @param direction what it is to do
/// @param trackId of the track to send, null without one
/// @param streamIds the streams the track is in
/// @param rids names of the encodings to send; empty without simulcast, ignored for audio. A single
///   one is dropped, as there is nothing to tell apart
public record TransceiverInit(
    DirectionAttribute direction,
    @Nullable String trackId,
    List<String> streamIds,
    List<String> rids) {
  public static final TransceiverInit SENDRECV =
      new TransceiverInit(DirectionAttribute.SENDRECV, null, List.of(), List.of());

  public TransceiverInit {
    streamIds = List.copyOf(streamIds);
    rids = rids.size() == 1 ? List.of() : List.copyOf(rids);
    Set<String> distinct = new HashSet<>(rids);
    if (distinct.size() != rids.size()) {
      throw new IllegalArgumentException("rids " + rids + ", expected different ones");
    }
    for (String rid : rids) {
      requireRid(rid);
    }
  }

  public static TransceiverInit of(DirectionAttribute direction) {
    return new TransceiverInit(direction, null, List.of(), List.of());
  }

  public TransceiverInit withTrack(String id, List<String> streams) {
    return new TransceiverInit(direction, id, streams, rids);
  }

  public TransceiverInit withRids(List<String> names) {
    return new TransceiverInit(direction, trackId, streamIds, names);
  }

  /// `rid-id` of RFC 8851 §10, and at most 16 characters as a one-byte header extension holds.
  private static void requireRid(String rid) {
    boolean valid = !rid.isEmpty() && rid.length() <= 16;
    for (int i = 0; i < rid.length(); i++) {
      char c = rid.charAt(i);
      valid &= (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    if (!valid) {
      throw new IllegalArgumentException("rid '" + rid + "', expected 1 to 16 letters and digits");
    }
  }
}
