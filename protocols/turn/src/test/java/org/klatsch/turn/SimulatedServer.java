package org.klatsch.turn;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunCredential;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.Simulation;
import org.klatsch.turn.server.PeerPolicy;
import org.klatsch.turn.server.RelayPorts;
import org.klatsch.turn.server.TurnServer;
import org.klatsch.turn.server.TurnServerEvent;
import org.klatsch.turn.server.TurnServerOptions;
import org.klatsch.turn.server.TurnUsers;

/// A TURN server on a simulated host, port 3478, user `me` with password `secret`.
final class SimulatedServer {
  static final int PORT = 3478;
  static final String SECRET = "between us";
  static final StunCredential.LongTerm ME = new StunCredential.LongTerm("me", "secret");

  final Set<TransportAddress> open = new HashSet<>();
  final List<TurnServerEvent> events = new ArrayList<>();
  final TurnServer core;
  final Simulation.Peer<TurnServerEvent> driver;

  SimulatedServer(Simulation simulation, Host host, TurnServerOptions options) {
    this(simulation, host, options, PeerPolicy.strict(), null);
  }

  SimulatedServer(
      Simulation simulation,
      Host host,
      TurnServerOptions options,
      PeerPolicy policy,
      String secret) {
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
    core =
        new TurnServer(
            options,
            new TurnUsers(options.realm(), Map.of("me", "secret"), secret),
            policy,
            ports,
            new SecureRandom());
    core.wallClock(0, Instant.ofEpochSecond(1_800_000_000));
    driver =
        simulation.add(
            host,
            core,
            (now, local, remote, ecn, array, offset, length) -> {
              if (local.port() == PORT || open.contains(local)) {
                core.handlePacket(now, local, remote, ecn, array, offset, length);
              }
            },
            events::add);
  }
}
