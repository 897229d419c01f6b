package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.interop.NatLab.Gateway;
import org.klatsch.interop.NatLab.Outcome;

/// Two of our peers behind every pairing of kernel NATs, and behind firewalls, with our TURN server
/// and coturn, in network namespaces. `docs/nat.md` has the table.
@Tag("interop")
@Timeout(90)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NatTableTest {
  /// @param path `direct`, `relay` or `tcp`
  record Row(Gateway a, Gateway b, String path, String turn) {
    @Override
    public String toString() {
      return a + " × " + b + " with " + turn;
    }
  }

  @TempDir private static Path folder;
  private final List<String> table = new ArrayList<>();
  private NatLab lab;
  private String gatewayA;
  private String gatewayB;

  @BeforeAll
  void build() throws Exception {
    Requirements.check(Namespaces::require);
    Requirements.check(() -> Programs.require("turnserver"));
    lab = new NatLab(folder);
    gatewayA = lab.gateway("gwa", "203.0.113.1", "2001:db8::1", "10.0.1.1/24");
    gatewayB = lab.gateway("gwb", "203.0.113.2", "2001:db8::2", "10.0.2.1/24");
    lab.start("a", lab.host("a", gatewayA, "10.0.1.2/24", "10.0.1.1"));
    lab.start("b", lab.host("b", gatewayB, "10.0.2.2/24", "10.0.2.1"));
  }

  @AfterAll
  void tearDown() {
    if (lab != null) {
      lab.close();
    }
    System.out.println(String.join("\n", table));
  }

  static Stream<Row> rows() {
    List<Row> rows = new ArrayList<>();
    List<Gateway> nats =
        List.of(Gateway.FULL_CONE, Gateway.RESTRICTED, Gateway.PORT_RESTRICTED, Gateway.SYMMETRIC);
    for (String turn : List.of("klatsch", "coturn")) {
      for (Gateway a : nats) {
        for (Gateway b : nats) {
          rows.add(new Row(a, b, isReachable(a, b) ? "direct" : "relay", turn));
        }
      }
    }
    return rows.stream();
  }

  /// Only a NAT that tells every peer another port, opposite one that filters by port, needs a
  /// relay.
  private static boolean isReachable(Gateway a, Gateway b) {
    return (a != Gateway.SYMMETRIC || lets(b)) && (b != Gateway.SYMMETRIC || lets(a));
  }

  private static boolean lets(Gateway gateway) {
    return gateway == Gateway.FULL_CONE || gateway == Gateway.RESTRICTED;
  }

  private static List<String> urls(String turn) {
    String server = NatLab.SERVER + ":" + NatLab.port(turn);
    return List.of("stun:" + server, "turn:" + server);
  }

  private void check(String what, Outcome outcome, String expected) {
    table.add("| " + what + " | " + outcome.types() + " |");
    assertThat(outcome.path()).as(outcome.toString()).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void connectsThroughEveryPairingOfNats(Row row) throws Exception {
    lab.filter(gatewayA, row.a(), "10.0.1.2");
    lab.filter(gatewayB, row.b(), "10.0.2.2");
    Outcome outcome = lab.connect("a", "b", urls(row.turn()), row.path());
    check(row.a() + " | " + row.b() + " | " + row.turn(), outcome, row.path());
  }

  @Test
  void withoutUdpAPublicPeerIsReachedOverTcp() throws Exception {
    String public1 = lab.namespaces().add("pub");
    lab.attach(public1, "eth0", "203.0.113.20", "2001:db8::20");
    lab.start("public", public1);
    lab.filter(gatewayA, Gateway.UDP_BLOCKED, "10.0.1.2");
    Outcome outcome = lab.connect("a", "public", List.of(), "tcp");
    check("UDP blocked | none, public | none", outcome, "tcp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"klatsch", "coturn"})
  void withoutUdpARelayIsReachedOverTcp(String turn) throws Exception {
    lab.filter(gatewayA, Gateway.UDP_BLOCKED, "10.0.1.2");
    lab.filter(gatewayB, Gateway.PORT_RESTRICTED, "10.0.2.2");
    List<String> urls = new ArrayList<>(urls(turn));
    urls.add(urls.getLast() + "?transport=tcp");
    Outcome outcome = lab.connect("a", "b", urls, "relay");
    check("UDP blocked | port restricted | " + turn + " over TCP", outcome, "relay");
  }

  @ParameterizedTest
  @ValueSource(strings = {"klatsch", "coturn"})
  void withOnlyPort443OpenARelayIsReachedThere(String turn) throws Exception {
    lab.serveOn443(NatLab.port(turn));
    lab.filter(gatewayA, Gateway.ONLY_443, "10.0.1.2");
    lab.filter(gatewayB, Gateway.ONLY_443, "10.0.2.2");
    String url = "turn:" + NatLab.SERVER + ":443?transport=tcp";
    Outcome outcome = lab.connect("a", "b", List.of(url), "relay");
    check("only 443/TCP | only 443/TCP | " + turn + " over TCP", outcome, "relay");
  }

  @Test
  void connectsWhereThereIsOnlyIpv6() throws Exception {
    for (String side : List.of("1", "2")) {
      String gateway =
          lab.gateway(
              "gw" + side,
              "203.0.113.3" + side,
              "2001:db8::3" + side,
              "2001:db8:" + side + "::1/64");
      lab.start(
          "six" + side,
          lab.host(
              "six" + side, gateway, "2001:db8:" + side + "::2/64", "2001:db8:" + side + "::1"));
      String other = side.equals("1") ? "2" : "1";
      lab.namespaces()
          .ip(gateway, "route", "add", "2001:db8:" + other + "::/64", "via", "2001:db8::3" + other);
    }
    Outcome outcome = lab.connect("six1", "six2", List.of("turn:[2001:db8::10]:3478"), "direct");
    assertThat(outcome.local()).contains(" 2001:db8:1::2 ");
    check("IPv6 only | IPv6 only | klatsch", outcome, "direct");
  }

  @ParameterizedTest
  @ValueSource(strings = {"klatsch", "coturn"})
  void aDefaultRouteThroughATunnelIsTaken(String turn) throws Exception {
    if (turn.equals("klatsch")) {
      String home = lab.gateway("gwh", "203.0.113.4", "2001:db8::4", "10.0.4.1/24");
      String vpn = lab.gateway("gwv", "203.0.113.5", "2001:db8::5", "10.8.0.1/24");
      lab.filter(home, Gateway.PORT_RESTRICTED, "10.0.4.2");
      lab.filter(vpn, Gateway.PORT_RESTRICTED, "10.8.0.2");
      String host = lab.host("v", home, "10.0.4.2/24", "10.0.4.1");
      lab.namespaces().connect(host, "tun0", vpn, "hv");
      lab.namespaces().ip(vpn, "link", "set", "hv", "master", "br0");
      lab.namespaces().ip(host, "addr", "add", "10.8.0.2/24", "dev", "tun0");
      lab.namespaces().ip(host, "route", "replace", "default", "via", "10.8.0.1");
      // Only the tunnel itself goes out of the physical interface.
      lab.namespaces().ip(host, "route", "add", "203.0.113.5", "via", "10.0.4.1");
      lab.start("v", host);
    }
    lab.filter(gatewayB, Gateway.PORT_RESTRICTED, "10.0.2.2");
    Outcome outcome = lab.connect("v", "b", urls(turn), "direct");
    assertThat(outcome.local()).contains(" 203.0.113.5 ");
    check("default route by VPN | port restricted | " + turn, outcome, "direct");
  }
}
