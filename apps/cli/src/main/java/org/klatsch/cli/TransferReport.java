package org.klatsch.cli;

import java.util.Locale;
import org.klatsch.rooms.Outcome;
import org.klatsch.rooms.transfer.TransferResult.FileResult;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The last lines of `send` and `receive`.
final class TransferReport {
  private TransferReport() {}

  static int show(Terminal terminal, boolean json, Outcome outcome) throws CommandException {
    String failure = outcome.failure();
    if (failure != null) {
      throw new CommandException(
          ExitCode.of(failure), failure, outcome.message().isEmpty() ? failure : outcome.message());
    }
    double seconds = outcome.duration().toMillis() / 1000.0;
    ObjectNode event = Terminal.event("done");
    ArrayNode files = event.putArray("files");
    StringBuilder text = new StringBuilder();
    long bytes = 0;
    for (FileResult file : outcome.files()) {
      files
          .addObject()
          .put("name", file.name())
          .put("bytes", file.bytes())
          .put("sha256", file.sha256());
      bytes += file.bytes();
      if (outcome.files().size() <= 20) {
        text.append(file.sha256()).append("  ").append(Terminal.harmless(file.name())).append('\n');
      }
    }
    event.put("path", outcome.path()).put("seconds", seconds);
    text.append(
        String.format(
            Locale.ROOT,
            "%d %s, %s in %.1f s, %s",
            outcome.files().size(),
            outcome.files().size() == 1 ? "file" : "files",
            ProgressDisplay.bytes(bytes),
            seconds,
            outcome.path().equals("relay") ? "through a relay" : "directly"));
    terminal.result(json, event, text.toString());
    return ExitCode.OK;
  }
}
