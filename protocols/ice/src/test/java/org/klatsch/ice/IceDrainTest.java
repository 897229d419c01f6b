package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.testkit.Seeds;

/// Drivers may drain late and with little room: the agent stays correct, only later.
@Tag("simulation")
class IceDrainTest {
  private static final TransportAddress A = TransportAddress.parse("192.0.2.1", 5000);
  private static final TransportAddress B = TransportAddress.parse("192.0.2.2", 6000);

  private record Packet(byte[] bytes, TransportAddress from) {}

  @Test
  void connectsHoweverLateAndSeldomItIsDrained() {
    Seeds.forEach(seed -> {
      Random random = new Random(seed);
      IceAgent a = agent(seed, A);
      IceAgent b = agent(seed + 1000, B);
      a.setRole(0, IceRole.CONTROLLING);
      introduce(a, b, B);
      introduce(b, a, A);
      List<Packet> toA = new ArrayList<>();
      List<Packet> toB = new ArrayList<>();
      long now = 0;
      for (int i = 0; i < 2000 && !areNominated(a, b); i++) {
        now += random.nextInt(20_000_000);
        deliver(random, now, a, A, toA);
        deliver(random, now, b, B, toB);
        drain(random, now, a, A, toB);
        drain(random, now, b, B, toA);
      }
      assertThat(areNominated(a, b)).isTrue();
    });
  }

  private static boolean areNominated(IceAgent a, IceAgent b) {
    CandidatePair ofA = a.selectedPair();
    CandidatePair ofB = b.selectedPair();
    return ofA != null && ofA.isNominated() && ofB != null && ofB.isNominated();
  }

  private static IceAgent agent(long seed, TransportAddress address) {
    IceAgent agent = new IceAgent(IceOptions.DEFAULT, new SeededSecureRandom(seed));
    agent.addLocalAddress(0, address, NetworkKind.ETHERNET, 0);
    agent.startGathering(0);
    return agent;
  }

  private static void introduce(IceAgent agent, IceAgent peer, TransportAddress address) {
    IceCredentials credentials = peer.credentials();
    agent.setRemoteParameters(
        0, credentials.ufrag(), credentials.password(), false, Set.of("renomination"));
    agent.addRemoteCandidate(0, IceAgentTest.candidateAt(address.host(), address.port()));
  }

  private static void deliver(
      Random random, long now, IceAgent agent, TransportAddress at, List<Packet> packets) {
    while (!packets.isEmpty() && random.nextInt(4) > 0) {
      Packet packet = packets.removeFirst();
      agent.handlePacket(now, at, packet.from(), 0, packet.bytes(), 0, packet.bytes().length);
    }
  }

  private static void drain(
      Random random, long now, IceAgent agent, TransportAddress from, List<Packet> packets) {
    if (random.nextInt(3) > 0) {
      return;
    }
    TransmitBuffer out = new TransmitBuffer(2, 1500);
    out.budget(random.nextInt(3));
    Pump.run(agent, now, out, event -> {});
    for (int i = 0; i < out.packetCount(); i++) {
      int offset = out.packetOffset(i);
      packets.add(
          new Packet(Arrays.copyOfRange(out.array(), offset, offset + out.packetLength(i)), from));
    }
  }
}
