package org.klatsch.ice;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunCredential;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.Simulation;
import org.klatsch.turn.server.PeerPolicy;
import org.klatsch.turn.server.RelayPorts;
import org.klatsch.turn.server.TurnServer;
import org.klatsch.turn.server.TurnServerOptions;
import org.klatsch.turn.server.TurnUsers;

/// A TURN server on a simulated host, port 3478, user `me` with password `secret`.
final class SimulatedRelay {
  static final int PORT = 3478;

  final Set<TransportAddress> open = new HashSet<>();
  final TurnServer core;
  final Host host;

  SimulatedRelay(Simulation simulation, Host host) {
    this.host = host;
    RelayPorts ports =
        new RelayPorts() {
          @Override
          public boolean open(TransportAddress address) {
            return host.addresses().contains(address.withPort(0)) && open.add(address);
          }

          @Override
          public void close(TransportAddress address) {
            open.remove(address);
          }
        };
    TurnServerOptions options = TurnServerOptions.DEFAULT;
    core =
        new TurnServer(
            options,
            new TurnUsers(options.realm(), Map.of("me", "secret"), null),
            PeerPolicy.strict(),
            ports,
            new SeededSecureRandom(simulation.random().nextLong()));
    core.wallClock(0, Instant.ofEpochSecond(1_800_000_000));
    simulation.add(
        host,
        core,
        (now, local, remote, ecn, array, offset, length) -> {
          if (local.port() == PORT || open.contains(local)) {
            core.handlePacket(now, local, remote, ecn, array, offset, length);
          }
        },
        event -> {});
  }

  IceTurnServer server() {
    return new IceTurnServer(host.address(PORT), new StunCredential.LongTerm("me", "secret"));
  }

  IceTurnServer withPassword(String password) {
    return new IceTurnServer(host.address(PORT), new StunCredential.LongTerm("me", password));
  }
}
