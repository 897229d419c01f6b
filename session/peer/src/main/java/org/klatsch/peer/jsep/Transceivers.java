package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpEncoding;
import org.klatsch.peer.jsep.Transceiver.Saved;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.MsidAttribute;
import org.klatsch.sdp.RidAttribute;
import org.klatsch.sdp.SsrcAttribute;

/// The transceivers of a connection in the order they came, and what descriptions do to them (RFC
/// 9429 §5.9 to §5.11).
final class Transceivers {
  /// The stream of tracks whose peer knows no streams at all, RFC 8830 §3.2.1 leaves its name free.
  private static final String DEFAULT_STREAM = "default";

  private final Secrets secrets;
  private final Runnable changed;
  private final List<Transceiver> list = new ArrayList<>();
  private final Set<Integer> ssrcs = new HashSet<>();

  /// The stable state while an exchange is under way; null otherwise.
  private @Nullable List<Saved> saved;

  Transceivers(Secrets secrets, Runnable changed) {
    this.secrets = secrets;
    this.changed = changed;
  }

  List<Transceiver> list() {
    return List.copyOf(list);
  }

  @Nullable Transceiver byMid(String mid) {
    for (Transceiver transceiver : list) {
      if (mid.equals(transceiver.mid())) {
        return transceiver;
      }
    }
    return null;
  }

  /// @param init what the application asked for
  Transceiver add(MediaKind kind, TransceiverInit init) {
    List<RtpEncoding> encodings = new ArrayList<>();
    if (kind == MediaKind.VIDEO) {
      init.rids().forEach(rid -> encodings.add(encoding(rid)));
    }
    if (encodings.isEmpty()) {
      encodings.add(encoding(null));
    }
    Transceiver transceiver =
        new Transceiver(
            kind, init.direction(), secrets.cname(), init.streamIds(), encodings, changed);
    String trackId = init.trackId();
    if (trackId != null) {
      transceiver.beginWithTrack(trackId);
    }
    list.add(transceiver);
    changed.run();
    return transceiver;
  }

  private RtpEncoding encoding(@Nullable String rid) {
    return new RtpEncoding(rid, ssrc(), ssrc(), ssrc(), true, 0, -1);
  }

  private int ssrc() {
    int ssrc;
    do {
      ssrc = secrets.ssrc();
    } while (!ssrcs.add(ssrc));
    return ssrc;
  }

  /// `addTrack` of the W3C: a sender that has no track and never sent takes it, else there is a new
  /// transceiver.
  Transceiver addTrack(MediaKind kind, String trackId, List<String> streamIds) {
    for (Transceiver transceiver : list) {
      if (transceiver.kind() == kind
          && !transceiver.hasTrack()
          && !transceiver.isStopping()
          && !transceiver.everSent()) {
        transceiver.attachTrack(trackId, streamIds);
        transceiver.direction(Directions.withSend(transceiver.direction(), true));
        changed.run();
        return transceiver;
      }
    }
    Transceiver transceiver = add(kind, TransceiverInit.SENDRECV.withTrack(trackId, streamIds));
    transceiver.attachTrack(trackId, streamIds);
    return transceiver;
  }

  void removeTrack(Transceiver transceiver) {
    transceiver.hasTrack(false);
    transceiver.direction(Directions.withSend(transceiver.direction(), false));
  }

  /// One that no description has ends at once; the others with the next exchange.
  void stop(Transceiver transceiver) {
    if (transceiver.isStopping()) {
      return;
    }
    transceiver.stopping();
    if (!transceiver.isAssociated()) {
      transceiver.stopped();
      list.remove(transceiver);
    }
    changed.run();
  }

  private void save() {
    if (saved == null) {
      saved = list.stream().map(Transceiver::save).toList();
    }
  }

  /// Our offer names the m-sections, RFC 9429 §5.9.
  void setLocalOffer(Sections offer) {
    save();
    for (Section section : offer.list()) {
      for (Transceiver transceiver : list) {
        if (!transceiver.isAssociated() && section.mid().equals(transceiver.proposedMid())) {
          dissociateAt(section);
          transceiver.associate(section.mid(), section.index());
        }
      }
    }
  }

  /// The peer's offer meets transceivers that wait for an m-section, or makes new ones, RFC 9429
  /// §5.10.
  void setRemoteOffer(Sections offer) {
    save();
    for (Transceiver transceiver : list()) {
      String mid = transceiver.mid();
      if (transceiver.vanishes() && mid != null && offer.byMid(mid) == null) {
        // It came with an earlier form of this offer.
        transceiver.stopped();
        list.remove(transceiver);
      }
    }
    boolean namesStreams = namesStreams(offer);
    for (Section section : offer.list()) {
      MediaKind kind = section.kind();
      if (kind == null) {
        continue;
      }
      dissociateAt(section);
      Transceiver transceiver = byMid(section.mid());
      if (section.rejected()) {
        if (transceiver != null) {
          transceiver.stopped();
        }
        continue;
      }
      if (transceiver == null) {
        transceiver = adopted(kind, section);
      }
      describe(transceiver, section, namesStreams);
      proposeEncodings(transceiver, section);
    }
  }

  private Transceiver adopted(MediaKind kind, Section section) {
    Transceiver found = null;
    if (section.direction().receives()) {
      for (Transceiver transceiver : list) {
        if (found == null && transceiver.kind() == kind && transceiver.adoptable()) {
          found = transceiver;
        }
      }
    }
    if (found == null) {
      found = add(kind, TransceiverInit.of(DirectionAttribute.RECVONLY));
      found.markAddedByOffer();
    }
    found.associate(section.mid(), section.index());
    return found;
  }

  /// Another mid in its place means that a section is gone, RFC 9429 §5.2.2.
  private void dissociateAt(Section section) {
    for (Transceiver transceiver : list) {
      if (transceiver.isAssociated()
          && transceiver.index() == section.index()
          && !section.mid().equals(transceiver.mid())) {
        transceiver.dissociate();
      }
    }
  }

  private static void describe(Transceiver transceiver, Section section, boolean namesStreams) {
    DirectionAttribute direction = section.direction().reversed();
    List<String> streams = new ArrayList<>();
    String track = "";
    for (MsidAttribute msid : section.media().attributes().all(MsidAttribute.class)) {
      String appdata = msid.appdata();
      track = appdata == null || !track.isEmpty() ? track : appdata;
      if (!msid.id().equals("-") && !streams.contains(msid.id())) {
        streams.add(msid.id());
      }
    }
    if (!namesStreams) {
      streams.add(DEFAULT_STREAM);
    } else if (streams.isEmpty() && track.isEmpty()) {
      String legacy = sourceMsid(section);
      int space = legacy.indexOf(' ');
      if (space > 0) {
        track = legacy.substring(space + 1);
        streams.add(legacy.substring(0, space));
      }
    }
    transceiver.remote(
        new RemoteMedia(direction, direction.receives() ? streams : List.of(), track));
  }

  /// The form before RFC 8830: the stream's and track's ids as a property of the source.
  private static String sourceMsid(Section section) {
    for (SsrcAttribute ssrc : section.media().attributes().all(SsrcAttribute.class)) {
      String text = ssrc.text();
      if (ssrc.attribute().equals("msid") && text != null) {
        return text;
      }
    }
    return "";
  }

  private static boolean namesStreams(Sections sections) {
    for (Section section : sections.list()) {
      if (section.media().attributes().first(MsidAttribute.class) != null
          || !sourceMsid(section).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /// A peer that asks for simulcast names the encodings, as long as we have not decided.
  private void proposeEncodings(Transceiver transceiver, Section section) {
    Map<String, RidAttribute> wanted = Simulcast.rids(section, false);
    if (wanted.size() < 2
        || transceiver.currentDirection() != null
        || transceiver.encodings().getFirst().rid() != null) {
      return;
    }
    List<RtpEncoding> encodings = new ArrayList<>();
    for (String rid : wanted.keySet()) {
      encodings.add(
          encodings.isEmpty() ? transceiver.encodings().getFirst().withRid(rid) : encoding(rid));
    }
    transceiver.replaceEncodings(encodings);
  }

  /// What an answer, provisional or final, makes of everything.
  void setAnswer(Sections local, Sections remote, boolean weOffered, boolean isFinal) {
    boolean namesStreams = namesStreams(remote);
    for (Transceiver transceiver : list()) {
      String mid = transceiver.mid();
      Section ours = mid == null ? null : local.byMid(mid);
      Section theirs = ours == null ? null : remote.at(ours.index());
      if (ours == null || theirs == null) {
        continue;
      }
      // A bundle-only section of an answer does not exist: only its port tells.
      if ((weOffered ? theirs : ours).media().port() == 0) {
        if (isFinal) {
          transceiver.stopped();
        }
        continue;
      }
      if (weOffered) {
        describe(transceiver, theirs, namesStreams);
      }
      DirectionAttribute direction = MediaAgreement.direction(ours, theirs);
      transceiver.negotiated(direction);
      if (isFinal && direction.sends()) {
        transceiver.replaceEncodings(Simulcast.agreed(transceiver.encodings(), ours, theirs));
      }
    }
    if (isFinal) {
      settle();
    }
  }

  private void settle() {
    saved = null;
    list.removeIf(Transceiver::isStopped);
    list.forEach(Transceiver::settle);
  }

  /// Returns to the stable state, RFC 9429 §4.1.10.2.
  void rollback() {
    List<Saved> before = saved;
    if (before == null) {
      return;
    }
    saved = null;
    for (Transceiver transceiver : list()) {
      if (before.stream().anyMatch(each -> each.transceiver() == transceiver)) {
        continue;
      }
      if (transceiver.vanishes()) {
        transceiver.stopped();
        list.remove(transceiver);
      } else {
        transceiver.dissociate();
      }
    }
    before.forEach(Saved::restore);
  }

  void close() {
    list.forEach(Transceiver::stopped);
  }
}
