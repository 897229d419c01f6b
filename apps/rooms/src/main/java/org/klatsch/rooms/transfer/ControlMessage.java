package org.klatsch.rooms.transfer;

import java.util.List;
import java.util.OptionalLong;

/// A message on the `control` channel, `docs/transfer-protocol.md` §2. [ControlMessages] reads and
/// writes them.
sealed interface ControlMessage {
  /// The largest integer that JSON numbers carry exactly, 2^53 − 1 (RFC 8259 §6).
  long MAX_INTEGER = (1L << 53) - 1;

  /// Transfer numbers are 32 bits and not 0.
  long MAX_TRANSFER = (1L << 32) - 1;

  /// Files of one transfer.
  int MAX_FILES = 10_000;

  /// UTF-16 code units of a chat line.
  int MAX_CHAT = 4_000;

  int MIN_WINDOW = 256 * 1024;
  int MAX_WINDOW = 64 * 1024 * 1024;

  /// §3.
  enum Role {
    SENDER,
    RECEIVER,
    MEMBER
  }

  /// §3. The first message of both sides.
  ///
  /// @param media kinds of media that the writer receives, §13; empty if none
  record Hello(List<Integer> versions, Role role, byte[] nonce, String agent, List<String> media)
      implements ControlMessage {}

  /// §13.
  record Media(MediaAnnouncement announcement) implements ControlMessage {}

  /// §4.2. A point of the key agreement.
  record Pake(byte[] y) implements ControlMessage {}

  /// §4.2. A confirmation tag.
  record Confirm(byte[] tag) implements ControlMessage {}

  /// §6.
  record Chat(String id, String text, long time) implements ControlMessage {}

  /// §7. One part of an offer.
  record Offer(long transfer, List<OfferedFile> files, boolean more) implements ControlMessage {}

  /// §7. What the receiver wants, and has already.
  record Accept(long transfer, int window, List<Integer> skip, List<Have> have, boolean more)
      implements ControlMessage {}

  /// §7. The first `offset` bytes of `file` have this hash.
  record Have(int file, long offset, byte[] sha256) {}

  record Decline(long transfer, String reason) implements ControlMessage {}

  /// §8. Payload bytes of this transfer written by the receiver.
  record Ack(long transfer, long bytes) implements ControlMessage {}

  record Pause(long transfer) implements ControlMessage {}

  record Resume(long transfer) implements ControlMessage {}

  record Cancel(long transfer, String reason) implements ControlMessage {}

  /// §10.
  record Received(long transfer, int file, byte[] sha256) implements ControlMessage {}

  record Failed(long transfer, int file, String reason) implements ControlMessage {}

  record Done(long transfer) implements ControlMessage {}

  /// §2. The writer closes the connection after it.
  record Failure(String reason, String message) implements ControlMessage {}

  /// A type of a later version, to be ignored.
  record Unknown(String type) implements ControlMessage {}

  /// One file of an offer, as the sender wrote it: the name is not safe yet.
  ///
  /// @param modified milliseconds since 1970
  record OfferedFile(String name, long size, OptionalLong modified) {}
}
