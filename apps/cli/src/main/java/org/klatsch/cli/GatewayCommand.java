package org.klatsch.cli;

import picocli.CommandLine.Command;

/// `klatsch gateway`: the server under the name of the part that telephones know.
@Command(
    name = "gateway",
    description = "Run the SIP gateway: browsers call telephones over a PBX or trunk.")
final class GatewayCommand extends ServeCommand {
  GatewayCommand(Terminal terminal) {
    super(terminal);
  }
}
