package org.klatsch.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.klatsch.interop.ForeignPeer;
import org.klatsch.interop.Programs;

/// A stack in the benchmark.
///
/// @param name as printed
/// @param version of the library
/// @param command the program behind the peers' command line
record Contender(String name, String version, List<String> command) {
  static final String COTURN = "coturn";

  /// This build, with the listeners on virtual threads.
  static Contender klatsch(String... options) {
    return klatsch(BenchPeer.class, options);
  }

  /// Another program of this build.
  static Contender klatsch(Class<?> program, String... options) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseParallelGC", "-Xmx512m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(options));
    return new Contender("Klatsch", "0.1.0", List.copyOf(command));
  }

  static Contender foreign(ForeignPeer.Stack stack) {
    return switch (stack) {
      case PION -> new Contender("Pion", "4.2.26", stack.command());
      case LIBWEBRTC -> new Contender("libwebrtc (@roamhq/wrtc)", "0.10.0", stack.command());
      case LIBDATACHANNEL ->
          new Contender("libdatachannel (node-datachannel)", "0.33.4", stack.command());
      case WERIFT -> new Contender("werift", "0.25.2", stack.command());
      case AIORTC -> new Contender("aiortc", "1.16.0", stack.command());
      case STR0M -> new Contender("str0m", "0.25.0", stack.command());
      case GSTREAMER -> new Contender("GStreamer", "1.22.0", stack.command());
    };
  }

  /// webrtc-rs, which `peers/build webrtc-rs` builds.
  static Contender webrtcRs() {
    return built("webrtc-rs", "0.21.1", "webrtc-rs/release/klatsch-bench-webrtc-rs", "webrtc-rs");
  }

  /// Who protects packets, which `peers/build srtp` builds.
  static List<Contender> srtp() {
    return List.of(
        klatsch(SrtpBench.class),
        built("webrtc-rs", "0.21.1", "srtp-rust/release/klatsch-bench-srtp", "srtp"),
        built("Pion", "srtp 3.1.3", "srtp-pion", "srtp"),
        built("libsrtp with OpenSSL", "2.7.0", "srtp-libsrtp", "srtp"));
  }

  /// Pion as a forwarder, and the load for one.
  static Contender pionForward() {
    return built("Pion", "4.2.26", "forward", "forward");
  }

  /// TURN servers: this one, coturn, and Pion's, which `peers/build relay` builds.
  static List<Contender> relays() {
    return List.of(
        klatsch(RelayBench.class),
        new Contender(COTURN, "4.6.1", List.of(Programs.require("turnserver").toString())),
        built("Pion", "turn 5.1.3", "relay", "relay"));
  }

  /// The load for a TURN server.
  static Contender relayLoad() {
    return built("load", "", "relay", "relay");
  }

  private static Contender built(String name, String version, String path, String step) {
    Path program = Programs.root().resolve("testing/interop/target/peers").resolve(path);
    if (!Files.exists(program)) {
      throw new Programs.MissingProgramException(
          program + " is missing; testing/interop/peers/build " + step + " builds it");
    }
    return new Contender(name, version, List.of(program.toString()));
  }

  Contender named(String newName) {
    return new Contender(newName, version, command);
  }
}
