package org.klatsch.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.ProtocolVersion;
import org.klatsch.peer.ExtensionUse;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCIceServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `klatsch peer`: a bare peer for interoperability, NAT and speed tests.
@Command(
    name = "peer",
    description = {
      "A bare peer for tests: descriptions travel as offer.json and answer.json in a folder.",
      "The offerer opens the data channel bulk and sends messages of 64 KiB; both end when done."
    })
final class PeerCommand implements Callable<Integer> {
  /// Sent when neither `--bytes` nor `--seconds` is given.
  private static final long DEFAULT_BYTES = 1_000_000;

  /// How long a call lasts without `--seconds`.
  private static final int CALL_SECONDS = 10;

  private final Terminal terminal;

  @Mixin
  @SuppressWarnings("unused") // the last line is JSON with and without --json
  private CommonOptions common = new CommonOptions();

  @Option(
      names = "--role",
      required = true,
      paramLabel = "offer|answer",
      description = "Which side.")
  private String role = "";

  @Option(
      names = "--signal",
      required = true,
      paramLabel = "DIR",
      description = "The folder of offer.json and answer.json.")
  private Path signal = Path.of("");

  @Option(
      names = "--ice-server",
      paramLabel = "URL[,USER,PASSWORD]",
      description = "A STUN or TURN server. May be given several times.")
  private List<String> iceServers = new ArrayList<>();

  @Option(
      names = "--bytes",
      paramLabel = "N",
      description = "What the offerer sends. Default: 1000000.")
  private @Nullable Long bytes;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Send for so long in place of --bytes. Default with --codec: 10.")
  private @Nullable Integer seconds;

  @Option(
      names = "--timeout",
      paramLabel = "N",
      defaultValue = "30",
      description = "Seconds until there must be a connection. Default: ${DEFAULT-VALUE}.")
  private int timeout;

  @Option(
      names = "--expect-fail",
      description = "Exit 0 only if there is no connection after --timeout.")
  private boolean expectFail;

  @Option(
      names = "--policy",
      defaultValue = "all",
      paramLabel = "all|relay",
      description = "relay: use TURN servers only. Default: ${DEFAULT-VALUE}.")
  private String policy = "";

  @Option(
      names = "--codec",
      paramLabel = "CODEC",
      description =
          "Call with this codec alone, both ways, and send no --bytes unless told to: vp8, vp9,"
              + " av1, h264, opus, g722, pcmu, pcma.")
  private @Nullable String codec;

  @Option(
      names = "--dtls",
      paramLabel = "1.2|1.3",
      description = "Speak this version of DTLS alone. Default: 1.3, or 1.2 with older peers.")
  private @Nullable String dtls;

  @Option(
      names = "--snap",
      paramLabel = "on|off",
      description =
          "Tell SCTP's INIT chunk in descriptions. Default: only in answers to offers with one.")
  private @Nullable String snap;

  @Option(
      names = "--sped",
      paramLabel = "on|off",
      description =
          "Carry the DTLS handshake in connectivity checks. Default: only with peers that offer it.")
  private @Nullable String sped;

  @Option(
      names = "--ip-mode",
      defaultValue = "1",
      paramLabel = "1|2|3|4",
      description = {
        "What others may learn of this machine's addresses (RFC 8828): 1 all of them; 2 that of the",
        "default route, under a random name; 3 only what STUN and TURN servers see; 4 nothing, as",
        "only TCP is used. Default: ${DEFAULT-VALUE}."
      })
  private int ipMode;

  PeerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    boolean offerer =
        switch (role) {
          case "offer" -> true;
          case "answer" -> false;
          default -> throw CommandException.usage("--role " + role + ", expected offer or answer");
        };
    var _ = common.tls();
    if (!policy.equals("all") && !policy.equals("relay")) {
      throw CommandException.usage("--policy " + policy + ", expected all or relay");
    }
    if (timeout < 1
        || seconds != null && seconds < 1
        || bytes != null && bytes < 0
        || bytes != null && seconds != null && codec == null) {
      throw CommandException.usage(
          "--timeout and --seconds are at least 1, --bytes at least 0, and only one of --bytes and --seconds is given without --codec");
    }
    PeerCodec called = codec == null ? null : PeerCodec.of(codec);
    Integer length = seconds == null && called != null ? Integer.valueOf(CALL_SECONDS) : seconds;
    BarePeer.Plan plan =
        new BarePeer.Plan(
            signal,
            servers(),
            policy.equals("relay"),
            bytes != null ? bytes : called != null ? 0 : defaultBytes(length),
            length == null ? Long.MAX_VALUE : length * 1_000_000_000L,
            timeout * 1_000_000_000L,
            expectFail,
            called);
    PeerConnectionOptions options =
        AddressOption.options(ipMode)
            .withDtlsVersions(dtlsVersions())
            .withSctpInit(use("--snap", snap))
            .withDtlsInStun(use("--sped", sped));
    try (BarePeer peer = new BarePeer(plan, AddressOption.connections(options))) {
      return peer.run(offerer, terminal) ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private List<ProtocolVersion> dtlsVersions() throws CommandException {
    String only = dtls;
    if (only == null) {
      return PeerConnectionOptions.DEFAULT.dtlsVersions();
    }
    return switch (only) {
      case "1.2" -> List.of(ProtocolVersion.DTLS_1_2);
      case "1.3" -> List.of(ProtocolVersion.DTLS_1_3);
      default -> throw CommandException.usage("--dtls " + only + ", expected 1.2 or 1.3");
    };
  }

  /// What a switch means: without it the extension is used with peers that offer it.
  private static ExtensionUse use(String option, @Nullable String value) throws CommandException {
    if (value == null) {
      return ExtensionUse.ANSWER;
    }
    return switch (value) {
      case "on" -> ExtensionUse.OFFER;
      case "off" -> ExtensionUse.OFF;
      default -> throw CommandException.usage(option + " " + value + ", expected on or off");
    };
  }

  private static long defaultBytes(@Nullable Integer length) {
    return length == null ? DEFAULT_BYTES : Long.MAX_VALUE;
  }

  private List<RTCIceServer> servers() throws CommandException {
    List<RTCIceServer> servers = new ArrayList<>();
    for (String entry : iceServers) {
      String[] parts = entry.split(",", 3);
      boolean stream = parts[0].startsWith("turns") || parts[0].endsWith("transport=tcp");
      refuseLater(stream, "--ice-server " + parts[0], "TURN over TCP and TLS");
      boolean turn = parts[0].startsWith("turn:");
      if (!turn && !parts[0].startsWith("stun:") || parts.length != (turn ? 3 : 1)) {
        throw CommandException.usage(
            "--ice-server "
                + parts[0]
                + ", expected stun:HOST[:PORT] or turn:HOST[:PORT],USER,PASSWORD");
      }
      servers.add(
          turn ? new RTCIceServer(parts[0], parts[1], parts[2]) : new RTCIceServer(parts[0]));
    }
    return servers;
  }

  private static void refuseLater(boolean wanted, String option, String what)
      throws CommandException {
    if (wanted) {
      throw CommandException.usage(
          option + " needs " + what + ", which this version does not have");
    }
  }
}
