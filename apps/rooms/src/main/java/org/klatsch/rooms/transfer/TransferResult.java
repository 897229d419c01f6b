package org.klatsch.rooms.transfer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a transfer ended.
///
/// @param reason null if it went through to the end; else why it did not, a word of
///   `docs/transfer-protocol.md` §7 or §9, or `connection` when the connection was lost
/// @param files each file's fate
public record TransferResult(@Nullable String reason, List<FileResult> files) {
  public TransferResult {
    files = List.copyOf(files);
  }

  /// Whether every file that was wanted has arrived with an equal hash.
  public boolean succeeded() {
    return reason == null && files.stream().noneMatch(file -> file.failure() != null);
  }

  /// The first reason that something failed, or null.
  public @Nullable String firstFailure() {
    if (reason != null) {
      return reason;
    }
    for (FileResult file : files) {
      if (file.failure() != null) {
        return file.failure();
      }
    }
    return null;
  }

  /// One file.
  ///
  /// @param name as it is called on this side
  /// @param bytes its size
  /// @param sha256 lower-case hexadecimal, or null if it did not arrive
  /// @param failure null, or why it did not arrive
  public record FileResult(
      String name, long bytes, @Nullable String sha256, @Nullable String failure) {}
}
