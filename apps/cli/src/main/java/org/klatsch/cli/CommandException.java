package org.klatsch.cli;

/// The command cannot go on. The message is one line for a person.
final class CommandException extends Exception {
  private static final long serialVersionUID = 1;

  private final int exitCode;
  private final String reason;

  /// @param reason a word for programs
  CommandException(int exitCode, String reason, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
    this.reason = reason;
  }

  static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, "usage", message);
  }

  static CommandException failed(String message) {
    return new CommandException(ExitCode.FAILED, "failed", message);
  }

  int exitCode() {
    return exitCode;
  }

  String reason() {
    return reason;
  }
}
