package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.IceParameters;
import org.klatsch.peer.jsep.JsepException.Kind;
import org.klatsch.sdp.Attribute;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.FlagAttribute;
import org.klatsch.sdp.MalformedSdpException;
import org.klatsch.sdp.SessionDescription;

/// The peer's trickled candidates, added to its descriptions by the rules of the W3C's
/// `addIceCandidate`.
final class RemoteCandidates {
  private final int maxPerSection;

  RemoteCandidates(int maxPerSection) {
    this.maxPerSection = maxPerSection;
  }

  Descriptions added(
      Descriptions to,
      String candidate,
      @Nullable String sdpMid,
      @Nullable Integer sdpMLineIndex,
      @Nullable String usernameFragment)
      throws JsepException {
    if (!candidate.isEmpty() && sdpMid == null && sdpMLineIndex == null) {
      throw new JsepException(
          Kind.TYPE, "candidate with neither sdpMid nor sdpMLineIndex, expected one of them");
    }
    JsepDescription remote = to.remote();
    if (remote == null) {
      throw new JsepException(Kind.INVALID_STATE, "candidate before a remote description is set");
    }
    List<Section> sections = sections(remote.sections(), sdpMid, sdpMLineIndex);
    Attribute attribute = FlagAttribute.END_OF_CANDIDATES;
    String ufrag = usernameFragment;
    if (!candidate.isEmpty()) {
      CandidateAttribute parsed = parsed(candidate);
      ufrag = ufrag != null ? ufrag : parsed.extension("ufrag");
      attribute = parsed;
    }
    Descriptions changed = to;
    for (Section section : sections) {
      changed = added(changed, section, ufrag, attribute);
    }
    return changed;
  }

  /// The sections meant: one, or for the end of all candidates every one.
  private static List<Section> sections(
      Sections remote, @Nullable String sdpMid, @Nullable Integer sdpMLineIndex)
      throws JsepException {
    if (sdpMid != null) {
      Section section = remote.byMid(sdpMid);
      if (section == null) {
        throw new JsepException(
            Kind.OPERATION, "sdpMid '" + sdpMid + "' is in no m-section of the remote description");
      }
      return List.of(section);
    }
    if (sdpMLineIndex != null) {
      if (sdpMLineIndex < 0 || sdpMLineIndex >= remote.size()) {
        throw new JsepException(
            Kind.OPERATION,
            "sdpMLineIndex " + sdpMLineIndex + ", expected 0 to " + (remote.size() - 1));
      }
      return List.of(remote.get(sdpMLineIndex));
    }
    return new ArrayList<>(remote.list());
  }

  private static CandidateAttribute parsed(String candidate) throws JsepException {
    try {
      return CandidateAttribute.parse(candidate);
    } catch (MalformedSdpException e) {
      throw new JsepException(Kind.OPERATION, "candidate is malformed: " + e.getMessage());
    }
  }

  private Descriptions added(
      Descriptions to, Section section, @Nullable String ufrag, Attribute attribute)
      throws JsepException {
    if (section.rejected()) {
      return to;
    }
    String generation = ufrag;
    if (generation == null) {
      IceParameters newest = section.ice();
      if (newest == null) {
        return to;
      }
      generation = newest.usernameFragment();
    }
    boolean inPending = isOfGeneration(to.pendingRemote(), section.index(), generation);
    boolean inCurrent = isOfGeneration(to.currentRemote(), section.index(), generation);
    if (!inPending && !inCurrent) {
      throw new JsepException(
          Kind.OPERATION,
          "usernameFragment '"
              + generation
              + "' is in no remote description of m-section "
              + section.index());
    }
    JsepDescription pending =
        inPending ? added(to.pendingRemote(), section.index(), attribute) : to.pendingRemote();
    JsepDescription current =
        inCurrent ? added(to.currentRemote(), section.index(), attribute) : to.currentRemote();
    return to.withCandidates(to.currentLocal(), current, to.pendingLocal(), pending);
  }

  private static boolean isOfGeneration(
      @Nullable JsepDescription description, int index, String ufrag) {
    Section section = description == null ? null : description.sections().at(index);
    IceParameters ice = section == null ? null : section.ice();
    return ice != null && ice.usernameFragment().equals(ufrag);
  }

  private @Nullable JsepDescription added(
      @Nullable JsepDescription to, int index, Attribute attribute) throws JsepException {
    if (to == null) {
      return null;
    }
    if (attribute instanceof CandidateAttribute
        && to.sections().get(index).ownCandidates().size() >= maxPerSection) {
      throw new JsepException(
          Kind.OPERATION, "more than " + maxPerSection + " candidates for m-section " + index);
    }
    SessionDescription changed = Candidates.added(to.description(), index, attribute, false);
    return changed == null ? to : to.with(changed);
  }
}
