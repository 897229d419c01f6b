package org.klatsch.interop;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// A telephone: baresip, which plays a tone and answers calls.
final class Baresip implements AutoCloseable {
  private static final Path MODULES = Path.of("/usr/lib/baresip/modules");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path log;
  private final Process process;
  private final int port;

  /// Starts it.
  ///
  /// @param hz the tone that it plays
  /// @param account parameters such as `;mediaenc=srtp-mand`
  Baresip(Path folder, int hz, String account) throws IOException {
    this(folder, hz, account, List.of());
  }

  /// Starts it and has it call.
  ///
  /// @param proxy URI of where its requests go
  static Baresip calling(Path folder, int hz, String proxy, String target) throws IOException {
    return new Baresip(folder, hz, ";outbound=\"" + proxy + "\"", List.of("-e", "/dial " + target));
  }

  private Baresip(Path folder, int hz, String account, List<String> commands) throws IOException {
    Files.createDirectories(folder);
    this.log = folder.resolve("log");
    this.port = freeUdp();
    Files.writeString(
        folder.resolve("config"),
        """
        poll_method epoll
        sip_listen 127.0.0.1:%d
        audio_player aubridge,heard
        audio_source ausine,%d
        audio_alert aubridge,alert
        ausrc_srate 48000
        ausrc_channels 2
        auplay_srate 8000
        auplay_channels 1
        module_path %s
        module g711.so
        module ausine.so
        module aubridge.so
        module srtp.so
        module_tmp account.so
        module_app menu.so
        """
            .formatted(port, hz, MODULES));
    Files.writeString(
        folder.resolve("accounts"),
        "<sip:9123@127.0.0.1:%d>;regint=0;answermode=auto%s\n".formatted(port, account));
    Files.writeString(folder.resolve("contacts"), "");
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Programs.require("baresip").toString(), "-f", folder.toString(), "-v"));
    command.addAll(commands);
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    await("baresip is ready");
  }

  private static int freeUdp() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Where it listens.
  int port() {
    return port;
  }

  /// Waits for a piece of text in its log.
  void await(String text) throws IOException {
    waitUntil("no \"" + text + "\"", () -> text().contains(text));
  }

  /// Waits until a piece of text has come for the second time.
  void awaitTwice(String text) throws IOException {
    waitUntil("no second \"" + text + "\"", () -> text().indexOf(text) != text().lastIndexOf(text));
  }

  private String text() {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private void waitUntil(String otherwise, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        List<String> lines = text().lines().toList();
        throw new AssertionError(
            otherwise
                + " within "
                + LIMIT
                + ": "
                + lines.subList(Math.max(0, lines.size() - 30), lines.size()));
      }
      try {
        process.waitFor(20, java.util.concurrent.TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, java.util.concurrent.TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
