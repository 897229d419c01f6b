package org.klatsch.cli;

import java.nio.file.Path;

/// A file of a call that is being written, or was.
interface Tape {
  /// Whose track it is.
  String participant();

  Path file();

  /// How much is on it.
  double seconds();

  /// Completes the file.
  void close();
}
