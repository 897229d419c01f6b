package org.klatsch.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The `klatsch` command as a process of its own, with `--json`.
public final class CommandProcess implements AutoCloseable {
  private final Process process;
  private final Path log;
  private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();

  private CommandProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// Starts a command.
  ///
  /// @param folder for its log
  /// @param arguments the command's name first
  public static CommandProcess start(Path folder, String server, List<String> arguments)
      throws IOException {
    Path root = Programs.root();
    Path jar = root.resolve("apps/cli/target/klatsch.jar");
    if (!Files.exists(jar)) {
      throw new Programs.MissingProgramException(jar + " is missing; ./mvnw package builds it");
    }
    List<String> command = new ArrayList<>();
    command.add(root.resolve("klatsch").toString());
    command.add(arguments.getFirst());
    command.addAll(List.of("--json", "--server", server));
    command.addAll(arguments.subList(1, arguments.size()));
    Path log = Files.createTempFile(folder, "klatsch-" + arguments.getFirst() + "-", ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    // The launcher only picks a JDK and memory options and becomes the JVM.
    builder.environment().put("KLATSCH_BUILD", "off");
    CommandProcess started = new CommandProcess(builder.start(), log);
    Thread.ofVirtual().start(started::read);
    return started;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        events.add(JsonSocket.JSON.readTree(line));
      }
    } catch (IOException e) {
      // The process was ended.
    }
  }

  /// Waits for the next event of that name and skips those before it.
  public JsonNode await(String event, Duration limit) throws IOException, InterruptedException {
    return await(event, limit, () -> {});
  }

  /// Waits for the next event of that name.
  ///
  /// @param meanwhile runs at every other event before it
  public JsonNode await(String event, Duration limit, Runnable meanwhile)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      JsonNode next = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw new IOException(
            "no event " + event + " within " + limit + ":\n" + Files.readString(log));
      }
      String name = next.path("event").asString("");
      if (name.equals(event)) {
        return next;
      }
      if (name.equals("error")) {
        throw new IOException("instead of " + event + ": " + next);
      }
      meanwhile.run();
    }
  }

  /// Writes a line to its standard input.
  public void line(String text) {
    PrintStream input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    input.println(text);
  }

  /// Ends its standard input.
  public void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /// Waits for its end and returns the exit code.
  public int exitCode(Duration limit) throws IOException, InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("still running after " + limit + ":\n" + Files.readString(log));
    }
    return process.exitValue();
  }

  /// Resident memory in bytes: now, and at its highest so far. `VmRSS` and `VmHWM` of Linux.
  public record Memory(long now, long highest) {}

  /// Its memory, or null where it has ended or the system is not Linux.
  public @Nullable Memory memory() {
    try {
      long now = 0;
      long highest = 0;
      for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          now = Long.parseLong(line.replaceAll("\\D", "")) * 1_024;
        } else if (line.startsWith("VmHWM:")) {
          highest = Long.parseLong(line.replaceAll("\\D", "")) * 1_024;
        }
      }
      return now == 0 ? null : new Memory(now, highest);
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
