package org.klatsch.interop;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Network namespaces of a test: machines with interfaces of their own, joined by cables, that no
/// packet of this machine reaches. Needs Linux, the right to make them, `ip` and `nft`.
final class Namespaces implements AutoCloseable {
  private static final long COMMAND_SECONDS = 20;

  /// Tells the namespaces of tests that run at once apart.
  private final String prefix = "k" + ProcessHandle.current().pid() % 100_000;

  private final List<String> names = new ArrayList<>();
  private int cables;

  /// Checks that namespaces can be made here.
  ///
  /// @throws Programs.MissingProgramException when not
  public static void require() {
    Programs.require("ip");
    Programs.require("nft");
    String probe = "kprobe" + ProcessHandle.current().pid();
    try {
      command(List.of("ip", "netns", "add", probe), null);
      command(List.of("ip", "netns", "del", probe), null);
    } catch (IOException e) {
      throw new Programs.MissingProgramException(
          "network namespaces cannot be made here: " + e.getMessage());
    }
  }

  /// Makes a machine whose loopback interface is up.
  ///
  /// @return its name for the other methods
  public String add(String name) throws IOException {
    String namespace = prefix + name;
    command(List.of("ip", "netns", "add", namespace), null);
    names.add(namespace);
    ip(namespace, "link", "set", "lo", "up");
    // No duplicate address detection: addresses are to be used at once.
    in(namespace, "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0");
    return namespace;
  }

  /// Joins two machines by a cable, whose ends are up and have no addresses.
  public void connect(String one, String interfaceOfOne, String other, String interfaceOfOther)
      throws IOException {
    String end = "kc" + ProcessHandle.current().pid() % 10_000 + "-" + cables++;
    ip(one, "link", "add", interfaceOfOne, "type", "veth", "peer", "name", end, "netns", other);
    ip(other, "link", "set", end, "name", interfaceOfOther);
    ip(one, "link", "set", interfaceOfOne, "up");
    ip(other, "link", "set", interfaceOfOther, "up");
  }

  /// Runs `ip` inside a namespace.
  public void ip(String namespace, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
    command.addAll(List.of(arguments));
    command(command, null);
  }

  /// Runs a command inside a namespace and waits for it.
  public String in(String namespace, String... arguments) throws IOException {
    return command(exec(namespace, List.of(arguments)), null);
  }

  /// Replaces the packet filter of a namespace.
  public void filter(String namespace, String rules) throws IOException {
    command(exec(namespace, List.of("nft", "-f", "-")), "flush ruleset\n" + rules);
  }

  /// The command line that runs another one inside a namespace.
  public List<String> exec(String namespace, List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(command);
    return all;
  }

  private static String command(List<String> command, @Nullable String input) throws IOException {
    Path output = Files.createTempFile("klatsch-ns", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try (OutputStream in = process.getOutputStream()) {
        if (input != null) {
          in.write(input.getBytes(StandardCharsets.UTF_8));
        }
      }
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " does not end");
      }
      String text = Files.readString(output);
      if (process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + text.strip());
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /// Removes the namespaces with all that is in them; processes inside are to be ended before.
  @Override
  public void close() {
    for (String name : names) {
      try {
        command(List.of("ip", "netns", "del", name), null);
      } catch (IOException e) {
        System.err.println(e.getMessage());
      }
    }
    names.clear();
  }
}
