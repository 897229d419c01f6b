package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.RtpEncoding;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.RtpSender;
import org.klatsch.peer.MediaParameters;
import org.klatsch.peer.Session;
import org.klatsch.peer.SessionMedia;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.jsep.Jsep;
import org.klatsch.peer.jsep.Transceiver;
import org.klatsch.peer.jsep.TransceiverInit;
import org.klatsch.sdp.DirectionAttribute;

/// The media of a connection on its loop: follows what descriptions make of the transceivers, tells
/// the application in the W3C's order, and ties senders and receivers to the session.
final class Transceivers {
  private final Connection connection;
  private final List<RTCRtpTransceiver> list = new ArrayList<>();

  /// The peer's streams by their ids.
  private final Map<String, MediaStream> remoteStreams = new HashMap<>();

  Transceivers(Connection connection) {
    this.connection = connection;
  }

  /// In the order in which they came, with those that were stopped but not yet negotiated away.
  List<RTCRtpTransceiver> list() {
    return List.copyOf(list);
  }

  // Commands of the application.

  /// W3C WebRTC §5.1 `addTrack`.
  RTCRtpSender addTrack(Jsep jsep, MediaStreamTrack track, List<String> streamIds) {
    for (RTCRtpTransceiver each : list) {
      if (each.sender().track() == track && !each.isStopped()) {
        throw DOMException.invalidAccess("the track has a sender already");
      }
    }
    Transceiver made = jsep.addTrack(Formats.kind(track.kind()), track.id(), streamIds);
    RTCRtpTransceiver known = of(made);
    if (known == null) {
      known = add(made, track, List.of());
    } else {
      known.sender().track(track);
      known.publishDirection(RTCRtpTransceiver.of(made.direction()));
    }
    return known.sender();
  }

  /// W3C WebRTC §5.1 `removeTrack`.
  void removeTrack(Jsep jsep, RTCRtpSender sender) {
    RTCRtpTransceiver transceiver = sender.transceiver();
    if (transceiver == null || transceiver.isStopping() || sender.track() == null) {
      return;
    }
    sender.track(null);
    jsep.removeTrack(transceiver.jsep);
    transceiver.publishDirection(RTCRtpTransceiver.of(transceiver.jsep.direction()));
  }

  /// W3C WebRTC §5.1 `addTransceiver`.
  RTCRtpTransceiver addTransceiver(
      Jsep jsep, String kind, @Nullable MediaStreamTrack track, RTCRtpTransceiverInit init) {
    List<RTCRtpEncodingParameters> encodings = new ArrayList<>(init.sendEncodings());
    if (kind.equals("audio") && encodings.size() > 1) {
      encodings = encodings.subList(0, 1);
    }
    if (encodings.size() == 1) {
      encodings.set(0, encodings.getFirst().withRid(null));
    }
    List<String> rids = new ArrayList<>();
    for (RTCRtpEncodingParameters each : encodings) {
      String rid = each.rid();
      if (rid != null) {
        rids.add(rid);
      }
      RTCRtpSender.checkRanges(each);
    }
    if (kind.equals("video")) {
      encodings = RTCRtpSender.withScales(encodings);
    }
    if (encodings.size() > 1 && rids.size() != encodings.size()) {
      throw DOMException.typeError("each of several encodings needs a rid");
    }
    List<String> streamIds = init.streams().stream().map(MediaStream::id).distinct().toList();
    TransceiverInit wanted;
    try {
      wanted =
          new TransceiverInit(
              RTCRtpTransceiver.of(init.direction()),
              track == null ? null : track.id(),
              streamIds,
              rids);
    } catch (IllegalArgumentException e) {
      throw DOMException.typeError(String.valueOf(e.getMessage()));
    }
    Transceiver made = jsep.addTransceiver(Formats.kind(kind), wanted);
    List<RtpEncoding> active = new ArrayList<>();
    for (int i = 0; i < encodings.size(); i++) {
      active.add(made.encodings().get(i).withActive(encodings.get(i).active()));
    }
    made.encodings(active);
    return add(made, track, encodings);
  }

  private RTCRtpTransceiver add(
      Transceiver made,
      @Nullable MediaStreamTrack track,
      List<RTCRtpEncodingParameters> encodings) {
    String kind = made.kind().toString();
    String remoteId = made.remote().trackId();
    RTCRtpSender sender = new RTCRtpSender(connection, kind, track, encodings);
    RTCRtpReceiver receiver =
        new RTCRtpReceiver(
            connection,
            kind,
            remoteId.isEmpty() ? java.util.UUID.randomUUID().toString() : remoteId);
    RTCRtpTransceiver transceiver = new RTCRtpTransceiver(connection, made, sender, receiver);
    sender.transceiver(transceiver);
    list.add(transceiver);
    connection.publishTransceivers(list());
    return transceiver;
  }

  /// `offerToReceiveAudio` and `offerToReceiveVideo`, W3C WebRTC §4.4.3.2.
  void legacyOfferOptions(Jsep jsep, String kind, @Nullable Boolean receive) {
    if (receive == null) {
      return;
    }
    boolean found = false;
    for (RTCRtpTransceiver each : list) {
      if (each.isStopping() || !each.receiver().track().kind().equals(kind)) {
        continue;
      }
      DirectionAttribute direction = each.jsep.direction();
      found |= direction.receives();
      if (!receive && direction.receives()) {
        DirectionAttribute silent =
            direction.sends() ? DirectionAttribute.SENDONLY : DirectionAttribute.INACTIVE;
        each.jsep.direction(silent);
        each.publishDirection(RTCRtpTransceiver.of(silent));
      }
    }
    if (receive && !found) {
      addTransceiver(
          jsep,
          kind,
          null,
          new RTCRtpTransceiverInit().withDirection(RTCRtpTransceiverDirection.RECVONLY));
    }
  }

  void stop(RTCRtpTransceiver transceiver) {
    Jsep jsep = connection.jsep();
    if (jsep == null || connection.isClosed()) {
      return;
    }
    jsep.stop(transceiver.jsep);
    transceiver.sender().end();
    transceiver.receiver().end();
    if (transceiver.jsep.isStopped()) {
      transceiver.publishStopped();
      list.remove(transceiver);
      connection.publishTransceivers(list());
    }
    connection.updateNegotiationNeeded();
  }

  private @Nullable RTCRtpTransceiver of(Transceiver transceiver) {
    for (RTCRtpTransceiver each : list) {
      if (each.jsep == transceiver) {
        return each;
      }
    }
    return null;
  }

  // Descriptions.

  /// What changed for the application, in the order of W3C WebRTC §4.4.1.5.
  private record Changes(
      List<Runnable> states,
      List<TrackSource> muted,
      List<Runnable> removed,
      List<Runnable> added,
      List<RTCTrackEventInit> tracks) {
    Changes() {
      this(
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>());
    }
  }

  /// Follows a description that was set. Posts the events; those of the state of signalling must be
  /// posted before by `signalling`.
  ///
  /// @param remote whether it was the peer's
  /// @param answered whether it was an answer, provisional or not
  void descriptionsChanged(
      Jsep jsep,
      SessionParameters parameters,
      boolean remote,
      boolean answered,
      Runnable signalling) {
    Changes changes = new Changes();
    for (Transceiver each : jsep.transceivers()) {
      if (of(each) == null) {
        add(each, null, List.of());
      }
    }
    for (RTCRtpTransceiver each : list()) {
      follow(each, jsep, parameters, remote, answered, changes);
    }
    connection.publishTransceivers(list());
    connection.task(_ -> changes.states().forEach(Runnable::run));
    signalling.run();
    if (!changes.muted().isEmpty()
        || !changes.removed().isEmpty()
        || !changes.added().isEmpty()
        || !changes.tracks().isEmpty()) {
      connection.task(pc -> {
        changes.muted().forEach(source -> source.mute(true));
        changes.removed().forEach(Runnable::run);
        changes.added().forEach(Runnable::run);
        for (RTCTrackEventInit init : changes.tracks()) {
          pc.dispatchEvent(new RTCTrackEvent("track", init));
        }
      });
    }
  }

  private void follow(
      RTCRtpTransceiver transceiver,
      Jsep jsep,
      SessionParameters parameters,
      boolean remote,
      boolean answered,
      Changes changes) {
    Transceiver its = transceiver.jsep;
    boolean gone = its.isStopped() || !jsep.transceivers().contains(its);
    if (gone) {
      removeTrack(transceiver, changes);
      transceiver.sender().negotiated(null, false);
      transceiver.receiver().negotiated(null, "", false);
      detach(transceiver);
      transceiver.receiver().end();
      list.remove(transceiver);
      changes.states().add(transceiver::publishStopped);
      return;
    }
    // A remote offer tells at once what will come; our own only with its answer.
    if (remote || answered) {
      DirectionAttribute direction =
          remote ? its.remote().direction() : directionOrInactive(its.currentDirection());
      boolean receives = direction.receives();
      boolean fired = transceiver.firedDirection.receives();
      if (remote && receives) {
        if (fired) {
          moveStreams(transceiver, its.remote().streamIds(), changes);
        } else {
          addTrack(transceiver, changes);
        }
      } else if (!receives && fired) {
        removeTrack(transceiver, changes);
      }
      transceiver.firedDirection = direction;
    }
    String mid = its.mid();
    RTCRtpTransceiverDirection direction = RTCRtpTransceiver.of(its.direction());
    DirectionAttribute current = its.currentDirection();
    changes
        .states()
        .add(() ->
            transceiver.publish(
                mid, direction, current == null ? null : RTCRtpTransceiver.of(current)));
    MediaParameters media = mid == null ? null : parameters.media(mid);
    attach(transceiver, media);
    RTCDtlsTransport transport = media == null ? null : connection.dtlsTransport();
    transceiver.sender().transport(transport);
    transceiver.receiver().transport(transport);
  }

  private static DirectionAttribute directionOrInactive(@Nullable DirectionAttribute direction) {
    return direction == null ? DirectionAttribute.INACTIVE : direction;
  }

  /// "Process the addition of a remote track", W3C WebRTC §5.1.1.
  private void addTrack(RTCRtpTransceiver transceiver, Changes changes) {
    moveStreams(transceiver, transceiver.jsep.remote().streamIds(), changes);
    changes
        .tracks()
        .add(
            new RTCTrackEventInit(
                transceiver.receiver(),
                transceiver.receiver().track(),
                transceiver.receiver().streams,
                transceiver));
  }

  /// "Process the removal of a remote track", W3C WebRTC §5.1.1.
  private void removeTrack(RTCRtpTransceiver transceiver, Changes changes) {
    moveStreams(transceiver, List.of(), changes);
    changes.muted().add(transceiver.receiver().source());
  }

  /// "Set the associated remote streams", W3C WebRTC §5.1.1.
  private void moveStreams(RTCRtpTransceiver transceiver, List<String> ids, Changes changes) {
    RTCRtpReceiver receiver = transceiver.receiver();
    MediaStreamTrack track = receiver.track();
    List<MediaStream> next = new ArrayList<>();
    for (String id : ids) {
      next.add(remoteStreams.computeIfAbsent(id, fresh -> new MediaStream(fresh, List.of())));
    }
    for (MediaStream each : receiver.streams) {
      if (!next.contains(each)) {
        changes.removed().add(() -> each.removeRemote(track));
      }
    }
    for (MediaStream each : next) {
      if (!receiver.streams.contains(each)) {
        changes.added().add(() -> each.addRemote(track));
      }
    }
    receiver.streams = List.copyOf(next);
    remoteStreams
        .values()
        .removeIf(stream -> list.stream().noneMatch(t -> t.receiver().streams.contains(stream)));
  }

  // The session.

  /// Ties the sender and the receiver to what the session has for their section.
  private void attach(RTCRtpTransceiver transceiver, @Nullable MediaParameters media) {
    Session session = connection.session();
    RTCRtpSender sender = transceiver.sender();
    RTCRtpReceiver receiver = transceiver.receiver();
    if (session == null || media == null) {
      sender.negotiated(null, false);
      receiver.negotiated(null, "", false);
      return;
    }
    SessionMedia streams = session.media();
    sender.rtp = streams == null ? null : streams.sender(media.mid());
    receiver.attach(streams == null ? null : streams.receiver(media.mid()));
    sender.negotiated(media, media.direction().sends() && connection.isTransportConnected());
    receiver.negotiated(media.receive(), media.send().cname(), media.direction().receives());
  }

  private static void detach(RTCRtpTransceiver transceiver) {
    transceiver.sender().rtp = null;
    transceiver.receiver().attach(null);
  }

  /// The transport can carry media now.
  void connected() {
    Jsep jsep = connection.jsep();
    if (jsep != null) {
      for (RTCRtpTransceiver each : list) {
        String mid = each.jsep.mid();
        attach(each, mid == null ? null : jsep.parameters().media(mid));
      }
    }
  }

  void handle(MediaEvent event) {
    switch (event) {
      case MediaEvent.FrameReceived e -> {
        RTCRtpReceiver receiver = receiver(e.receiver());
        if (receiver != null) {
          receiver.frame(e.frame(), e.playoutTime());
        }
      }
      case MediaEvent.KeyFrameRequested e -> {
        RTCRtpSender sender = sender(e.sender());
        if (sender != null) {
          sender.keyFrameRequested(e.encoding());
        }
      }
      case MediaEvent.TargetBitrateChanged _ -> {
        for (RTCRtpTransceiver each : list) {
          each.sender().targetsChanged();
        }
      }
      case MediaEvent.ReportReceived e -> {
        RTCRtpSender sender = sender(e.sender());
        if (sender != null && sender.sending instanceof AudioSending audio) {
          audio.remoteLoss(e.report().fractionLost());
        }
      }
      case MediaEvent.TelephoneEventReceived e -> {
        RTCRtpReceiver receiver = receiver(e.receiver());
        if (receiver != null && e.ended() && e.tone() != ' ') {
          receiver.toneReceived(e.tone(), e.durationMillis());
        }
      }
      case MediaEvent.DtmfToneChanged e -> {
        RTCRtpSender sender = sender(e.sender());
        if (sender != null && sender.dtmf() != null) {
          sender.dtmf().toneChanged(e.tone(), e.sender().dtmfBuffer());
        }
      }
      case MediaEvent.StreamStarted _, MediaEvent.StreamEnded _ -> {
        // The statistics tell of streams.
      }
    }
  }

  private @Nullable RTCRtpReceiver receiver(RtpReceiver rtp) {
    for (RTCRtpTransceiver each : list) {
      if (each.receiver().rtp == rtp) {
        return each.receiver();
      }
    }
    return null;
  }

  private @Nullable RTCRtpSender sender(RtpSender rtp) {
    for (RTCRtpTransceiver each : list) {
      if (each.sender().rtp == rtp) {
        return each.sender();
      }
    }
    return null;
  }

  /// Ends everything, W3C WebRTC §4.4.1.10.
  void close() {
    for (RTCRtpTransceiver each : list) {
      each.sender().end();
      each.receiver().end();
      each.publishStopped();
      detach(each);
    }
  }
}
