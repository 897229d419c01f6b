package org.klatsch.cli;

import org.jspecify.annotations.Nullable;
import org.klatsch.net.IpHandling;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import picocli.CommandLine.Option;

/// `--ip-mode` of the commands that meet peers.
final class AddressOption {
  @Option(
      names = "--ip-mode",
      paramLabel = "1|2|3|4",
      description = {
        "What others may learn of this machine's addresses (RFC 8828): 1 all of them; 2 that of the",
        "default route, under a random name until a microphone or camera is used; 3 only what STUN",
        "and TURN servers see; 4 nothing, as only TCP is used. Default: 2."
      })
  private @Nullable Integer mode;

  /// What makes connections; null for the defaults.
  @Nullable PeerConnectionFactory connections() throws CommandException {
    Integer wanted = mode;
    return wanted == null ? null : connections(options(wanted));
  }

  /// What makes connections so, on the sockets that all share.
  static PeerConnectionFactory connections(PeerConnectionOptions options) {
    return new PeerConnectionFactory(options, PeerConnectionFactory.shared().network());
  }

  /// @param mode a number of RFC 8828
  static PeerConnectionOptions options(int mode) throws CommandException {
    try {
      return PeerConnectionOptions.DEFAULT.withIpHandling(IpHandling.of(mode));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--ip-mode " + mode + ", expected 1, 2, 3 or 4");
    }
  }
}
