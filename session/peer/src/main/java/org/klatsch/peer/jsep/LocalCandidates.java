package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.IceParameters;
import org.klatsch.sdp.Attribute;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.SessionDescription;

/// Our gathered candidates in our own descriptions.
final class LocalCandidates {
  private LocalCandidates() {}

  static Descriptions added(
      Descriptions to, String mid, String usernameFragment, Attribute attribute) {
    return to.withCandidates(
        added(to.currentLocal(), mid, usernameFragment, attribute),
        to.currentRemote(),
        added(to.pendingLocal(), mid, usernameFragment, attribute),
        to.pendingRemote());
  }

  private static @Nullable JsepDescription added(
      @Nullable JsepDescription to, String mid, String usernameFragment, Attribute attribute) {
    Section section = to == null ? null : to.sections().byMid(mid);
    if (to == null || section == null || !isOfGeneration(section, usernameFragment)) {
      return to;
    }
    SessionDescription changed =
        Candidates.added(to.description(), section.index(), attribute, true);
    return changed == null ? to : to.with(changed);
  }

  private static boolean isOfGeneration(Section section, String usernameFragment) {
    IceParameters ice = section.ice();
    return !section.rejected() && ice != null && ice.usernameFragment().equals(usernameFragment);
  }

  /// A description that is about to be set, with the candidates gathered between its creation and
  /// now.
  static JsepDescription carriedOver(JsepDescription description, Descriptions from) {
    JsepDescription source = from.local();
    if (source == null) {
      return description;
    }
    List<MediaDescription> media = new ArrayList<>();
    for (Section section : description.sections().list()) {
      Section before = source.sections().at(section.index());
      IceParameters ice = section.ice();
      boolean carries =
          before != null
              && !section.rejected()
              && ice != null
              && isOfGeneration(before, ice.usernameFragment());
      media.add(
          carries && before != null
              ? Candidates.copied(before.media(), section.media())
              : section.media());
    }
    return description.with(description.description().withMedia(media));
  }
}
