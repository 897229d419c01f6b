package org.klatsch.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.klatsch.rooms.FileReceiver;
import org.klatsch.rooms.Outcome;
import org.klatsch.rooms.RoomOptions;
import org.klatsch.rooms.secret.TransferCode;
import org.klatsch.rooms.transfer.ReceiveOptions;
import org.klatsch.rooms.transfer.ReceiveOptions.Existing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `klatsch receive`.
@Command(
    name = "receive",
    description = {
      "Receive the files of a code.",
      "Run it again after an interruption: it goes on where it stopped."
    })
final class ReceiveCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private AddressOption addresses = new AddressOption();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where to; made if it does not exist. Default: the current folder.")
  private Path folder = Path.of("");

  @Option(
      names = "--existing",
      paramLabel = "refuse|number",
      defaultValue = "refuse",
      description =
          "When a file of that name exists: refuse the transfer (exit code 5), or number the new file. Default: ${DEFAULT-VALUE}.")
  private String existing = "";

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for a sender that is away. Default: ${DEFAULT-VALUE}.")
  private int patience;

  @Parameters(
      arity = "1..*",
      paramLabel = "CODE",
      description = "As the sender shows it, or the link. Spaces may stand for dashes.")
  private List<String> code = List.of();

  ReceiveCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Existing policy =
        switch (existing.toLowerCase(Locale.ROOT)) {
          case "refuse" -> Existing.REFUSE;
          case "number" -> Existing.NUMBER;
          default ->
              throw CommandException.usage(
                  "--existing " + existing + ", expected refuse or number");
        };
    if (patience < 1) {
      throw CommandException.usage("--wait " + patience + ", expected at least 1");
    }
    TransferCode parsed =
        TransferCode.parse(String.join("-", code))
            .orElseThrow(() ->
                CommandException.usage("that is no code: one looks like 4711-tango-river-maple"));
    RoomOptions options =
        RoomOptions.defaults("cli").withTls(common.tls()).withConnections(addresses.connections());
    try (FileReceiver receiver =
        FileReceiver.start(
            server.url(),
            parsed,
            new ReceiveOptions(folder, policy),
            options,
            Duration.ofSeconds(patience),
            terminal::notice)) {
      Thread hook = new Thread(receiver::close, "klatsch-shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        Outcome outcome =
            new ProgressDisplay(terminal, common.json)
                .await(receiver.outcome(), receiver::progress);
        return TransferReport.show(terminal, common.json, outcome);
      } finally {
        SendCommand.removeHook(hook);
      }
    }
  }
}
