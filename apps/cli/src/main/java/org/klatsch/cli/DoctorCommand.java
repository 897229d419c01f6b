package org.klatsch.cli;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.RTCIceServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `klatsch doctor`: what others would see of this machine, and what keeps it from being reached.
@Command(
    name = "doctor",
    description = {
      "Show what an outsider would see of this machine, and what keeps connections from succeeding:",
      "addresses told in each mode of --ip-mode, the kind of NAT, leaks, TURN servers that can be",
      "reached, and what to do about it. STUN and TURN servers are those of --server and",
      "--ice-server; nobody else is asked."
    })
final class DoctorCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ServerOption server = new ServerOption();

  @Option(
      names = "--ice-server",
      paramLabel = "URL[,USER,PASSWORD]",
      description = {
        "A STUN or TURN server, as stun:HOST[:PORT] or",
        "turn[s]:HOST[:PORT][?transport=tcp],USER,PASSWORD. May be given several times; two STUN",
        "servers tell the kind of NAT."
      })
  private List<String> iceServers = new ArrayList<>();

  @Option(
      names = "--timeout",
      paramLabel = "N",
      defaultValue = "8",
      description = "Seconds to wait for servers. Default: ${DEFAULT-VALUE}.")
  private int timeout;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    if (timeout < 1) {
      throw CommandException.usage("--timeout " + timeout + ", expected at least 1");
    }
    List<RTCIceServer> named = new ArrayList<>();
    for (String entry : iceServers) {
      named.add(server(entry));
    }
    URI url = server.url();
    Findings findings;
    String disabled = PeerConnectionFactory.disabledReason();
    if (disabled != null) {
      findings = Findings.switchedOff(disabled);
    } else {
      Examination examination = new Examination(named, timeout);
      examination.askServer(url, common.tls());
      findings = examination.run();
    }
    new DoctorReport(terminal, common.json).show(findings);
    return findings.canConnect() ? ExitCode.OK : ExitCode.FAILED;
  }

  private static RTCIceServer server(String entry) throws CommandException {
    String[] parts = entry.split(",", 3);
    boolean turn = parts[0].startsWith("turn:") || parts[0].startsWith("turns:");
    if (!turn && !parts[0].startsWith("stun:") || parts.length != (turn ? 3 : 1)) {
      throw CommandException.usage(
          "--ice-server "
              + parts[0]
              + ", expected stun:HOST[:PORT] or turn[s]:HOST[:PORT][?transport=tcp],USER,PASSWORD");
    }
    return turn ? new RTCIceServer(parts[0], parts[1], parts[2]) : new RTCIceServer(parts[0]);
  }
}
