package org.klatsch.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Another WebRTC stack as a process, behind the command line of `peers/README.md`.
public final class ForeignPeer implements AutoCloseable {
  /// The stacks.
  public enum Stack {
    PION,
    LIBWEBRTC,
    LIBDATACHANNEL,
    WERIFT,
    AIORTC,
    STR0M,
    GSTREAMER;

    /// The program with its fixed arguments, built by `peers/build`.
    public List<String> command() {
      Path peers = Programs.root().resolve("testing/interop/peers");
      Path built = Programs.root().resolve("testing/interop/target/peers");
      return switch (this) {
        case PION -> List.of(existing(built.resolve("pion")));
        case STR0M -> List.of(existing(built.resolve("rust/release/klatsch-interop-str0m")));
        case AIORTC ->
            List.of(
                existing(built.resolve("venv/bin/python")),
                peers.resolve("aiortc/peer.py").toString());
        case GSTREAMER ->
            List.of(
                // The bindings are Debian's, so the interpreter is, too.
                existing(Path.of("/usr/bin/python3")),
                withGstreamer(peers.resolve("gstreamer/peer.py")));
        case LIBWEBRTC -> node(peers, "wrtc");
        case LIBDATACHANNEL -> node(peers, "libdatachannel");
        case WERIFT -> node(peers, "werift");
      };
    }

    private static String withGstreamer(Path script) {
      try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
        if (folders.noneMatch(
            each -> Files.exists(each.resolve("girepository-1.0/GstWebRTC-1.0.typelib")))) {
          throw new Programs.MissingProgramException(
              "GStreamer's webrtcbin is missing; .ci/run shows how it is installed");
        }
        return script.toString();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static List<String> node(Path peers, String stack) {
      existing(peers.resolve("node/node_modules/.package-lock.json"));
      return List.of(
          Programs.require("node").toString(),
          "--expose-gc",
          peers.resolve("node/peer.mjs").toString(),
          "--stack",
          stack);
    }

    private static String existing(Path program) {
      if (!Files.exists(program)) {
        throw new Programs.MissingProgramException(
            program + " is missing; testing/interop/peers/build builds it");
      }
      return program.toString();
    }
  }

  private final Process process;
  private final Path signal;
  private final Path log;

  private ForeignPeer(Process process, Path signal, Path log) {
    this.process = process;
    this.signal = signal;
    this.log = log;
  }

  /// Starts a stack as `offer` or `answer` with its signalling files in `signal`.
  public static ForeignPeer start(Stack stack, String role, Path signal, String... options)
      throws IOException {
    return start(stack.name(), stack.command(), role, signal, options);
  }

  /// Starts any program that follows the peers' command line.
  public static ForeignPeer start(
      String name, List<String> program, String role, Path signal, String... options)
      throws IOException {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("--role", role, "--signal", signal.toString()));
    command.addAll(Arrays.asList(options));
    Path log = signal.resolve(name + "-" + role + ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(signal.resolve(name + "-" + role + ".out").toFile())
            .redirectError(log.toFile())
            .start();
    return new ForeignPeer(process, signal.resolve(name + "-" + role + ".out"), log);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Waits for the end and returns the last line of its output.
  public JsonNode result(Duration limit) throws IOException {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("no result within " + limit.toSeconds() + " s" + logTail());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    List<String> lines = Files.readAllLines(signal);
    if (process.exitValue() != 0 || lines.isEmpty()) {
      throw new IOException("exit status " + process.exitValue() + logTail());
    }
    return JsonSocket.JSON.readTree(lines.getLast());
  }

  /// The end of what it wrote on standard error.
  public String logTail() throws IOException {
    String text = Files.readString(log);
    return "\n" + text.substring(Math.max(0, text.length() - 2_000));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /// Writes a description where a peer looks for it.
  public static void writeDescription(Path signal, String type, String sdp) throws IOException {
    ObjectNode description = JsonSocket.JSON.createObjectNode().put("type", type).put("sdp", sdp);
    Path part = signal.resolve(type + ".json.part");
    Files.writeString(part, description.toString());
    try {
      Files.move(part, signal.resolve(type + ".json"), StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, signal.resolve(type + ".json"));
    }
  }

  /// Waits for the description that a peer writes and returns its SDP.
  public String awaitDescription(Path folder, String type, Duration limit) throws IOException {
    Path file = folder.resolve(type + ".json");
    long deadline = System.nanoTime() + limit.toNanos();
    while (!Files.exists(file)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("no " + type + " from the peer" + logTail());
      }
      try {
        // Waiting for the peer's end is the pause between two looks.
        process.waitFor(5, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return JsonSocket.JSON.readTree(Files.readString(file)).get("sdp").asString();
  }
}
