package org.klatsch.turn;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunCredential;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.Simulation;

/// A TURN client on a simulated host that sends texts and remembers what comes.
final class SimulatedClient implements ProtocolCore<TurnClientEvent> {
  private record Text(TransportAddress peer, String text) {}

  final TurnClient core;
  final Simulation simulation;
  final Host host;
  final Simulation.Peer<TurnClientEvent> driver;
  final List<TurnClientEvent> events = new ArrayList<>();
  final List<String> received = new ArrayList<>();
  private final Queue<Text> outgoing = new ArrayDeque<>();
  int lastLength;

  SimulatedClient(
      Simulation simulation,
      Host host,
      TransportAddress server,
      StunCredential.LongTerm credential,
      TurnClientOptions options) {
    this.simulation = simulation;
    this.host = host;
    TransportAddress local =
        host.addresses().stream()
            .filter(address -> address.family() == server.family())
            .findFirst()
            .orElseThrow()
            .withPort(5000);
    core = new TurnClient(local, server, credential, options, new SecureRandom());
    driver =
        simulation.add(
            host,
            this,
            (now, to, from, ecn, array, offset, length) -> {
              if (core.handlePacket(now, from, array, offset, length)) {
                String text =
                    new String(array, core.dataOffset(), core.dataLength(), StandardCharsets.UTF_8);
                received.add(core.dataPeer() + " " + text);
              }
            },
            events::add);
  }

  void allocate() {
    driver.act(() -> core.allocate(simulation.now()));
  }

  void send(TransportAddress peer, String text) {
    driver.act(() -> outgoing.add(new Text(peer, text)));
  }

  <T extends TurnClientEvent> @Nullable T event(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).findFirst().orElse(null);
  }

  @Override
  public void handleTimeout(long now) {
    core.handleTimeout(now);
  }

  @Override
  public long nextTimeout() {
    return core.nextTimeout();
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    if (core.pollTransmit(now, out)) {
      return true;
    }
    Text next = outgoing.poll();
    if (next == null) {
      return false;
    }
    byte[] bytes = next.text().getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, out.array(), out.position(), bytes.length);
    int index = out.packetCount();
    if (core.send(now, next.peer(), out, bytes.length)) {
      lastLength = out.packetLength(index);
    }
    return true;
  }

  @Override
  public @Nullable TurnClientEvent pollEvent() {
    return core.pollEvent();
  }
}
