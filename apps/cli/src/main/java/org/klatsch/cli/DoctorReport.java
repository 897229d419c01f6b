package org.klatsch.cli;

import java.util.List;
import org.klatsch.net.LocalAddress;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Shows what the doctor found, to people or to programs.
final class DoctorReport {
  private final Terminal terminal;
  private final boolean json;

  DoctorReport(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  void show(Findings findings) {
    ObjectNode state = Terminal.event("switch").put("disabled", findings.disabled() != null);
    String disabled = findings.disabled();
    if (disabled != null) {
      state.put("reason", disabled);
    }
    say(state, disabled == null ? "WebRTC is switched on." : disabled + ".");
    for (LocalAddress each : findings.addresses()) {
      address(findings, each);
    }
    for (Findings.Mode each : findings.modes()) {
      mode(findings, each);
    }
    if (disabled == null) {
      nat(findings);
    }
    for (Findings.RelayTest each : findings.relays()) {
      relay(each);
    }
    String problem = findings.serverProblem();
    if (problem != null) {
      say(Terminal.event("server").put("problem", problem), "Server: " + problem + ".");
    }
    List<Findings.Advice> advice = findings.advice();
    if (!advice.isEmpty()) {
      say(null, "\nWhat to do:");
    }
    for (Findings.Advice each : advice) {
      say(
          Terminal.event("advice").put("problem", each.problem()).put("fix", each.fix()),
          "- " + each.problem() + ".\n  " + each.fix() + ".");
    }
    say(Terminal.event("done").put("ok", findings.canConnect()), null);
  }

  private void say(
      @org.jspecify.annotations.Nullable ObjectNode event,
      @org.jspecify.annotations.Nullable String text) {
    if (event != null) {
      terminal.result(json, event, text);
    } else if (!json && text != null) {
      terminal.result(false, Terminal.object(), text);
    }
  }

  private void address(Findings findings, LocalAddress each) {
    boolean isDefault = findings.isDefault(each);
    say(
        Terminal.event("address")
            .put("address", Findings.host(each))
            .put("interface", each.interfaceName())
            .put("kind", each.kind().name().toLowerCase(java.util.Locale.ROOT))
            .put("defaultRoute", isDefault),
        "Address "
            + Findings.host(each)
            + " of "
            + each.interfaceName()
            + " ("
            + each.kind().name().toLowerCase(java.util.Locale.ROOT)
            + (isDefault ? ", default route)" : ")"));
  }

  private void mode(Findings findings, Findings.Mode mode) {
    ObjectNode event = Terminal.event("mode").put("mode", mode.number());
    event.put("default", mode.number() == Findings.DEFAULT_MODE);
    StringBuilder text =
        new StringBuilder("\nMode ")
            .append(mode.number())
            .append(mode.number() == Findings.DEFAULT_MODE ? " (default): " : ": ")
            .append(Findings.meaning(mode.number()))
            .append(". Peers are told ");
    ArrayNode candidates = event.putArray("candidates");
    for (Findings.Candidate each : mode.candidates()) {
      candidates
          .addObject()
          .put("type", each.type())
          .put("protocol", each.protocol())
          .put("address", each.address())
          .put("port", each.port())
          .put("relatedAddress", each.relatedAddress());
      text.append("\n  ")
          .append(each.type())
          .append(' ')
          .append(each.address())
          .append(' ')
          .append(each.port())
          .append('/')
          .append(each.protocol());
    }
    if (mode.candidates().isEmpty()) {
      text.append("nothing.");
    }
    ArrayNode own = event.putArray("ownAddresses");
    findings.told(mode).forEach(each -> own.add(Findings.host(each)));
    ArrayNode leaks = event.putArray("leaks");
    for (LocalAddress each : findings.besideVpn(mode)) {
      leaks.add(Findings.host(each));
      text.append("\n  LEAK: ").append(Findings.host(each)).append(" is beside the VPN");
    }
    for (String each : mode.failures()) {
      text.append("\n  no answer: ").append(each);
    }
    ArrayNode failures = event.putArray("failures");
    mode.failures().forEach(failures::add);
    say(event, text.toString());
  }

  private void nat(Findings findings) {
    Findings.Nat nat = findings.nat();
    ObjectNode event =
        Terminal.event("nat").put("type", nat.type()).put("filtering", nat.filtering());
    ArrayNode seen = event.putArray("publicAddresses");
    nat.publicAddresses().forEach(seen::add);
    say(
        event,
        "\nNAT: "
            + nat.text()
            + (nat.filtering().equals("unknown") ? "" : "; filtering is " + nat.filtering())
            + (nat.publicAddresses().isEmpty()
                ? "."
                : "; servers see " + String.join(", ", nat.publicAddresses()) + "."));
  }

  private void relay(Findings.RelayTest each) {
    ObjectNode event =
        Terminal.event("turn")
            .put("url", each.url())
            .put("transport", each.transport())
            .put("ok", each.relayed() != null)
            .put("relayed", each.relayed())
            .put("problem", each.problem());
    say(
        event,
        "TURN over "
            + each.transport()
            + ", "
            + each.url()
            + ": "
            + (each.relayed() != null ? "relays at " + each.relayed() : each.problem())
            + ".");
  }
}
