package org.klatsch.cli;

/// What the command tells the shell.
final class ExitCode {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  /// Nobody sends under that code.
  static final int NO_SUCH_CODE = 3;

  /// What arrived is not what was sent.
  static final int INTEGRITY = 4;

  /// A file would have been overwritten.
  static final int FILE_EXISTS = 5;

  private ExitCode() {}

  /// The exit code for how a transfer or a room ended.
  static int of(String failure) {
    return switch (failure) {
      case "no-such-transfer", "bad-transfer", "wrong-code" -> NO_SUCH_CODE;
      case "integrity" -> INTEGRITY;
      case "exists" -> FILE_EXISTS;
      default -> FAILED;
    };
  }
}
