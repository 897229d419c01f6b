package org.klatsch.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Machines behind gateways, an internet between them and two TURN servers on it, all in network
/// namespaces.
///
/// ```text
///   a ── gateway ──┐            ┌── gateway ── b
///                  ├── bridge ──┤
///        a machine ┘            └── 203.0.113.10: our TURN server on 3478, coturn on 3479
/// ```
final class NatLab implements AutoCloseable {
  static final String SERVER = "203.0.113.10";
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// How long a better path than the first may take.
  private static final Duration BETTER = Duration.ofSeconds(8);

  /// How a gateway lets its hosts out, and others in.
  enum Gateway {
    FULL_CONE,
    RESTRICTED,
    PORT_RESTRICTED,
    SYMMETRIC,
    UDP_BLOCKED,
    ONLY_443;

    /// The rules for one inner host. The kernel keeps the port where it can, so that the mapping is
    /// independent of the destination; which packets come in is told by the rules.
    String rules(String inner) {
      String lets =
          switch (this) {
            case FULL_CONE -> "iifname \"ext\" udp dport 1024-65535 dnat to " + inner + ";";
            case RESTRICTED ->
                "iifname \"ext\" udp dport 1024-65535 ip saddr @seen dnat to " + inner + ";";
            default -> "";
          };
      String translates = this == SYMMETRIC ? "masquerade fully-random;" : "masquerade;";
      String passes =
          switch (this) {
            case UDP_BLOCKED -> "meta l4proto udp drop;";
            case ONLY_443 -> "ct state established accept; tcp dport 443 accept; drop;";
            default -> "";
          };
      return """
      table ip gateway {
        set seen { type ipv4_addr; flags dynamic,timeout; timeout 2m; }
        chain before { type nat hook prerouting priority -100; %s }
        chain track {
          type filter hook postrouting priority 0;
          oifname "ext" meta l4proto udp update @seen { ip daddr }
        }
        chain after { type nat hook postrouting priority 100; oifname "ext" %s }
        chain own {
          type filter hook input priority 0;
          iifname "ext" meta l4proto udp drop
        }
        chain pass { type filter hook forward priority 0; %s }
      }
      """
          .formatted(lets, translates, passes);
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /// @param local candidate of the offerer
  record Outcome(boolean connected, String local, String remote) {
    String path() {
      if (!connected) {
        return "none";
      }
      if (local.contains(" typ relay") || remote.contains(" typ relay")) {
        return "relay";
      }
      return local.contains(" tcp ") ? "tcp" : "direct";
    }

    private static String typeOf(String candidate) {
      String type = candidate.replaceFirst(".* typ (\\w+).*", "$1");
      return type + (candidate.contains(" tcp ") ? " over TCP" : "");
    }

    String types() {
      return connected ? typeOf(local) + " – " + typeOf(remote) : "none";
    }
  }

  private final Path folder;
  private final Namespaces namespaces = new Namespaces();
  private final Map<String, NamespacePeer> peers = new LinkedHashMap<>();
  private final List<Process> servers = new ArrayList<>();
  private final String internet;
  private final String server;

  NatLab(Path folder) throws IOException {
    this(folder, true);
  }

  /// @param withServers whether the TURN servers run
  NatLab(Path folder, boolean withServers) throws IOException {
    this.folder = folder;
    internet = namespaces.add("net");
    namespaces.ip(internet, "link", "add", "br0", "type", "bridge");
    namespaces.ip(internet, "link", "set", "br0", "up");
    server = namespaces.add("srv");
    attach(server, "eth0", SERVER, "2001:db8::10");
    // Without a route for everything coturn relays nothing more after the first packet to a
    // private address; this one leads nowhere.
    namespaces.ip(server, "route", "add", "default", "via", "203.0.113.254");
    if (withServers) {
      // Where nothing but the port of HTTPS is open, both servers are reached there.
      serveOn443(3478);
      startCoturn();
      serve(
          server,
          "--host",
          "::",
          "--port",
          "3478",
          "--user",
          "me:secret",
          "--allow-peers",
          "203.0.113.0/24,2001:db8::/32");
    }
  }

  /// Has the server's port 443 lead to one of the TURN servers.
  void serveOn443(int port) throws IOException {
    namespaces.filter(
        server,
        """
        table inet server {
          chain before {
            type nat hook prerouting priority -100;
            tcp dport 443 redirect to :%d
          }
        }
        """
            .formatted(port));
  }

  Namespaces namespaces() {
    return namespaces;
  }

  /// Joins a machine to the internet.
  void attach(String machine, String name, String ipv4, String ipv6) throws IOException {
    String port = "p" + machine.substring(machine.length() - 3);
    namespaces.connect(machine, name, internet, port);
    namespaces.ip(internet, "link", "set", port, "master", "br0");
    namespaces.ip(machine, "addr", "add", ipv4 + "/24", "dev", name);
    namespaces.ip(machine, "addr", "add", ipv6 + "/64", "dev", name);
  }

  /// A router with the given address on the internet, and the other one inside.
  String gateway(String name, String ipv4, String ipv6, String inner) throws IOException {
    String gateway = namespaces.add(name);
    attach(gateway, "ext", ipv4, ipv6);
    namespaces.in(gateway, "sysctl", "-qw", "net.ipv4.ip_forward=1");
    namespaces.in(gateway, "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
    namespaces.ip(gateway, "link", "add", "br0", "type", "bridge");
    namespaces.ip(gateway, "link", "set", "br0", "up");
    namespaces.ip(gateway, "addr", "add", inner, "dev", "br0");
    return gateway;
  }

  void filter(String gateway, Gateway kind, String inner) throws IOException {
    namespaces.filter(gateway, kind.rules(inner));
  }

  /// A machine behind a gateway.
  ///
  /// @param address with the length of its prefix
  String host(String name, String gateway, String address, String router) throws IOException {
    String host = namespaces.add(name);
    namespaces.connect(host, "eth0", gateway, "h" + name);
    namespaces.ip(gateway, "link", "set", "h" + name, "master", "br0");
    namespaces.ip(host, "addr", "add", address, "dev", "eth0");
    namespaces.ip(host, "route", "add", "default", "via", router);
    return host;
  }

  /// Starts a peer on a machine.
  void start(String name, String host) throws IOException {
    peers.put(name, new NamespacePeer(namespaces, host, folder, "-XX:TieredStopAtLevel=1"));
  }

  /// The command line that runs ours in a process of its own.
  static List<String> klatsch(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.klatsch.cli.Klatsch"));
    command.addAll(List.of(arguments));
    return command;
  }

  /// Runs our TURN server on a machine and waits until it is there.
  void serve(String machine, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("turn"));
    arguments.addAll(List.of(options));
    Path log = folder.resolve("klatsch-" + machine + ".txt");
    Process ours =
        new ProcessBuilder(namespaces.exec(machine, klatsch(arguments.toArray(String[]::new))))
            .redirectError(log.toFile())
            .start();
    servers.add(ours);
    String line;
    do {
      line = ours.inputReader().readLine();
      if (line == null) {
        throw new IOException(
            "our TURN server does not start: " + Files.readString(log, StandardCharsets.UTF_8));
      }
    } while (!line.contains("turn:"));
  }

  private void startCoturn() throws IOException {
    List<String> command =
        List.of(
            Programs.require("turnserver").toString(),
            "-n",
            "--lt-cred-mech",
            "--user=me:secret",
            "--realm=example.org",
            "--listening-ip=" + SERVER,
            "--relay-ip=" + SERVER,
            "--listening-port=3479",
            "--no-tls",
            "--no-dtls",
            "--no-cli",
            "--pidfile=" + folder.resolve("coturn.pid"),
            "--userdb=" + folder.resolve("coturn.db"),
            "--log-file=stdout",
            "--simple-log");
    servers.add(
        new ProcessBuilder(namespaces.exec(server, command))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("coturn.txt").toFile())
            .start());
  }

  static int port(String turn) {
    return turn.equals("klatsch") ? 3478 : 3479;
  }

  /// Connects two peers and waits for the path that is expected, or the best that comes.
  Outcome connect(String a, String b, List<String> urls, String expected) throws IOException {
    NamespacePeer offerer = peers.get(a);
    NamespacePeer answerer = peers.get(b);
    String offer = offerer.tell(withServers("offer", urls)).get("sdp").asString();
    ObjectNode answering = withServers("answer", urls).put("sdp", offer);
    String answer = answerer.tell(answering).get("sdp").asString();
    offerer.tell(NamespacePeer.step("accept").put("sdp", answer));
    long deadline = System.nanoTime() + BETTER.toNanos();
    Outcome outcome;
    do {
      JsonNode told = offerer.tell(NamespacePeer.step("await").put("millis", LIMIT.toMillis()));
      outcome =
          new Outcome(
              told.get("connected").asBoolean(),
              told.path("local").asString(""),
              told.path("remote").asString(""));
    } while (outcome.connected()
        && !outcome.path().equals(expected)
        && System.nanoTime() < deadline);
    offerer.tell(NamespacePeer.step("close"));
    answerer.tell(NamespacePeer.step("close"));
    return outcome;
  }

  private static ObjectNode withServers(String step, List<String> urls) {
    ObjectNode node = NamespacePeer.step(step);
    urls.forEach(node.putArray("servers")::add);
    return node;
  }

  @Override
  public void close() {
    peers.values().forEach(NamespacePeer::close);
    for (Process each : servers) {
      // `ip netns exec` becomes the command: no children are left behind.
      each.destroyForcibly();
      try {
        each.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    namespaces.close();
  }
}
