package org.klatsch.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.NetworkDriver;
import org.klatsch.net.SharedPort;
import org.klatsch.net.SharedPortOptions;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.webrtc.PeerConnectionOptions;

/// What the soak tests and their second process have in common.
final class Soak {
  private static final String LOOPBACK = "127.0.0.1";

  private Soak() {}

  /// IPv4 loopback only: the same on every machine.
  static PeerConnectionOptions options() {
    return PeerConnectionOptions.DEFAULT.withInterfaces(
        InterfaceFilter.DEFAULT
            .withLoopback(true)
            .withAllowed(List.of(AddressPrefix.parse(LOOPBACK + "/32"))));
  }

  static SharedPort sharedPort(NetworkDriver network) throws IOException {
    return network.openSharedPort(
        List.of(TransportAddress.parse(LOOPBACK, 0)), 0, SharedPortOptions.DEFAULT);
  }

  /// Cores and sockets of the loops, and what the shared port holds.
  static String ports(NetworkDriver network, @Nullable SharedPort port) {
    long cores = network.loops().stream().mapToLong(loop -> loop.counters().cores()).sum();
    long sockets = network.loops().stream().mapToLong(loop -> loop.counters().ports()).sum();
    String text = "cores=" + cores + " sockets=" + sockets;
    return port == null
        ? text
        : text + " pairs=" + port.counters().pairs() + " fragments=" + port.counters().ufrags();
  }

  /// Waits until the loops drive nothing and have no sockets but those of the shared port.
  static void awaitEmpty(NetworkDriver network, @Nullable SharedPort port) {
    String empty =
        port == null
            ? "cores=0 sockets=0"
            : "cores=0 sockets=" + port.loops().size() + " pairs=0 fragments=0";
    await(() -> ports(network, port).equals(empty), () -> "left over: " + ports(network, port));
  }

  interface Description {
    String text();
  }

  /// Waits at most a minute for a condition.
  static void await(BooleanSupplier condition, Description otherwise) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(otherwise.text());
      }
      LockSupport.parkNanos(10_000_000);
    }
  }
}
