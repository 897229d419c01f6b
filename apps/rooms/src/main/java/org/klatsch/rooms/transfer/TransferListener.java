package org.klatsch.rooms.transfer;

/// What a [TransferPeer] tells its owner. Called one after the other on a virtual thread of the
/// peer, which may block.
public interface TransferListener {
  /// Hello and, with a code, the proof of the secret are done: chat and files may flow.
  default void ready() {}

  /// The other wrote a chat line, to be shown as text.
  ///
  /// @param time the writer's clock, milliseconds since 1970
  default void chatReceived(String text, long time) {}

  /// The other offers files; answer with [IncomingTransfer#accept] or [IncomingTransfer#decline].
  default void filesOffered(IncomingTransfer offer) {}

  /// The other told what it sends and whether it wants media.
  default void mediaAnnounced(MediaAnnouncement announcement) {}

  /// The connection is of no use any more; its owner closes it.
  ///
  /// @param reason `closed`, `connection`, `timeout`, or a reason of an `error` message,
  ///   `docs/transfer-protocol.md` §2
  /// @param message for people, perhaps empty
  default void closed(String reason, String message) {}
}
