package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// A machine whose default route is a VPN, and a peer that is reached through it and, if the
/// machine gives itself away, past it too. What leaves by the physical interface is captured.
///
/// ```
///   pc ── tun0 10.8.0.2 ───── gateway, NAT ── 203.0.113.10 (STUN, TURN)
///    │                            └────────── 198.51.100.7 peer
///    └─── eth0 192.168.1.2 ───────────────────────── 192.168.1.7 ──┘
/// ```
@Tag("interop")
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VpnTest {
  private static final String PHYSICAL = "192.168.1.2";
  private static final String SERVER = "203.0.113.10";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// Prints every frame of an interface, with `out` before those that this machine sends.
  private static final String CAPTURE =
      """
      import socket, sys
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
      s.bind((sys.argv[1], 0))
      print("ready", flush=True)
      while True:
          data, address = s.recvfrom(65535)
          print(("out " if address[2] == 4 else "in ") + data.hex(), flush=True)
      """;

  @TempDir private static Path folder;
  private final Namespaces namespaces = new Namespaces();
  private final List<Process> processes = new ArrayList<>();
  private final List<String> table = new ArrayList<>();
  private String pc = "";
  private String peer = "";

  /// The frames of one interface of the machine.
  private final class Capture implements AutoCloseable {
    private final Process process;
    private final List<String> frames = new CopyOnWriteArrayList<>();

    Capture(String network) throws IOException {
      process =
          new ProcessBuilder(namespaces.exec(pc, List.of("python3", "-c", CAPTURE, network)))
              .redirectErrorStream(true)
              .start();
      BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
      String first = lines.readLine();
      if (!"ready".equals(first)) {
        throw new IOException("no capture: " + first);
      }
      Thread.ofVirtual().start(() -> lines.lines().forEach(frames::add));
    }

    List<String> sent() {
      return frames.stream().filter(each -> each.startsWith("out ")).toList();
    }

    @Override
    public void close() {
      process.destroy();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @BeforeAll
  void build() throws Exception {
    Requirements.check(Namespaces::require);
    Requirements.check(() -> Programs.require("python3"));
    pc = namespaces.add("pc");
    peer = namespaces.add("peer");
    String gateway = namespaces.add("vpn");
    String servers = namespaces.add("srv");
    for (String each : List.of(pc, peer, gateway, servers)) {
      // Neighbour discovery would be sent everywhere by the kernel itself.
      namespaces.in(each, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
      namespaces.in(each, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
      namespaces.in(each, "sysctl", "-qw", "net.ipv4.ip_forward=1");
      // A network lets out what comes from its own addresses only, RFC 2827.
      namespaces.in(each, "sysctl", "-qw", "net.ipv4.conf.all.rp_filter=1");
    }
    namespaces.connect(pc, "tun0", gateway, "clients");
    namespaces.connect(peer, "eth0", gateway, "world");
    namespaces.connect(servers, "eth0", gateway, "servers");
    namespaces.connect(pc, "eth0", peer, "lan");
    namespaces.ip(pc, "addr", "add", "10.8.0.2/24", "dev", "tun0");
    namespaces.ip(pc, "addr", "add", PHYSICAL + "/24", "dev", "eth0");
    namespaces.ip(pc, "route", "add", "default", "via", "10.8.0.1");
    namespaces.ip(gateway, "addr", "add", "10.8.0.1/24", "dev", "clients");
    namespaces.ip(gateway, "addr", "add", "198.51.100.1/24", "dev", "world");
    namespaces.ip(gateway, "addr", "add", "203.0.113.1/24", "dev", "servers");
    namespaces.filter(
        gateway,
        """
        table ip gateway {
          chain after {
            type nat hook postrouting priority 100;
            iifname "clients" masquerade
          }
        }
        """);
    namespaces.ip(servers, "addr", "add", SERVER + "/24", "dev", "eth0");
    namespaces.ip(servers, "route", "add", "default", "via", "203.0.113.1");
    namespaces.ip(peer, "addr", "add", "198.51.100.7/24", "dev", "eth0");
    namespaces.ip(peer, "addr", "add", "192.168.1.7/24", "dev", "lan");
    namespaces.ip(peer, "route", "add", "default", "via", "198.51.100.1");
    Process server =
        start(servers, "server", "turn", "--json", "--host", SERVER, "--user", "user:password");
    String ready = server.inputReader(StandardCharsets.UTF_8).readLine();
    assertThat(ready).contains("ready");
  }

  @AfterAll
  void end() throws Exception {
    for (Process each : processes) {
      each.destroyForcibly();
      each.waitFor();
    }
    namespaces.close();
    System.out.println(String.join("\n", table));
  }

  private Process start(String namespace, String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Programs.root().resolve("klatsch").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(namespaces.exec(namespace, command))
            .redirectError(folder.resolve(name + ".log").toFile());
    builder.environment().put("KLATSCH_BUILD", "off");
    Process started = builder.start();
    processes.add(started);
    return started;
  }

  /// What a run of two peers gave.
  private record Run(JsonNode last, String offer, Capture physical, Capture tunnel) {}

  private Run run(int mode, String... more) throws Exception {
    Path signal = Files.createDirectory(folder.resolve("mode" + mode));
    List<String> offer =
        new ArrayList<>(
            List.of("peer", "--role", "offer", "--signal", signal.toString(), "--bytes", "100000"));
    offer.addAll(List.of("--ip-mode", "" + mode, "--ice-server", "stun:" + SERVER));
    offer.addAll(List.of(more));
    List<String> answer =
        new ArrayList<>(List.of("peer", "--role", "answer", "--signal", signal.toString()));
    answer.addAll(List.of(more));
    try (Capture physical = new Capture("eth0");
        Capture tunnel = new Capture("tun0")) {
      Process answerer = start(peer, "answer" + mode, answer.toArray(String[]::new));
      Process offerer = start(pc, "offer" + mode, offer.toArray(String[]::new));
      String last =
          offerer.inputReader(StandardCharsets.UTF_8).lines().reduce("{}", (_, line) -> line);
      assertThat(offerer.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(answerer.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(offerer.exitValue())
          .as("%s %s", last, Files.readString(folder.resolve("offer" + mode + ".log")))
          .isZero();
      String description =
          JsonSocket.JSON
              .readTree(Files.readString(signal.resolve("offer.json")))
              .path("sdp")
              .asString("");
      String told =
          description
              .lines()
              .filter(line -> line.startsWith("a=candidate:"))
              .map(line -> line.replaceFirst(".* (\\S+) \\d+ typ (\\w+).*", "$2 $1"))
              .distinct()
              .collect(Collectors.joining(", "));
      table.add(
          "| %d | %d | %d | %s |"
              .formatted(mode, physical.sent().size(), tunnel.sent().size(), told));
      return new Run(JsonSocket.JSON.readTree(last), description, physical, tunnel);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void pastTheVpnNothingIsSentAndNothingTellsOfTheOtherAddress(int mode) throws Exception {
    Run run = run(mode);
    assertThat(run.last().path("ok").asBoolean()).isTrue();
    assertThat(run.last().path("remote").path("address").asString("")).isEqualTo("198.51.100.7");
    tellsNothing(run);
    assertThat(run.tunnel().sent()).isNotEmpty();
    assertThat(run.offer()).contains("a=candidate:");
    if (mode == 2) {
      assertThat(run.offer()).contains(".local ").doesNotContain("raddr 10.");
    } else {
      assertThat(run.offer()).contains("203.0.113.1 ").doesNotContain("typ host", "10.8.0.2");
    }
  }

  @Test
  void modeFourUsesTcpAlone() throws Exception {
    Run run = run(4);
    assertThat(run.last().path("ok").asBoolean()).isTrue();
    assertThat(run.last().path("remote").path("protocol").asString("")).isEqualTo("tcp");
    tellsNothing(run);
    assertThat(run.offer()).doesNotContain("a=candidate:");
    for (String frame : run.tunnel().sent()) {
      // The protocol of an IPv4 packet behind its Ethernet header, RFC 791 §3.1.
      assertThat(frame.substring("out ".length()).substring(46, 48)).isNotEqualTo("11");
    }
  }

  private static void tellsNothing(Run run) {
    assertThat(run.physical().sent()).as("frames on the physical interface").isEmpty();
    assertThat(run.offer()).doesNotContain(PHYSICAL);
    byte[] address = {(byte) 192, (byte) 168, 1, 2};
    // As XOR-MAPPED-ADDRESS and its kin write it, RFC 8489 §14.2.
    byte[] masked = {(byte) (192 ^ 0x21), (byte) (168 ^ 0x12), (byte) (1 ^ 0xa4), 2 ^ 0x42};
    HexFormat hex = HexFormat.of();
    for (String frame : run.tunnel().sent()) {
      // Behind the Ethernet header.
      assertThat(frame.substring("out ".length() + 28))
          .doesNotContain(hex.formatHex(address))
          .doesNotContain(hex.formatHex(masked))
          .doesNotContain(hex.formatHex(PHYSICAL.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  /// What the other tests would see if nothing were kept.
  @Test
  void modeOneTellsAllAndGoesPastTheVpn() throws Exception {
    Run run = run(1);
    assertThat(run.last().path("ok").asBoolean()).isTrue();
    assertThat(run.physical().sent()).isNotEmpty();
    assertThat(run.offer()).contains(PHYSICAL);
  }

  @Test
  void theDoctorNamesTheLeak() throws Exception {
    Process doctor =
        start(
            pc,
            "doctor",
            "doctor",
            "--json",
            "--ice-server",
            "stun:" + SERVER,
            "--ice-server",
            "turn:" + SERVER + "?transport=udp,user,password",
            "--timeout",
            "5");
    List<JsonNode> lines = new ArrayList<>();
    for (String line : doctor.inputReader(StandardCharsets.UTF_8).lines().toList()) {
      lines.add(JsonSocket.JSON.readTree(line));
    }
    assertThat(doctor.waitFor()).isZero();
    for (JsonNode line : lines) {
      if (line.path("event").asString("").equals("mode")) {
        int mode = line.path("mode").asInt();
        assertThat(line.path("leaks").toString().contains(PHYSICAL)).isEqualTo(mode == 1);
      }
      if (line.path("event").asString("").equals("turn")) {
        assertThat(line.path("ok").asBoolean()).as(line.toString()).isTrue();
      }
    }
    assertThat(lines)
        .anyMatch(line -> line.path("event").asString("").equals("nat"))
        .anyMatch(line -> line.path("problem").asString("").contains(PHYSICAL));
    assertThat(lines.getLast().path("ok").asBoolean()).isTrue();
  }
}
