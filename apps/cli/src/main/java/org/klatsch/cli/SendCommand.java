package org.klatsch.cli;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.klatsch.rooms.FileSender;
import org.klatsch.rooms.Outcome;
import org.klatsch.rooms.RoomOptions;
import org.klatsch.rooms.secret.TransferCode;
import org.klatsch.rooms.transfer.SourceFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `klatsch send`.
@Command(
    name = "send",
    description = {
      "Send files and folders to whoever has the code.",
      "The command waits until the receiver has everything; the receiver may come back after a lost connection."
    })
final class SendCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private AddressOption addresses = new AddressOption();

  @Option(names = "--no-qr", description = "No QR code.")
  private boolean noQr;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files and folders.")
  private List<Path> paths = new ArrayList<>();

  SendCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    List<SourceFile> files = files();
    RoomOptions options =
        RoomOptions.defaults("cli").withTls(common.tls()).withConnections(addresses.connections());
    try (FileSender sender = FileSender.start(server.url(), files, options, terminal::notice)) {
      Thread hook = new Thread(sender::close, "klatsch-shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        CompletableFuture.anyOf(sender.code(), sender.outcome()).join();
        TransferCode code = sender.code().getNow(null);
        if (code != null) {
          show(code);
        }
        Outcome outcome =
            new ProgressDisplay(terminal, common.json).await(sender.outcome(), sender::progress);
        return TransferReport.show(terminal, common.json, outcome);
      } finally {
        removeHook(hook);
      }
    }
  }

  static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running: the process ends anyhow.
    }
  }

  private void show(TransferCode code) throws CommandException {
    String link = code.link(server.url().toString());
    boolean qr = terminal.interactive() && !noQr && !common.json;
    terminal.result(
        common.json,
        Terminal.event("code").put("code", code.toString()).put("url", link),
        (qr ? QrCode.of(link) : "")
            + "Code: "
            + code
            + "\nLink: "
            + link
            + "\nOn the other machine: klatsch receive "
            + code);
  }

  private List<SourceFile> files() throws CommandException {
    try {
      List<SourceFile> files = SourceFile.of(paths);
      if (files.isEmpty()) {
        throw CommandException.failed("there is no file in " + paths.getFirst());
      }
      if (files.size() > 10_000) {
        throw CommandException.failed(
            files.size() + " files are too many for one transfer (10000): pack them first");
      }
      return files;
    } catch (NoSuchFileException e) {
      throw CommandException.failed("there is no file " + e.getFile());
    } catch (IOException e) {
      throw CommandException.failed("cannot read " + e.getMessage());
    }
  }
}
