package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.interop.NatLab.Gateway;
import tools.jackson.databind.JsonNode;

/// Our doctor and coturn's tool behind kernel NATs find out how these behave, RFC 5780, by asking
/// our server at two addresses.
@Tag("interop")
@Timeout(120)
class NatBehaviorInteropTest {
  private static final String FIRST = "203.0.113.30";
  private static final String SECOND = "203.0.113.31";

  /// What is to be found, in our words and in coturn's.
  private record Kind(String mapping, String filtering, String told, String toldOfFiltering) {}

  private static final Map<Gateway, Kind> KINDS =
      new EnumMap<>(
          Map.of(
              Gateway.FULL_CONE,
              new Kind(
                  "endpoint-independent",
                  "endpoint-independent",
                  "NAT with Endpoint Independent Mapping!",
                  "NAT with Endpoint Independent Filtering!"),
              Gateway.RESTRICTED,
              new Kind(
                  "endpoint-independent",
                  "address-dependent",
                  "NAT with Endpoint Independent Mapping!",
                  "NAT with Address Dependent Filtering!"),
              Gateway.PORT_RESTRICTED,
              new Kind(
                  "endpoint-independent",
                  "address-and-port-dependent",
                  "NAT with Endpoint Independent Mapping!",
                  "NAT with Address and Port Dependent Filtering!"),
              Gateway.SYMMETRIC,
              new Kind(
                  "address-and-port-dependent",
                  "address-and-port-dependent",
                  "NAT with Address and Port Dependent Mapping!",
                  "NAT with Address and Port Dependent Filtering!")));

  private record Asked(Gateway gateway, Process process, Path output) {
    String answer() throws Exception {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).as(output.toString()).isTrue();
      return Files.readString(output);
    }
  }

  @TempDir private Path folder;
  private NatLab lab;
  private final List<Asked> running = new ArrayList<>();

  @AfterEach
  void tearDown() throws Exception {
    for (Asked each : running) {
      each.process().destroyForcibly().waitFor();
    }
    if (lab != null) {
      lab.close();
    }
  }

  /// Runs a command on all hosts at once.
  private List<Asked> ask(Map<Gateway, String> hosts, String name, List<String> command)
      throws Exception {
    List<Asked> asked = new ArrayList<>();
    for (Map.Entry<Gateway, String> host : hosts.entrySet()) {
      String file = host.getKey().name() + "-" + name;
      Path output = folder.resolve(file + ".txt");
      Process process =
          new ProcessBuilder(lab.namespaces().exec(host.getValue(), command))
              .redirectOutput(output.toFile())
              .redirectError(folder.resolve(file + "-errors.txt").toFile())
              .start();
      asked.add(new Asked(host.getKey(), process, output));
    }
    running.addAll(asked);
    return asked;
  }

  @Test
  void tellsTheKindsOfNatsApart() throws Exception {
    Requirements.check(Namespaces::require);
    Requirements.check(() -> Programs.require("turnutils_natdiscovery"));
    lab = new NatLab(folder, false);
    String server = lab.namespaces().add("two");
    lab.attach(server, "eth0", FIRST, "2001:db8::30");
    lab.namespaces().ip(server, "addr", "add", SECOND + "/24", "dev", "eth0");
    lab.serve(
        server,
        "--host",
        FIRST,
        "--port",
        "3478",
        "--alternate",
        SECOND + ":3479",
        "--user",
        "a:b");
    Map<Gateway, String> hosts = new EnumMap<>(Gateway.class);
    for (Gateway kind : KINDS.keySet()) {
      int number = hosts.size() + 1;
      String inner = "10.0." + number + ".";
      String gateway =
          lab.gateway("gw" + number, "203.0.113." + number, "2001:db8::" + number, inner + "1/24");
      lab.filter(gateway, kind, inner + "2");
      hosts.put(kind, lab.host("ho" + number, gateway, inner + "2/24", inner + "1"));
    }
    // Filtering first: asking how ports are mapped opens the NAT for the second address.
    String tool = Programs.require("turnutils_natdiscovery").toString();
    for (Asked each : ask(hosts, "filtering", List.of(tool, "-f", FIRST))) {
      assertThat(each.answer()).as(each.gateway().name()).contains(kindOf(each).toldOfFiltering());
    }
    List<String> doctor =
        NatLab.klatsch("doctor", "--json", "--ice-server", "stun:" + FIRST + ":3478");
    for (Asked each : ask(hosts, "doctor", doctor)) {
      JsonNode nat = natIn(each.answer());
      assertThat(nat.get("type").asString()).as(each.toString()).isEqualTo(kindOf(each).mapping());
      assertThat(nat.get("filtering").asString())
          .as(each.toString())
          .isEqualTo(kindOf(each).filtering());
    }
    for (Asked each : ask(hosts, "mapping", List.of(tool, "-m", FIRST))) {
      assertThat(each.answer()).as(each.gateway().name()).contains(kindOf(each).told());
    }
  }

  private static Kind kindOf(Asked asked) {
    Kind kind = KINDS.get(asked.gateway());
    assertThat(kind).isNotNull();
    return kind;
  }

  private static JsonNode natIn(String lines) {
    return lines
        .lines()
        .map(JsonSocket.JSON::readTree)
        .filter(line -> line.path("event").asString("").equals("nat"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(lines));
  }
}
