package org.klatsch.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.LoopOptions;
import org.klatsch.net.NetworkDriver;
import org.klatsch.net.SharedPort;
import org.klatsch.webrtc.PeerConnectionFactory;

/// The opposite end of many connections as a process of its own: signalling comes by standard input
/// and goes by standard output. `state` asks for its figures, `close` closes its connections.
final class SoakPeer implements AutoCloseable {
  private final Process process;
  private final PrintStream commands;
  private final BlockingQueue<String> states = new LinkedBlockingQueue<>();

  /// Starts the process.
  ///
  /// @param onePort whether all its connections share a port
  /// @param signal takes its lines of signalling
  SoakPeer(boolean onePort, Consumer<String> signal) throws IOException {
    process =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElse("java"),
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    SoakPeer.class.getName(),
                    Boolean.toString(onePort)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread.ofVirtual().name("soak-peer").start(() -> read(signal));
  }

  private void read(Consumer<String> signal) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("state ")) {
          states.add(line.substring(6));
        } else {
          signal.accept(line);
        }
      }
    } catch (IOException e) {
      states.add("ended: " + e);
    }
  }

  /// Gives the process a line.
  void tell(String line) {
    synchronized (commands) {
      commands.println(line);
    }
  }

  /// What the process says of itself.
  String state() throws InterruptedException {
    tell("state");
    return answer();
  }

  /// Has it close its connections; what it says of itself once nothing is left.
  String closeConnections() throws InterruptedException {
    tell("close");
    return answer();
  }

  private String answer() throws InterruptedException {
    @Nullable String state = states.poll(60, TimeUnit.SECONDS);
    if (state == null) {
      throw new IllegalStateException("no state of the other process after 60 s");
    }
    return state;
  }

  /// Ends it without a word to its peers.
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
  }

  /// The program.
  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT);
        @Nullable SharedPort port =
            Boolean.parseBoolean(arguments[0]) ? Soak.sharedPort(network) : null;
        PeerConnectionFactory factory =
            new PeerConnectionFactory(Soak.options().withSharedPort(port), network)) {
      ManyConnections connections =
          new ManyConnections(
              factory,
              line -> {
                synchronized (out) {
                  out.println(line);
                }
              });
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        switch (line) {
          case "state" -> {}
          case "close" -> {
            connections.close();
            Soak.awaitEmpty(network, port);
          }
          default -> {
            connections.handle(line);
            continue;
          }
        }
        String state =
            "connected=%d %s %s"
                .formatted(connections.connected(), Soak.ports(network, port), Resources.now());
        synchronized (out) {
          out.println("state " + state);
        }
      }
    } catch (UncheckedIOException e) {
      System.err.println(e);
      System.exit(1);
    }
  }
}
