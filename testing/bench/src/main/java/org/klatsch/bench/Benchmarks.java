package org.klatsch.bench;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.klatsch.interop.ForeignPeer;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.UdpRelay;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Measures Klatsch and other stacks in turn, A B C A B C …, as whole processes that talk to
/// themselves, and adds what it found to `docs/benchmarks.json`. The machine's speed drifts, so
/// only ratios within one run mean anything.
///
/// ```
/// ./mvnw -Plong verify -pl testing/bench -am -Dtest=BenchmarksTest -Dsurefire.failIfNoSpecifiedTests=false
/// ```
public final class Benchmarks {
  private static final Pattern CANDIDATE =
      Pattern.compile(
          "a=candidate:\\S+ 1 (?i:udp) \\d+ (\\d+\\.\\d+\\.\\d+\\.\\d+) (\\d+) typ host[^\r\n]*");

  /// Also IPv6, TCP and `.local` ones: any of them would lead around the link.
  private static final Pattern ANY_CANDIDATE = Pattern.compile("a=candidate:[^\r\n]*");

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final List<Contender> contenders;
  private final int rounds;
  private final String command;
  private final Path folder;
  private final Map<String, Map<Contender, List<Double>>> values = new LinkedHashMap<>();
  private final Map<String, String> units = new LinkedHashMap<>();

  /// @param rounds how often every figure is measured; the median counts
  /// @param command what the reader types to reproduce the run
  Benchmarks(List<Contender> contenders, int rounds, String command) throws IOException {
    this.contenders = contenders;
    this.rounds = rounds;
    this.command = command;
    this.folder = Files.createTempDirectory("klatsch-bench-");
  }

  private void add(String measure, String unit, Contender contender, double value) {
    units.put(measure, unit);
    values
        .computeIfAbsent(measure, m -> new LinkedHashMap<>())
        .computeIfAbsent(contender, c -> new ArrayList<>())
        .add(value);
    System.out.printf(
        Locale.ROOT, "%-34s %-36s %12.3f %s%n", contender.name(), measure, value, unit);
  }

  private Path fresh() throws IOException {
    return Files.createTempDirectory(folder, "run");
  }

  private interface Measure {
    void run(Contender contender) throws IOException;
  }

  private void inTurn(String what, Measure measure) {
    Set<Contender> failed = new HashSet<>();
    for (int round = 0; round < rounds; round++) {
      for (Contender contender : contenders) {
        // Who failed once is left out of the later rounds, which would only wait for it again.
        if (failed.contains(contender)) {
          continue;
        }
        try {
          measure.run(contender);
        } catch (IOException e) {
          System.out.println(contender.name() + " failed at " + what + ": " + e.getMessage());
          failed.add(contender);
        }
      }
    }
  }

  /// Packets of 1,100 bytes protected and unprotected per second of one thread.
  void srtp(int seconds) {
    for (String suite : List.of("cm", "gcm")) {
      String measure = "SRTP " + (suite.equals("cm") ? "AES-CM and HMAC-SHA1-80" : "AES-128-GCM");
      inTurn(
          measure,
          contender -> {
            JsonNode result = run(contender, suite, "1100", "" + seconds);
            add(measure, "k/s", contender, result.get("packetsPerSecond").asDouble() * 1e-3);
          });
    }
  }

  /// CPU time for each packet that leaves, of one video of 1 Mbit/s forwarded to many.
  void forwarding(int subscribers, int warmSeconds, int seconds) {
    String measure = "forwarding to " + subscribers + ", CPU per packet";
    inTurn(
        measure,
        contender -> {
          Path signal = fresh();
          String[] common = {"--signal", signal.toString(), "--subscribers", "" + subscribers};
          Process forwarder =
              new ProcessBuilder(with(contender, common))
                  .redirectErrorStream(true)
                  .redirectOutput(signal.resolve("forward.log").toFile())
                  .start();
          try {
            JsonNode result =
                run(
                    Contender.pionForward(),
                    "--mode",
                    "load",
                    "--signal",
                    signal.toString(),
                    "--subscribers",
                    "" + subscribers,
                    "--warm",
                    "" + warmSeconds,
                    "--seconds",
                    "" + seconds,
                    "--pid",
                    "" + forwarder.pid());
            add(measure, "µs", contender, result.get("microsPerPacket").asDouble());
            add(
                "forwarding to " + subscribers + ", share that arrives",
                "",
                contender,
                result.get("share").asDouble());
          } finally {
            forwarder.destroyForcibly();
          }
        });
  }

  /// What frames of Opus cost, apart from all else that a call needs.
  void opus(int rateHz, int bitrate, int complexity, int seconds) {
    String what = "Opus, %d kHz, complexity %d".formatted(rateHz / 1_000, complexity);
    inTurn(
        what,
        contender -> {
          JsonNode result =
              run(contender, "" + rateHz, "" + bitrate, "" + complexity, "" + seconds);
          add(what + ", encode", "µs/frame", contender, result.get("encodeMicros").asDouble());
          add(what + ", decode", "µs/frame", contender, result.get("decodeMicros").asDouble());
        });
  }

  /// Packets that a TURN server relays on channels, there and back, and what a second of CPU time
  /// is worth.
  void relaying(int clients, int size, int window, int warmSeconds, int seconds) {
    String measure = "relay, " + clients + " clients, " + size + " B";
    inTurn(
        measure,
        contender -> {
          int port = freePort();
          Path place = fresh();
          Process server =
              new ProcessBuilder(relayCommand(contender, port, place))
                  .redirectErrorStream(true)
                  .redirectOutput(place.resolve("relay.log").toFile())
                  .start();
          try {
            JsonNode result =
                run(
                    Contender.relayLoad(),
                    "--mode",
                    "load",
                    "--server",
                    "127.0.0.1:" + port,
                    "--clients",
                    "" + clients,
                    "--size",
                    "" + size,
                    "--window",
                    "" + window,
                    "--warm",
                    "" + warmSeconds,
                    "--seconds",
                    "" + seconds,
                    "--pid",
                    "" + server.pid());
            add(measure, "Mbit/s", contender, result.get("mbps").asDouble());
            add(
                measure + ", packets per CPU second",
                "k",
                contender,
                result.get("packetsPerCpuSecond").asDouble() * 1e-3);
          } finally {
            server.destroyForcibly();
          }
        });
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static List<String> relayCommand(Contender contender, int port, Path place) {
    if (!contender.name().equals(Contender.COTURN)) {
      return with(
          contender,
          "--mode",
          "server",
          "--server",
          "127.0.0.1:" + port,
          "--user",
          "me",
          "--password",
          "secret");
    }
    return with(
        contender,
        "-n",
        "--lt-cred-mech",
        "--user=me:secret",
        "--realm=klatsch",
        "--listening-ip=127.0.0.1",
        "--relay-ip=127.0.0.1",
        "--listening-port=" + port,
        "--allow-loopback-peers",
        "--no-tls",
        "--no-dtls",
        "--no-cli",
        "--cli-password=unused",
        "--pidfile=" + place.resolve("coturn.pid"),
        "--userdb=" + place.resolve("coturn.db"),
        "--log-file=stdout",
        "--simple-log");
  }

  /// Two-way calls of bots that one core bears.
  void botCalls(String codec, int pairs, int seconds, String... options) {
    inTurn(
        codec,
        contender -> {
          List<String> arguments = new ArrayList<>(List.of(codec, "" + pairs, "" + seconds));
          arguments.addAll(List.of(options));
          JsonNode result = run(contender, arguments.toArray(String[]::new));
          add("bot calls per core, " + codec, "", contender, result.get("callsPerCore").asDouble());
          add(
              "bot calls, " + codec + ", concealed",
              "%",
              contender,
              result.get("concealedPercent").asDouble());
        });
  }

  private static List<String> with(Contender contender, String... arguments) {
    List<String> command = new ArrayList<>(contender.command());
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /// Runs a program to its end and reads the last line that it prints.
  private JsonNode run(Contender contender, String... arguments) throws IOException {
    Path output = fresh().resolve("out");
    Process process =
        new ProcessBuilder(with(contender, arguments))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        throw new IOException("no result after 5 minutes");
      }
      List<String> lines = Files.readAllLines(output);
      if (process.exitValue() != 0 || lines.isEmpty()) {
        throw new IOException("exit status " + process.exitValue() + ": " + lines);
      }
      return JSON.readTree(lines.getLast());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /// Data channel throughput and CPU time.
  void throughput(int size, int seconds) {
    String name = size >= 1024 && size % 1024 == 0 ? size / 1024 + " KiB" : size + " B";
    inTurn(
        name,
        contender -> {
          Path signal = fresh();
          String[] common = {"--size", "" + size, "--seconds", "" + seconds, "--loopback"};
          try (ForeignPeer sink = start(contender, "answer", signal, "sink", common);
              ForeignPeer source = start(contender, "offer", signal, "source", common)) {
            JsonNode sent = source.result(Duration.ofSeconds(seconds + 60));
            JsonNode received = sink.result(Duration.ofSeconds(30));
            double gigabytes = received.get("bytes").asDouble() * 1e-9;
            double cpu = sent.get("cpuSeconds").asDouble() + received.get("cpuSeconds").asDouble();
            add("throughput " + name, "Mbit/s", contender, received.get("mbps").asDouble());
            add("CPU " + name, "s/GB", contender, cpu / gigabytes);
          }
        });
  }

  /// Round trips of one small message at a time.
  void roundTrip(int count) {
    inTurn(
        "round trip",
        contender -> {
          Path signal = fresh();
          String[] common = {"--size", "100", "--count", "" + count, "--loopback"};
          try (ForeignPeer _ = start(contender, "answer", signal, "echo", common);
              ForeignPeer ping = start(contender, "offer", signal, "ping", common)) {
            JsonNode result = ping.result(Duration.ofMinutes(2));
            add("round trip p50", "µs", contender, result.get("p50Us").asDouble());
            add("round trip p99", "µs", contender, result.get("p99Us").asDouble());
          }
        });
  }

  /// Set-up of pairs within one process.
  void setUp(int count) {
    inTurn(
        "set-up",
        contender -> {
          Path signal = fresh();
          try (ForeignPeer peer =
              start(contender, "offer", signal, "pairs", "--count", "" + count, "--loopback")) {
            JsonNode result = peer.result(Duration.ofMinutes(4));
            add("set-up p50", "ms", contender, result.get("p50Us").asDouble() / 1e3);
            add("set-up CPU per pair", "ms", contender, result.get("cpuMsPerPair").asDouble());
          }
        });
  }

  /// Memory of idle connections.
  void idle(int count) {
    inTurn(
        "idle",
        contender -> {
          Path signal = fresh();
          try (ForeignPeer peer =
              start(contender, "offer", signal, "idle", "--count", "" + count, "--loopback")) {
            JsonNode result = peer.result(Duration.ofMinutes(4));
            add(
                "idle connection, RSS growth",
                "KiB",
                contender,
                result.get("kbPerConnection").asDouble());
            if (result.has("heapAndDirectKbPerConnection")) {
              add(
                  "idle connection, heap and direct",
                  "KiB",
                  contender,
                  result.get("heapAndDirectKbPerConnection").asDouble());
            }
          }
        });
  }

  /// Goodput over a bottleneck of 100 Mbit/s with a queue of one bandwidth-delay product, from
  /// second 5 to the end.
  void longPath(int roundTripMillis, double lossPercent, int seconds) {
    long rate = 100_000_000;
    int queue = (int) Math.max(rate / 8 * roundTripMillis / 1000, 64 * 1024);
    LinkOptions link =
        LinkOptions.PERFECT
            .rate(rate)
            .delay(Duration.ofMillis(roundTripMillis).dividedBy(2))
            .queueBytes(queue)
            .loss(lossPercent / 100);
    String measure =
        String.format(
            Locale.ROOT, "100 Mbit/s, RTT %d ms, loss %s %%", roundTripMillis, lossPercent);
    inTurn(
        measure,
        contender -> {
          Path near = fresh();
          Path far = fresh();
          String[] common = {"--size", "65536", "--seconds", "" + seconds, "--loopback"};
          try (ForeignPeer sink = start(contender, "answer", far, "sink", common);
              ForeignPeer source = start(contender, "offer", near, "source", common)) {
            String offer = source.awaitDescription(near, "offer", Duration.ofSeconds(30));
            // The far side learns the near one only by the checks that come through the link.
            ForeignPeer.writeDescription(
                far, "offer", ANY_CANDIDATE.matcher(offer).replaceAll("a=x-none"));
            String answer = sink.awaitDescription(far, "answer", Duration.ofSeconds(30));
            Matcher candidate = CANDIDATE.matcher(answer);
            if (!candidate.find()) {
              throw new IOException("no IPv4 candidate in " + answer);
            }
            InetSocketAddress target =
                new InetSocketAddress(
                    InetAddress.getByName(candidate.group(1)),
                    Integer.parseInt(candidate.group(2)));
            try (UdpRelay relay = UdpRelay.open(target, link, link, 1)) {
              String through =
                  candidate
                      .group()
                      .replace(
                          " " + candidate.group(1) + " " + candidate.group(2) + " ",
                          " " + target.getHostString() + " " + relay.address().getPort() + " ");
              ForeignPeer.writeDescription(
                  near,
                  "answer",
                  ANY_CANDIDATE
                      .matcher(answer)
                      .replaceAll(m ->
                          Matcher.quoteReplacement(
                              m.group().equals(candidate.group()) ? through : "a=x-none")));
              source.result(Duration.ofSeconds(seconds + 90));
              JsonNode received = sink.result(Duration.ofSeconds(30));
              List<Double> perSecond = new ArrayList<>();
              received.path("perSecond").forEach(v -> perSecond.add(v.asDouble()));
              double goodput =
                  perSecond.stream()
                      .skip(5)
                      .limit(seconds - 5L)
                      .mapToDouble(Double::doubleValue)
                      .average()
                      .orElse(0);
              if (goodput * 1e6 > rate) {
                throw new IOException(goodput + " Mbit/s: the data went around the link");
              }
              add(measure, "Mbit/s", contender, goodput);
            }
          }
        });
  }

  private ForeignPeer start(
      Contender contender, String role, Path signal, String mode, String... options)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("--mode", mode));
    all.addAll(Arrays.asList(options));
    return ForeignPeer.start(
        contender.name().replaceAll("\\W", ""),
        contender.command(),
        role,
        signal,
        all.toArray(String[]::new));
  }

  /// What was measured, the median of the rounds.
  List<Measurement> measurements() {
    String date = LocalDate.now(ZoneOffset.UTC).toString();
    List<Measurement> list = new ArrayList<>();
    values.forEach((measure, byContender) ->
        byContender.forEach((contender, all) -> {
          double[] sorted = all.stream().mapToDouble(v -> v).sorted().toArray();
          double median = sorted[sorted.length / 2];
          list.add(
              new Measurement(
                  contender.name(),
                  contender.version(),
                  measure,
                  Math.round(median * 1000) / 1000.0,
                  units.getOrDefault(measure, ""),
                  command,
                  date));
        }));
    return list;
  }

  /// Merges measurements into the file: what the same peer and measure had before is replaced.
  static void record(Path file, List<Measurement> measured) throws IOException {
    List<Measurement> all = new ArrayList<>();
    if (Files.exists(file)) {
      all.addAll(List.of(JSON.readValue(Files.readString(file), Measurement[].class)));
    }
    for (Measurement m : measured) {
      all.removeIf(o -> o.peer().equals(m.peer()) && o.measure().equals(m.measure()));
      all.add(m);
    }
    Files.writeString(file, JSON.writeValueAsString(all) + "\n");
  }

  /// The measurements as a Markdown table, a row per measure and a column per peer.
  static String table(List<Measurement> measured) {
    List<String> peers = measured.stream().map(Measurement::peer).distinct().toList();
    StringBuilder text = new StringBuilder("| measure | unit |");
    peers.forEach(p -> text.append(' ').append(p).append(" |"));
    text.append("\n|---|---|").append("--:|".repeat(peers.size())).append('\n');
    for (String measure : measured.stream().map(Measurement::measure).distinct().toList()) {
      List<Measurement> row = measured.stream().filter(m -> m.measure().equals(measure)).toList();
      text.append("| ").append(measure).append(" | ").append(row.getFirst().unit()).append(" |");
      for (String peer : peers) {
        text.append(' ')
            .append(
                row.stream()
                    .filter(m -> m.peer().equals(peer))
                    .findFirst()
                    .map(m ->
                        String.format(Locale.ROOT, m.value() < 10 ? "%.2f" : "%.0f", m.value()))
                    .orElse("–"))
            .append(" |");
      }
      text.append('\n');
    }
    return text.toString();
  }
}
