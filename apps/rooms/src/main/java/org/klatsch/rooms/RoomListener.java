package org.klatsch.rooms;

import org.klatsch.rooms.transfer.IncomingTransfer;
import org.klatsch.webrtc.RTCRtpSender;
import org.klatsch.webrtc.RTCTrackEvent;

/// What a [RoomClient] tells. Called on virtual threads, and calls may block. What concerns the
/// room comes in order, and so does what comes over one connection (ready, chat, files).
public interface RoomListener {
  /// The server let us in, for the first time or again under a new id.
  ///
  /// @param self own id
  /// @param place name of the room, or id of the transfer
  /// @param members the others present
  default void joined(String self, String place, int members) {}

  /// Somebody is there; nothing can be said to them yet.
  default void memberJoined(RoomMember member) {}

  /// Chat and files may flow to and from this member. Called again after a lost connection was
  /// replaced.
  default void memberReady(RoomMember member) {}

  /// The connection to this member was lost; a new one is being made as long as the member has not
  /// left.
  ///
  /// @param reason as of [org.klatsch.rooms.transfer.TransferListener#closed]
  /// @param message for people, perhaps empty
  default void memberLost(RoomMember member, String reason, String message) {}

  default void memberLeft(RoomMember member, String reason) {}

  /// A chat line, to be shown as text.
  ///
  /// @param time the writer's clock, milliseconds since 1970
  default void chatReceived(RoomMember member, String text, long time) {}

  /// A line that came by way of the server, to be shown as text.
  ///
  /// @param name of the writer at the time
  /// @param id of the writer, who may be gone; empty if it was said from outside
  /// @param time the server's clock, milliseconds since 1970
  /// @param before whether it was said before this client came
  default void lineReceived(String name, String id, String text, long time, boolean before) {}

  /// Somebody offers files; to be accepted or declined.
  default void filesOffered(RoomMember member, IncomingTransfer offer) {
    offer.decline();
  }

  /// A track comes from this member. Here is the moment to listen to it: what comes before is lost.
  default void trackReceived(RoomMember member, RTCTrackEvent event) {}

  /// A track given to [RoomMember#send] was negotiated and is being sent. Told again for a new
  /// connection.
  default void trackSent(RoomMember member, MediaSource source, RTCRtpSender sender) {}

  /// The server cannot be reached at the moment; connections to members live on, and the client
  /// tries again.
  default void serverLost() {}

  /// The end: the client is closed.
  ///
  /// @param code an error of `docs/rooms-protocol.md` §6, or `unreachable`
  /// @param message for people
  default void failed(String code, String message) {}
}
