package org.klatsch.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.klatsch.server.KlatschServer;
import org.klatsch.webrtc.PeerConnectionFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `klatsch` command.
@Command(
    name = "klatsch",
    description = "Calls, chat and files from peer to peer, in the terminal and the browser.",
    subcommands = {
      ServeCommand.class,
      GatewayCommand.class,
      TurnCommand.class,
      SendCommand.class,
      ReceiveCommand.class,
      ChatCommand.class,
      CallCommand.class,
      PublishCommand.class,
      PlayCommand.class,
      PeerCommand.class,
      DoctorCommand.class
    },
    versionProvider = Klatsch.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ok",
      "1:failed",
      "2:wrong usage",
      "3:no such code (receive)",
      "4:what arrived is not what was sent (send, receive)",
      "5:a file exists already (receive)"
    })
public final class Klatsch implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("unused") // for --help
  private CommonOptions common = new CommonOptions();

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("unused") // picocli answers it
  private boolean version;

  @Spec private @org.jspecify.annotations.Nullable CommandSpec spec;

  /// The version of the program.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"klatsch " + KlatschServer.version()};
    }
  }

  Klatsch() {}

  /// Runs a command and ends the process.
  @SuppressWarnings("SystemConsoleNull") // JDK 25 went back to null where there is no terminal
  public static void main(String[] args) {
    Console console = System.console();
    boolean interactive = console != null && console.isTerminal();
    Terminal terminal =
        new Terminal(
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
            new PrintStream(
                new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
            interactive);
    int exitCode = run(terminal, args);
    terminal.out().flush();
    System.exit(exitCode);
  }

  /// Runs a command.
  ///
  /// @return the exit code
  static int run(Terminal terminal, String... args) {
    CommandLine line = new CommandLine(new Klatsch(), new Factory(terminal));
    for (String name : new String[] {"serve", "gateway"}) {
      ServeCommand.addSettings(
          java.util.Objects.requireNonNull(line.getSubcommands().get(name)).getCommandSpec());
    }
    line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((e, _) -> {
      CommandLine failed = e.getCommandLine();
      return fail(
          terminal,
          json(args),
          CommandException.usage(
              oneLine(e) + " (see " + failed.getCommandSpec().qualifiedName() + " --help)"));
    });
    line.setExecutionStrategy(parsed -> {
      String reason = PeerConnectionFactory.disabledReason();
      CommandLine.ParseResult last = parsed;
      while (last.hasSubcommand()) {
        last = last.subcommand();
      }
      boolean explains =
          last.isUsageHelpRequested()
              || last.isVersionHelpRequested()
              || last.commandSpec().userObject() instanceof DoctorCommand;
      if (reason != null && !explains) {
        CommandException off = new CommandException(ExitCode.FAILED, "disabled", reason);
        return fail(terminal, json(args), off);
      }
      return new CommandLine.RunLast().execute(parsed);
    });
    line.setExecutionExceptionHandler((e, _, _) -> {
      if (e instanceof CommandException known) {
        return fail(terminal, json(args), known);
      }
      if (e instanceof InterruptedException) {
        return ExitCode.FAILED;
      }
      org.slf4j.LoggerFactory.getLogger(Klatsch.class).debug("unexpected", e);
      return fail(
          terminal,
          json(args),
          CommandException.failed(
              e.getClass().getSimpleName()
                  + (e.getMessage() == null ? "" : ": " + e.getMessage())));
    });
    return line.execute(args);
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        java.util.Objects.requireNonNull(spec).commandLine(), "which command?");
  }

  private static boolean json(String... args) {
    return java.util.Arrays.asList(args).contains("--json");
  }

  private static String oneLine(ParameterException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage");
  }

  private static int fail(Terminal terminal, boolean json, CommandException e) {
    String message = String.valueOf(e.getMessage()).replace('\n', ' ');
    if (json) {
      terminal.result(
          true, Terminal.event("error").put("reason", e.reason()).put("message", message), null);
    }
    terminal.notice(message);
    return e.exitCode();
  }

  /// Gives the terminal to the commands that ask for it in their constructor.
  private record Factory(Terminal terminal) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      try {
        return type.getDeclaredConstructor(Terminal.class).newInstance(terminal);
      } catch (NoSuchMethodException e) {
        return CommandLine.defaultFactory().create(type);
      }
    }
  }
}
