package org.klatsch.peer.jsep;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.MsidAttribute;

/// Whether the descriptions in force still say what a transceiver wants: the W3C's "check if
/// negotiation is needed", WebRTC §4.7.3.
final class NegotiationNeed {
  private NegotiationNeed() {}

  static boolean of(
      Transceiver transceiver, @Nullable JsepDescription local, @Nullable JsepDescription remote) {
    if (transceiver.isStopped()) {
      return false;
    }
    String mid = transceiver.mid();
    Section ours = mid == null || local == null ? null : local.sections().byMid(mid);
    if (transceiver.isStopping() || ours == null || local == null) {
      return true;
    }
    Section theirs = remote == null ? null : remote.sections().at(ours.index());
    DirectionAttribute wanted = transceiver.direction();
    // A section that does not send names no streams: what they are matters once it does.
    boolean named = wanted.sends() && ours.direction().sends();
    if (named && !streams(ours).equals(Set.copyOf(transceiver.streamIds()))) {
      return true;
    }
    if (theirs == null) {
      return true;
    }
    if (local.type() == SdpType.OFFER) {
      return ours.direction() != wanted && theirs.direction().reversed() != wanted;
    }
    return ours.direction() != Directions.common(wanted, theirs.direction().reversed());
  }

  private static Set<String> streams(Section ours) {
    Set<String> streams = new HashSet<>();
    List<MsidAttribute> msids = ours.media().attributes().all(MsidAttribute.class);
    for (MsidAttribute msid : msids) {
      if (!msid.id().equals("-")) {
        streams.add(msid.id());
      }
    }
    return streams;
  }
}
