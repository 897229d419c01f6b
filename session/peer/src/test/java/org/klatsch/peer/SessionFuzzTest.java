package org.klatsch.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import org.klatsch.sctp.dcep.ChannelOptions;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Realm;
import org.klatsch.testkit.Simulation;

/// Packets of all protocols, damaged as the fuzzer likes, into a session that is set up and into
/// one that is connected: nothing is thrown, and the session gets quiet.
final class SessionFuzzTest {
  /// Enough for every kind of packet in one input.
  private static final int MAX_PACKETS = 32;

  @FuzzTest(maxDuration = "30s")
  void anyPacketsOnlyEverGetDropped(FuzzedDataProvider data) {
    Simulation simulation = new Simulation(1);
    Realm internet = simulation.network().internet();
    SessionPeer[] pair =
        SessionPeer.pair(
            simulation,
            internet.host("192.0.2.1", LinkOptions.PERFECT),
            internet.host("198.51.100.7", LinkOptions.PERFECT),
            Duration.ZERO);
    pair[0].offer();
    if (data.consumeBoolean()) {
      simulation.runUntil(() -> pair[0].connected() && pair[1].connected(), Duration.ofSeconds(10));
      pair[0].open("x", ChannelOptions.DEFAULT);
    }
    for (int i = 0; i < MAX_PACKETS && data.remainingBytes() > 0; i++) {
      byte[] packet = data.consumeBytes(data.consumeInt(0, 1500));
      pair[0].driver.act(() ->
          pair[0].session.handlePacket(
              simulation.now(),
              pair[0].host.address(40_000),
              pair[1].host.address(40_000),
              0,
              packet,
              0,
              packet.length));
      simulation.runFor(Duration.ofMillis(data.consumeInt(0, 2000)));
    }
    simulation.runFor(Duration.ofSeconds(1));
  }

  /// Into a call: nothing but what the peer protected gets through.
  @FuzzTest(maxDuration = "30s")
  void anyPacketsLeaveACallAlone(FuzzedDataProvider data) {
    Simulation simulation = new Simulation(1);
    Realm internet = simulation.network().internet();
    MediaPeer[] pair =
        MediaPeer.pair(
            simulation,
            internet.host("192.0.2.1", LinkOptions.PERFECT),
            internet.host("198.51.100.7", LinkOptions.PERFECT),
            options -> options);
    pair[0].start();
    pair[1].start();
    pair[0].listen();
    if (data.consumeBoolean()) {
      simulation.runUntil(() -> pair[0].connected() && pair[1].connected(), Duration.ofSeconds(10));
      pair[1].talk(5);
    }
    for (int i = 0; i < MAX_PACKETS && data.remainingBytes() > 0; i++) {
      byte[] packet = data.consumeBytes(data.consumeInt(0, 1500));
      if (packet.length > 0 && data.consumeBoolean()) {
        packet[0] = (byte) (packet[0] & 0x3f | 0x80);
      }
      pair[0].driver.act(() ->
          pair[0].session.handlePacket(
              simulation.now(),
              pair[0].host.address(40_000),
              pair[1].host.address(40_000),
              0,
              packet,
              0,
              packet.length));
      simulation.runFor(Duration.ofMillis(data.consumeInt(0, 100)));
    }
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(pair[0].received.size()).isLessThanOrEqualTo(pair[1].sent.size());
  }
}
