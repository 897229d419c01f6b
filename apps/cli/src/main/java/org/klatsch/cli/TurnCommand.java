package org.klatsch.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.server.turn.Relay;
import org.klatsch.server.turn.RelaySettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `klatsch turn`: the TURN and STUN server alone.
@Command(name = "turn", description = "Run a TURN and STUN server over UDP, TCP and TLS.")
final class TurnCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      paramLabel = "ADDRESS",
      description = "Where to listen; 0.0.0.0 is every address. Default: ${DEFAULT-VALUE}.")
  private String host = "";

  @Option(
      names = "--port",
      defaultValue = "3478",
      paramLabel = "N",
      description = "UDP and TCP port, 0 for a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--user",
      paramLabel = "NAME:PASSWORD",
      description = "Who may relay. May be given several times.")
  private List<String> users = new ArrayList<>();

  @Option(
      names = "--secret",
      paramLabel = "SECRET",
      description = "Shared with a service that gives out time-limited names.")
  private @Nullable String secret;

  @Option(
      names = "--realm",
      paramLabel = "REALM",
      description = "What clients see. Default: klatsch.")
  private @Nullable String realm;

  @Option(
      names = "--relay-ports",
      paramLabel = "A-B",
      description = "Ports to relay from. Default: 49152-65535.")
  private @Nullable String relayPorts;

  @Option(
      names = "--allow-peers",
      paramLabel = "CIDR,…",
      split = ",",
      description =
          "Ranges relayed to although they are private, loopback or this machine's own addresses.")
  private List<String> allowPeers = new ArrayList<>();

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Certificate chain (PEM): TLS is served on the TCP port too.")
  private @Nullable Path cert;

  @Option(names = "--key", paramLabel = "FILE", description = "Private key (PEM, PKCS#8).")
  private @Nullable Path key;

  @Option(
      names = "--alternate",
      paramLabel = "ADDRESS:PORT",
      description =
          "A second address of this machine and another port, for clients that find out how their NAT behaves.")
  private @Nullable String alternate;

  @Option(
      names = "--drain",
      defaultValue = "5",
      paramLabel = "N",
      description =
          "Seconds that allocations may go on after SIGTERM; new ones are refused. Default: ${DEFAULT-VALUE}.")
  private int drain;

  TurnCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    RelaySettings settings = settings();
    Serving.requirePort("--port", port);
    if (drain < 0) {
      throw CommandException.usage("--drain " + drain + ", expected at least 0");
    }
    Relay relay;
    try {
      Path chain = cert;
      Path secretKey = key;
      if ((chain == null) != (secretKey == null)) {
        throw CommandException.usage("--cert and --key belong together");
      }
      relay =
          chain == null || secretKey == null
              ? Relay.startWithTcp(host, port, settings)
              : Relay.startWithTls(host, port, settings, chain, secretKey);
    } catch (IOException e) {
      throw CommandException.failed(
          "Cannot serve TURN at port " + port + " of " + host + ": " + e.getMessage());
    }
    String shown = relay.locals().getFirst().toString();
    Serving.untilStopped(
        terminal,
        () ->
            terminal.result(
                common.json,
                Terminal.event("ready")
                    .put("url", "turn:" + shown)
                    .put("udpPort", relay.port())
                    .put("tcpPort", relay.port()),
                "Klatsch relays at turn:" + shown),
        () -> end(relay));
    return ExitCode.OK;
  }

  private void end(Relay relay) {
    relay.drain();
    try {
      boolean _ = relay.awaitIdle(Duration.ofSeconds(drain));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    relay.close();
  }

  private RelaySettings settings() throws CommandException {
    RelaySettings settings = RelaySettings.DEFAULT;
    if (users.isEmpty() && secret == null) {
      throw CommandException.usage("--user or --secret says who may relay; give one of them");
    }
    for (String user : users) {
      int colon = user.indexOf(':');
      if (colon < 1 || colon == user.length() - 1) {
        throw CommandException.usage("--user takes NAME:PASSWORD");
      }
      settings = settings.withUser(user.substring(0, colon), user.substring(colon + 1));
    }
    String shared = secret;
    if (shared != null) {
      settings = settings.withSecret(shared);
    }
    String named = realm;
    if (named != null) {
      if (named.isEmpty() || named.length() > 127) {
        throw CommandException.usage("--realm has 1 to 127 characters");
      }
      settings = settings.withRealm(named);
    }
    try {
      String range = relayPorts;
      if (range != null) {
        String[] ends = range.split("-", 2);
        settings =
            settings.withPorts(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
      }
      String second = alternate;
      if (second != null) {
        settings = settings.withAlternate(second);
      }
      return settings.withAllowedPeers(allowPeers.stream().map(AddressPrefix::parse).toList());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(
          "--relay-ports takes A-B, --allow-peers ranges as 10.0.0.0/8, --alternate ADDRESS:PORT: "
              + e.getMessage());
    }
  }
}
