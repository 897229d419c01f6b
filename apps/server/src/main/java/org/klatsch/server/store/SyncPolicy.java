package org.klatsch.server.store;

/// When what was written is forced to the disk. The end of the process alone loses nothing under
/// any of them.
public enum SyncPolicy {
  /// Before each write returns.
  ALWAYS,

  /// Within a fraction of a second, and at once where the writer asks for it.
  INTERVAL,

  /// When the operating system likes.
  NEVER
}
