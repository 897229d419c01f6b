package org.klatsch.peer.jsep;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaKind;
import org.klatsch.peer.jsep.JsepException.Kind;
import org.klatsch.sdp.IcePwdAttribute;
import org.klatsch.sdp.IceUfragAttribute;
import org.klatsch.sdp.SetupAttribute;

/// Whether a description of the peer can be applied, RFC 9429 §5.8 to §5.11: text that parses may
/// still make no sense. What is refused here is an `InvalidAccessError` of the W3C.
final class RemoteCheck {
  private final JsepOptions options;

  RemoteCheck(JsepOptions options) {
    this.options = options;
  }

  /// @param current the peer's description in force, null at first
  /// @param currentLocal ours
  void offer(Sections offer, @Nullable Sections current, @Nullable Sections currentLocal)
      throws JsepException {
    common(offer);
    if (current != null) {
      continues(offer, current, currentLocal);
    }
    Section data = offer.dataChannel();
    for (Section section : offer.list()) {
      if (section == data || isUsable(section)) {
        transport(section);
        if (section.setup() == SetupAttribute.HOLDCONN) {
          throw refused(section, "setup is holdconn, expected actpass, active or passive");
        }
      }
    }
  }

  /// Whether we may accept a section of audio or video; what is rejected anyway need not be right.
  private boolean isUsable(Section section) {
    MediaKind kind = section.kind();
    return kind != null
        && !section.rejected()
        && section.isMedia()
        && section.multiplexesRtcp()
        && options.media().supports(kind);
  }

  void answer(Sections answer, Sections offer) throws JsepException {
    common(answer);
    if (answer.size() != offer.size()) {
      throw refused(
          "answer has "
              + answer.size()
              + " m-sections, expected "
              + offer.size()
              + " as the offer");
    }
    for (Section section : answer.list()) {
      Section offered = offer.get(section.index());
      sameSection(section, offered, "offer");
      if (section.media().port() == 0) {
        continue;
      }
      if (offered.rejected()) {
        throw refused(section, "accepted, but the offer has port 0");
      }
      if (offered.isDataChannel() != section.isDataChannel()) {
        throw refused(
            section,
            "is "
                + section.media().protocol()
                + " "
                + section.media().formats()
                + ", the offer "
                + offered.media().protocol()
                + " "
                + offered.media().formats());
      }
      if (section.isMedia() && !section.multiplexesRtcp()) {
        // RFC 9429 §4.1.1: we offer nothing but RTP and RTCP on one port.
        throw refused(section, "rtcp-mux is missing");
      }
      bundle(section, answer, offer);
      transport(section);
      SetupAttribute setup = section.setup();
      if (setup == SetupAttribute.ACTPASS || setup == SetupAttribute.HOLDCONN) {
        throw refused(
            section, "setup is " + setup.attributeValue() + ", expected active or passive");
      }
    }
  }

  /// An answer may only take sections out of a group, RFC 9143 §7.3.
  private static void bundle(Section section, Sections answer, Sections offer)
      throws JsepException {
    List<String> group = answer.groupOf(section.mid());
    List<String> offered = offer.groupOf(offer.get(section.index()).mid());
    if (group != null && (offered == null || !offered.containsAll(group))) {
      throw refused(section, "BUNDLE " + group + " was not offered");
    }
  }

  private void common(Sections sections) throws JsepException {
    if (sections.size() > options.maxMediaSections()) {
      throw refused(
          sections.size() + " m-sections, expected at most " + options.maxMediaSections());
    }
    String flaw = sections.flaw();
    if (flaw != null) {
      throw refused(flaw);
    }
    for (Section section : sections.list()) {
      int candidates = section.ownCandidates().size();
      if (candidates > options.maxRemoteCandidates()) {
        throw refused(
            section, candidates + " candidates, expected at most " + options.maxRemoteCandidates());
      }
    }
  }

  /// Sections never vanish and never move, RFC 3264 §8. Only a rejected one may be replaced.
  private static void continues(Sections offer, Sections current, @Nullable Sections currentLocal)
      throws JsepException {
    if (offer.size() < current.size()) {
      throw refused(
          "offer has "
              + offer.size()
              + " m-sections, expected at least "
              + current.size()
              + " as before");
    }
    for (Section before : current.list()) {
      Section ours = currentLocal == null ? null : currentLocal.at(before.index());
      boolean live = !before.rejected() && ours != null && !ours.rejected();
      if (live) {
        sameSection(offer.get(before.index()), before, "description in force");
      }
    }
  }

  private static void sameSection(Section section, Section other, String where)
      throws JsepException {
    if (!section.media().media().equals(other.media().media())) {
      throw refused(
          section,
          "is "
              + section.media().media()
              + ", expected "
              + other.media().media()
              + " as in the "
              + where);
    }
    if (section.media().mid() != null
        && other.media().mid() != null
        && !section.mid().equals(other.mid())) {
      throw refused(section, "expected mid " + other.mid() + " as in the " + where);
    }
  }

  /// ICE and DTLS cannot start without these.
  private static void transport(Section section) throws JsepException {
    if (section.ice() == null) {
      boolean half =
          section.media().attributes().first(IceUfragAttribute.class) != null
              || section.media().attributes().first(IcePwdAttribute.class) != null;
      throw refused(
          section, half ? "ice-ufrag and ice-pwd must come together" : "ice-ufrag is missing");
    }
    if (section.fingerprints().isEmpty()) {
      throw refused(section, "fingerprint is missing");
    }
    if (section.isDataChannel() && section.sctpPort() == 0) {
      throw refused(section, "sctp-port is 0, expected 1 to 65535");
    }
  }

  private static JsepException refused(Section section, String reason) {
    return refused("m-section " + section.index() + " (mid " + section.mid() + "): " + reason);
  }

  private static JsepException refused(String reason) {
    return new JsepException(Kind.INVALID_ACCESS, reason);
  }
}
