package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Set;
import org.klatsch.ice.mdns.MdnsMessage;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// Fuzz targets: every parser, the agent, and a connected pair of agents.
class IceFuzzTest {
  private static final TransportAddress A = TransportAddress.parse("192.0.2.1", 5000);
  private static final TransportAddress B = TransportAddress.parse("192.0.2.2", 6000);

  @FuzzTest(maxDuration = "60s")
  void candidateText(FuzzedDataProvider data) throws Exception {
    String text = data.consumeRemainingAsString();
    IceCandidate candidate;
    try {
      candidate = IceCandidate.parse(text);
    } catch (MalformedIceException e) {
      return;
    }
    assertThat(IceCandidate.parse(candidate.toString())).isEqualTo(candidate);
  }

  @FuzzTest(maxDuration = "60s")
  void mdnsMessage(byte[] bytes) {
    try {
      assertThat(MdnsMessage.parse(bytes, 0, bytes.length).addresses().size())
          .isLessThanOrEqualTo(256);
    } catch (MalformedIceException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  /// Commands, time and packets in any order keep the agent within its caps and quiet after a
  /// drain.
  @FuzzTest(maxDuration = "60s")
  void agent(FuzzedDataProvider data) {
    IceOptions options = IceOptions.DEFAULT.withCaps(10, 12).withLite(data.consumeBoolean());
    IceAgent agent = new IceAgent(options, new SeededSecureRandom(1));
    agent.addLocalAddress(0, A, NetworkKind.ETHERNET, 0);
    agent.startGathering(0);
    TransmitBuffer out = new TransmitBuffer(64, 1500);
    long now = 0;
    for (int i = 0; i < 50 && data.remainingBytes() > 0; i++) {
      now += data.consumeInt(0, 2_000_000_000);
      switch (data.consumeInt(0, 7)) {
        case 0 -> {
          byte[] packet = data.consumeBytes(200);
          agent.handlePacket(now, A, B, 0, packet, 0, packet.length);
        }
        case 1 -> {
          try {
            agent.addRemoteCandidate(now, IceCandidate.parse(data.consumeAsciiString(120)));
          } catch (MalformedIceException e) {
            agent.endOfRemoteCandidates(now);
          }
        }
        case 2 ->
            agent.setRemoteParameters(
                now,
                "remote" + data.consumeInt(0, 2),
                "0123456789012345678901",
                data.consumeBoolean(),
                Set.of("renomination"));
        case 3 -> agent.restart(now);
        case 4 ->
            agent.setRole(now, data.consumeBoolean() ? IceRole.CONTROLLING : IceRole.CONTROLLED);
        case 5 -> agent.addRemoteCandidate(now, IceAgentTest.candidateAt("192.0.2.2", 6000));
        case 6 -> agent.removeLocalAddress(now, A);
        default -> agent.addLocalAddress(now, A, NetworkKind.WIFI, 1);
      }
      drain(agent, now, out);
      assertThat(agent.pairs().size()).isLessThanOrEqualTo(12);
      assertThat(agent.remoteCandidates().size()).isLessThanOrEqualTo(20);
    }
  }

  private static void drain(IceAgent agent, long now, TransmitBuffer out) {
    long next = now;
    for (int i = 0; next <= now; i++) {
      assertThat(i).as("drains").isLessThan(100);
      out.clear();
      next = Pump.run(agent, now, out, event -> {});
    }
  }

  /// Two agents whose packets are changed, dropped, doubled and sent to the wrong place never
  /// throw, and never take a stranger for the peer.
  @FuzzTest(maxDuration = "60s")
  void connectedPair(FuzzedDataProvider data) {
    IceAgent a = new IceAgent(IceOptions.DEFAULT, new SeededSecureRandom(1));
    IceAgent b = new IceAgent(IceOptions.DEFAULT, new SeededSecureRandom(2));
    a.setRole(0, IceRole.CONTROLLING);
    a.addLocalAddress(0, A, NetworkKind.ETHERNET, 0);
    b.addLocalAddress(0, B, NetworkKind.ETHERNET, 0);
    a.startGathering(0);
    b.startGathering(0);
    a.setRemoteParameters(0, b.credentials().ufrag(), b.credentials().password(), false, Set.of());
    b.setRemoteParameters(0, a.credentials().ufrag(), a.credentials().password(), false, Set.of());
    a.addRemoteCandidate(0, IceAgentTest.candidateAt("192.0.2.2", 6000));
    TransmitBuffer out = new TransmitBuffer(64, 1500);
    long now = 0;
    for (int i = 0; i < 40; i++) {
      exchange(data, a, b, now, out);
      exchange(data, b, a, now, out);
      now += data.consumeInt(1, 1_000_000_000);
    }
    CandidatePair pair = a.selectedPair();
    if (pair != null) {
      assertThat(pair.remoteAddress()).isEqualTo(B);
    }
  }

  private static void exchange(
      FuzzedDataProvider data, IceAgent from, IceAgent to, long now, TransmitBuffer out) {
    out.clear();
    Pump.run(from, now, out, event -> {});
    for (int i = 0; i < out.packetCount(); i++) {
      TransportAddress local = out.packetLocal(i);
      TransportAddress remote = out.packetRemote(i);
      if (local == null || remote == null) {
        throw new AssertionError("a packet of ICE has a route");
      }
      int change = data.consumeInt(0, 9);
      byte[] array = out.array();
      int offset = out.packetOffset(i);
      int length = out.packetLength(i);
      if (change == 1) {
        continue;
      }
      if (change == 2) {
        array[offset + data.consumeInt(0, length - 1)] ^= (byte) data.consumeInt(1, 255);
      }
      if (change == 3) {
        length = data.consumeInt(0, length);
      }
      TransportAddress source = change == 4 ? local.withPort(9) : local;
      to.handlePacket(now, remote, source, 0, array, offset, length);
      if (change == 5) {
        to.handlePacket(now, remote, source, 0, array, offset, length);
      }
    }
  }
}
