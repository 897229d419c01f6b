package org.klatsch.rooms;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.TransferResult;

/// How sending or receiving files ended.
///
/// @param failure null after success; else a reason of `docs/transfer-protocol.md` §7 or §9, an
///   error code of `docs/rooms-protocol.md` §6, or `unreachable`, `connection`, `wrong-code`,
///   `too-many-attempts`
/// @param message for people; empty after success
/// @param files each file's fate, as far as it came
/// @param path how the packets travelled, as [RoomMember#path()]
/// @param duration from the offer to the last file
public record Outcome(
    @Nullable String failure,
    String message,
    List<TransferResult.FileResult> files,
    String path,
    Duration duration) {

  static Outcome of(TransferResult result, String path, long nanos) {
    String failure = result.firstFailure();
    return new Outcome(
        failure,
        failure == null ? "" : explain(failure),
        result.files(),
        path,
        Duration.ofNanos(nanos));
  }

  static Outcome failure(String failure, String message) {
    return new Outcome(failure, message, List.of(), "", Duration.ZERO);
  }

  /// A reason in words.
  private static String explain(String reason) {
    return switch (reason) {
      case "exists" -> "a file of that name exists already; nothing was overwritten";
      case "integrity" -> "what arrived is not what was sent (SHA-256 differs); it was deleted";
      case "declined" -> "the other end declined";
      case "cancelled" -> "the transfer was cancelled";
      case "changed" -> "a file changed while it was sent";
      case "unreadable" -> "a file cannot be read";
      case "unwritable" -> "the folder cannot be written to";
      case "space" -> "not enough space in the folder";
      case "busy" -> "another program is receiving the same files into this folder";
      case "limit" -> "too many files at once";
      case "name" -> "a file has a name that cannot be used";
      case "connection" -> "the connection was lost; run the same command again to resume";
      default -> "the transfer failed: " + reason;
    };
  }
}
