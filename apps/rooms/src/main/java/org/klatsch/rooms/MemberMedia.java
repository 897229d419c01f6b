package org.klatsch.rooms;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.MediaAnnouncement;
import org.klatsch.rooms.transfer.TransferPeer;
import org.klatsch.webrtc.DOMException;
import org.klatsch.webrtc.MediaStream;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCRtpSender;
import org.klatsch.webrtc.RTCRtpTransceiver;
import org.klatsch.webrtc.RTCRtpTransceiverDirection;

/// The media that one member is sent, on whatever connection there is to it;
/// `docs/transfer-protocol.md` §13. Confined to the client's thread.
final class MemberMedia {
  private final RoomClient client;
  private final RoomMember member;
  private final Map<MediaSource, MediaStreamTrack> tracks = new EnumMap<>(MediaSource.class);
  private final Map<MediaSource, RTCRtpSender> senders = new EnumMap<>(MediaSource.class);
  private final Set<MediaSource> sent = EnumSet.noneOf(MediaSource.class);

  /// Sound and picture of a person are played in step when they share a stream.
  private final MediaStream stream = new MediaStream();

  private @Nullable RTCPeerConnection connection;
  private @Nullable TransferPeer peer;
  private boolean wanted = true;
  private MediaAnnouncement told = MediaAnnouncement.NOTHING_SAID;

  MemberMedia(RoomClient client, RoomMember member) {
    this.client = client;
    this.member = member;
  }

  void send(MediaSource source, MediaStreamTrack track) {
    tracks.put(source, track);
    apply();
  }

  /// The channels are ready.
  void begin(RTCPeerConnection of, TransferPeer through) {
    end();
    connection = of;
    peer = through;
    apply();
  }

  /// The connection is gone.
  void end() {
    connection = null;
    peer = null;
    senders.clear();
    sent.clear();
    wanted = true;
    told = MediaAnnouncement.NOTHING_SAID;
  }

  void handleAnnouncement(MediaAnnouncement announcement) {
    if (wanted != announcement.receive()) {
      wanted = announcement.receive();
      apply();
    }
  }

  /// A negotiation is complete: m-sections have their mids.
  void handleStable(RTCPeerConnection of) {
    TransferPeer to = peer;
    if (connection != of || to == null) {
      return;
    }
    List<MediaAnnouncement.Track> entries = new ArrayList<>();
    for (RTCRtpTransceiver transceiver : of.getTransceivers()) {
      String mid = transceiver.mid();
      MediaSource source = source(transceiver.sender());
      if (mid != null && source != null) {
        MediaStreamTrack track = transceiver.sender().track();
        boolean on = track != null && track.enabled();
        entries.add(new MediaAnnouncement.Track(source.toString(), mid, on));
        if (on && sends(transceiver) && sent.add(source)) {
          client.tell(listener -> listener.trackSent(member, source, transceiver.sender()));
        }
      }
    }
    MediaAnnouncement now = new MediaAnnouncement(true, entries);
    if (!now.equals(told) && to.ready()) {
      told = now;
      to.announce(now);
    }
  }

  private static boolean sends(RTCRtpTransceiver transceiver) {
    RTCRtpTransceiverDirection direction = transceiver.currentDirection();
    return direction == RTCRtpTransceiverDirection.SENDRECV
        || direction == RTCRtpTransceiverDirection.SENDONLY;
  }

  private @Nullable MediaSource source(RTCRtpSender sender) {
    for (Map.Entry<MediaSource, RTCRtpSender> entry : senders.entrySet()) {
      if (entry.getValue() == sender) {
        return entry.getKey();
      }
    }
    return null;
  }

  private void apply() {
    RTCPeerConnection to = connection;
    TransferPeer through = peer;
    if (to == null || through == null) {
      return;
    }
    try {
      tracks.forEach((source, track) -> {
        boolean allowed = wanted && through.mediaKinds().contains(track.kind());
        RTCRtpSender sender = senders.get(source);
        if (sender == null && allowed) {
          senders.put(
              source,
              to.addTrack(track, source == MediaSource.SCREEN ? new MediaStream() : stream));
        } else if (sender != null && sender.track() != (allowed ? track : null)) {
          sender.replaceTrack(allowed ? track : null).join();
        }
      });
      handleStable(to);
    } catch (DOMException | CompletionException e) {
      // The connection closed meanwhile; the next one gets the tracks.
      System.getLogger(MemberMedia.class.getName())
          .log(System.Logger.Level.DEBUG, "media could not be sent", e);
    }
  }
}
