package org.klatsch.rooms.transfer;

import java.nio.file.Path;

/// Where and how offered files are stored.
///
/// @param folder made if it does not exist
/// @param existing what to do when a name is taken
public record ReceiveOptions(Path folder, Existing existing) {
  /// What to do when a file of that name exists.
  public enum Existing {
    /// The whole offer is declined.
    REFUSE,
    /// The new file gets a number: `photo (2).jpg`.
    NUMBER
  }
}
