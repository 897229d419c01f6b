package org.klatsch.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.Gateway;
import org.klatsch.gateway.GatewayConfiguration;
import org.klatsch.gateway.GatewayOptions;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ReadyInformation;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.config.Configuration;
import org.klatsch.server.config.ConfigurationException;
import org.klatsch.server.config.Section;
import org.klatsch.server.config.ServerConfiguration;
import org.klatsch.server.config.ServerSettings;
import org.klatsch.server.config.Setting;
import org.klatsch.server.config.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `klatsch serve`: web page and signalling.
@Command(name = "serve", description = "Run the server: web page, rooms, transfers, SIP.")
class ServeCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "${env:KLATSCH_CONFIG}",
      description = "Settings (YAML). Flags and KLATSCH_… variables go before them.")
  private @Nullable Path config;

  @Spec private @Nullable CommandSpec spec;

  ServeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Settings settings = settingsGiven();
    ServerOptions options = settings.server();
    ServeLog.keep(options.service().log());
    @Nullable Gateway gateway = null;
    KlatschServer server;
    try {
      GatewayOptions sip = settings.gateway();
      gateway = sip == null ? null : Gateway.start(sip);
      server =
          KlatschServer.start(options, gateway == null ? List.of() : List.of(gateway.webSockets()));
    } catch (IOException e) {
      close(gateway);
      throw CommandException.failed(String.valueOf(e.getMessage()));
    }
    HangUpSignal.onEach(server::reloadCertificate);
    ReadyInformation ready = server.ready();
    boolean passwordChosen = options.service().adminPassword() != null;
    ObjectNode event = event(ready);
    if (gateway != null) {
      event.put("sipPort", gateway.sipPort()).put("sipsPort", gateway.sipsPort());
    }
    AutoCloseable sip = gateway;
    Serving.untilStopped(
        terminal,
        () ->
            terminal.result(
                common.json,
                event,
                "Klatsch is ready: "
                    + ready.url()
                    + "\nAdministration: "
                    + ready.url()
                    + "/admin as "
                    + ready.admin().user()
                    + (passwordChosen ? "" : " with password " + ready.admin().password())),
        () -> {
          close(sip);
          close(server);
        });
    return ExitCode.OK;
  }

  private static ObjectNode event(ReadyInformation ready) {
    ObjectNode event = Terminal.event("ready");
    event.put("url", ready.url());
    event.put("httpPort", ready.httpPort()).put("udpPort", ready.udpPort());
    event
        .putObject("admin")
        .put("user", ready.admin().user())
        .put("password", ready.admin().password());
    return event;
  }

  private static void close(@Nullable AutoCloseable part) {
    if (part == null) {
      return;
    }
    try {
      part.close();
    } catch (Exception e) {
      org.slf4j.LoggerFactory.getLogger(ServeCommand.class).debug("while closing", e);
    }
  }

  /// What the file, variables and flags say.
  ///
  /// @param gateway null when it is off
  private record Settings(ServerOptions server, @Nullable GatewayOptions gateway) {}

  /// Makes every scalar key of the configuration a flag.
  static void addSettings(CommandSpec serve) {
    for (Setting setting : settings()) {
      OptionSpec.Builder option =
          OptionSpec.builder(setting.flag())
              .type(String.class)
              .paramLabel(setting.label())
              .description(setting.help());
      if (!setting.bare().isEmpty()) {
        option.arity("0..1").fallbackValue(setting.bare());
      }
      serve.addOption(option.build());
    }
  }

  private static List<Setting> settings() {
    var settings = new ArrayList<>(ServerSettings.ALL);
    settings.add(
        new Setting("log.format", "text|json", "", "How the log is written. Default: text."));
    settings.addAll(GatewayConfiguration.ALL);
    return settings;
  }

  private Map<String, String> flags() {
    var flags = new HashMap<String, String>();
    for (Setting setting : settings()) {
      OptionSpec option = Objects.requireNonNull(spec).findOption(setting.flag());
      String value = option == null ? null : option.getValue();
      if (value != null) {
        flags.put(setting.flag(), value);
      }
    }
    return flags;
  }

  private Settings settingsGiven() throws CommandException {
    Path file = config == null || config.toString().isEmpty() ? null : config;
    try {
      Section root = Configuration.load(file, System.getenv(), flags()).root();
      ServerOptions options = ServerConfiguration.read(root, System.getenv());
      Settings settings = new Settings(options, GatewayConfiguration.read(root, options));
      Value format = root.section("log").value("format");
      boolean json = format != null && format.oneOf("text", "json").equals("json");
      root.finish();
      if (json) {
        ServeLog.asJson();
      }
      return settings;
    } catch (ConfigurationException e) {
      throw CommandException.usage(e.text());
    }
  }
}
