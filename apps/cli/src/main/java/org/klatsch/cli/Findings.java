package org.klatsch.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.InterfaceKind;
import org.klatsch.net.IpHandling;
import org.klatsch.net.LocalAddress;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.NatBehavior;

/// What an [Examination] found.
///
/// @param disabled why WebRTC is switched off; null when it is not
/// @param addresses of this machine, loopback ones left out
/// @param defaults which of them packets to the world have
/// @param modes what is told in each mode
/// @param relays which TURN servers can be reached, and how
/// @param behavior what RFC 5780 found out about the NAT; null when nobody could be asked
/// @param serverProblem why the server of `--server` could not be asked; null when it could
record Findings(
    @Nullable String disabled,
    List<LocalAddress> addresses,
    Set<String> defaults,
    List<Mode> modes,
    List<RelayTest> relays,
    @Nullable NatBehavior behavior,
    @Nullable String serverProblem) {
  /// The mode of commands that are not told otherwise.
  static final int DEFAULT_MODE = 2;

  /// A candidate as a peer gets it.
  ///
  /// @param address an IP address or a name
  /// @param relatedAddress what a reflexive candidate says of the address behind it, or null
  record Candidate(
      String type, String protocol, String address, int port, @Nullable String relatedAddress) {}

  /// What is told in one mode of RFC 8828.
  ///
  /// @param failures what servers answered
  record Mode(int number, List<Candidate> candidates, List<String> failures, int stunServers) {}

  /// A way to a TURN server.
  ///
  /// @param relayed the address it gave, or null
  /// @param problem why it gave none, or null
  record RelayTest(
      String url, String transport, @Nullable String relayed, @Nullable String problem) {}

  /// Something to be done.
  record Advice(String problem, String fix) {}

  static Findings switchedOff(String reason) {
    return new Findings(reason, List.of(), Set.of(), List.of(), List.of(), null, null);
  }

  /// Whether a connection to another machine is possible at all.
  boolean canConnect() {
    return disabled == null && !addresses.isEmpty();
  }

  /// The addresses of this machine that a mode tells its peers.
  List<LocalAddress> told(Mode mode) {
    Set<String> told = new HashSet<>();
    for (Candidate each : mode.candidates()) {
      told.add(each.address());
      String related = each.relatedAddress();
      if (related != null) {
        told.add(related);
      }
    }
    return addresses.stream().filter(each -> told.contains(host(each))).toList();
  }

  static String host(LocalAddress address) {
    return address.address().withScopeId(0).host();
  }

  boolean isDefault(LocalAddress address) {
    return defaults.contains(host(address));
  }

  /// Those of them that lead around the VPN which the default route is.
  List<LocalAddress> besideVpn(Mode mode) {
    boolean vpn =
        addresses.stream().anyMatch(each -> isDefault(each) && each.kind() == InterfaceKind.VPN);
    return vpn
        ? told(mode).stream().filter(each -> each.kind() != InterfaceKind.VPN).toList()
        : List.of();
  }

  /// The kind of NAT in words.
  Nat nat() {
    NatBehavior found = behavior;
    if (found == null) {
      return new Nat("unknown", "no STUN server could be asked", "unknown", List.of());
    }
    TransportAddress mapped = found.mapped();
    String filtering = word(found.filtering());
    if (mapped == null) {
      return new Nat(
          "blocked",
          "no STUN server answers: UDP is blocked, or there is no way out",
          filtering,
          List.of());
    }
    String kind =
        switch (found.mapping()) {
          case NO_TRANSLATION -> "servers see this machine's own address: there is none";
          case ENDPOINT_INDEPENDENT ->
              "it shows everybody the same port: peers can be reached directly";
          case ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT, ENDPOINT_DEPENDENT ->
              "it is symmetric: each server sees another port, so that a peer behind one of its kind"
                  + " is reached by TURN only";
          case UNKNOWN -> "there is one; a second STUN server would tell its kind";
        };
    return new Nat(word(found.mapping()), kind, filtering, List.of(mapped.host()));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// @param type how ports are mapped, RFC 4787 §4.1, or `unknown` or `blocked`
  /// @param text for people
  /// @param filtering whose packets are let in, RFC 4787 §5
  /// @param publicAddresses what servers see
  record Nat(String type, String text, String filtering, List<String> publicAddresses) {}

  /// What to do about all of it.
  List<Advice> advice() {
    List<Advice> advice = new ArrayList<>();
    if (disabled != null) {
      advice.add(
          new Advice(
              disabled,
              "unset KLATSCH_DISABLED and leave -Dklatsch.disabled out, if connections are wanted"));
      return advice;
    }
    if (addresses.isEmpty()) {
      advice.add(
          new Advice(
              "this machine has no network address but loopback",
              "connect it to a network; until then only programs on this machine are reached"));
      return advice;
    }
    if (defaults.isEmpty()) {
      advice.add(
          new Advice(
              "there is no default route",
              "peers in the same network are reached with --ip-mode 1; others need a route"));
    }
    for (Mode mode : modes) {
      leaks(mode, advice);
    }
    for (LocalAddress each : addresses) {
      if (each.allowsTracking()) {
        advice.add(
            new Advice(
                host(each)
                    + " is made of the hardware address of "
                    + each.interfaceName()
                    + ": it follows this machine from network to network",
                "switch on the privacy extensions of IPv6 (RFC 8981) in the system"));
      }
    }
    nat(advice);
    relays(advice);
    return advice;
  }

  private void leaks(Mode mode, List<Advice> advice) {
    for (LocalAddress each : besideVpn(mode)) {
      advice.add(
          new Advice(
              "mode "
                  + mode.number()
                  + " tells peers "
                  + host(each)
                  + " of "
                  + each.interfaceName()
                  + ", which the VPN hides from others",
              mode.number() == 1
                  ? "leave --ip-mode out, or give 2, 3 or 4"
                  : "have the VPN take the default routes of IPv4 and IPv6"));
    }
    boolean named =
        mode.number() == DEFAULT_MODE
            && mode.candidates().stream().anyMatch(each -> each.type().equals("host"))
            && mode.candidates().stream().noneMatch(each -> each.address().endsWith(".local"));
    if (named) {
      advice.add(
          new Advice(
              "mode 2 tells this machine's address in place of a name",
              "the permission for devices was granted in this process; revoke it to get names"));
    }
  }

  private void nat(List<Advice> advice) {
    switch (nat().type()) {
      case "unknown" ->
          advice.add(
              new Advice(
                  "the kind of NAT is not known",
                  "name two STUN servers: --ice-server stun:HOST1 --ice-server stun:HOST2"));
      case "blocked" ->
          advice.add(
              new Advice(
                  "no STUN server answers over UDP",
                  "allow UDP in the firewall, or use a TURN server over TCP or TLS"));
      case "address-dependent", "address-and-port-dependent", "endpoint-dependent" ->
          advice.add(
              new Advice(
                  "the NAT is symmetric",
                  "have a TURN server ready, or switch the router to a full-cone or IPv6"));
      default -> {}
    }
  }

  private void relays(List<Advice> advice) {
    if (relays.isEmpty()) {
      advice.add(
          new Advice(
              "no TURN server was named",
              "where no direct way exists there will be none at all: run `klatsch turn` on a public"
                  + " machine and give it as --ice-server turn:HOST,USER,PASSWORD"));
    }
    boolean any = relays.stream().anyMatch(each -> each.relayed() != null);
    for (RelayTest each : relays) {
      String problem = each.problem();
      if (problem != null) {
        advice.add(
            new Advice(
                each.url() + " over " + each.transport() + " relays nothing: " + problem,
                any
                    ? "another way works; open this one for networks that block the other"
                    : "check name, password and port, and that the firewall lets it through"));
      }
    }
  }

  /// The modes of RFC 8828 in few words.
  static String meaning(int mode) {
    return switch (IpHandling.of(mode)) {
      case ALL_ADDRESSES -> "every address of every interface";
      case DEFAULT_ROUTE -> "the default route's address, under a name";
      case DEFAULT_ROUTE_WITHOUT_HOST -> "what servers see on the default route";
      case PROXY -> "nothing over UDP";
    };
  }
}
