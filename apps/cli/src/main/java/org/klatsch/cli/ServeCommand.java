package org.klatsch.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ReadyInformation;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.TlsOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `klatsch serve`: web page and signalling.
@Command(name = "serve", description = "Run the server: web page, rooms, transfers.")
final class ServeCommand implements Callable<Integer> {
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
      defaultValue = "8080",
      paramLabel = "N",
      description = "TCP port, 0 for a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--udp-port",
      paramLabel = "N",
      description = "UDP port. Default: the number of the TCP port.")
  private @Nullable Integer udpPort;

  @Option(
      names = "--tls",
      arity = "0..1",
      fallbackValue = "on",
      paramLabel = "on|off",
      description =
          "HTTPS. On by itself when --host is not loopback, as browsers hash files on secure pages only; off behind a proxy.")
  private @Nullable String tls;

  @Option(names = "--cert", paramLabel = "FILE", description = "Certificate chain (PEM).")
  private @Nullable Path cert;

  @Option(names = "--key", paramLabel = "FILE", description = "Private key (PEM, PKCS#8).")
  private @Nullable Path key;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "What is kept. Default: $XDG_DATA_HOME/klatsch.")
  private @Nullable Path data;

  @Option(
      names = "--admin-token",
      paramLabel = "TOKEN",
      defaultValue = "${env:KLATSCH_ADMIN_TOKEN}",
      description =
          "Shows /inspect to whoever has it, 16 characters at least; this machine needs none. Default: KLATSCH_ADMIN_TOKEN.")
  private @Nullable String adminToken;

  @Option(names = "--sip-port", paramLabel = "N|off", defaultValue = "off", hidden = true)
  private String sipPort = "";

  @Option(names = "--rtp-ports", paramLabel = "A-B", hidden = true)
  private @Nullable String rtpPorts;

  @Option(names = "--config", paramLabel = "FILE", hidden = true)
  private @Nullable Path config;

  ServeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    ServerOptions options = options();
    KlatschServer server;
    try {
      server = KlatschServer.start(options);
    } catch (IOException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()));
    }
    ReadyInformation ready = server.ready();
    Serving.untilStopped(
        terminal,
        () ->
            terminal.result(
                common.json,
                Terminal.event("ready")
                    .put("url", ready.url())
                    .put("httpPort", ready.httpPort())
                    .put("udpPort", ready.udpPort()),
                "Klatsch is ready: " + ready.url()),
        () -> close(server));
    return ExitCode.OK;
  }

  private static void close(KlatschServer server) {
    try {
      server.close();
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(ServeCommand.class).debug("while closing", e);
    }
  }

  private ServerOptions options() throws CommandException {
    if (!sipPort.equals("off") || rtpPorts != null) {
      throw CommandException.usage(
          "--sip-port and --rtp-ports need the SIP gateway, which this version does not have");
    }
    if (config != null) {
      throw CommandException.usage("--config is not available in this version");
    }
    if (tls != null && !tls.equals("on") && !tls.equals("off")) {
      throw CommandException.usage("--tls " + tls + ", expected on or off");
    }
    if ((cert == null) != (key == null)) {
      throw CommandException.usage("--cert and --key belong together");
    }
    Serving.requirePort("--port", port);
    if (udpPort != null) {
      Serving.requirePort("--udp-port", udpPort);
    }
    boolean secure = tls != null ? tls.equals("on") : cert != null || !loopback(host);
    TlsOptions tlsOptions =
        !secure
            ? new TlsOptions.Off()
            : cert != null && key != null
                ? new TlsOptions.Files(cert, key)
                : new TlsOptions.SelfSigned();
    if (adminToken != null && adminToken.length() < 16) {
      throw CommandException.usage("--admin-token has at least 16 characters");
    }
    Path directory = data != null ? data : defaultData();
    return ServerOptions.of(port, directory)
        .withHost(host)
        .withUdpPort(udpPort == null ? ServerOptions.SAME_PORT : udpPort)
        .withTls(tlsOptions)
        .withAdminToken(adminToken);
  }

  private static boolean loopback(String host) throws CommandException {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw CommandException.usage("--host " + host + " is no address of this machine");
    }
  }

  private static Path defaultData() {
    String base = System.getenv("XDG_DATA_HOME");
    return base != null && !base.isEmpty()
        ? Path.of(base, "klatsch")
        : Path.of(System.getProperty("user.home"), ".local", "share", "klatsch");
  }
}
