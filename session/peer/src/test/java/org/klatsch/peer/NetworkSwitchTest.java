package org.klatsch.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.ice.IceAgent;
import org.klatsch.ice.NetworkKind;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sctp.dcep.ChannelOptions;
import org.klatsch.sctp.dcep.DataChannel;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Realm;
import org.klatsch.testkit.Simulation;

/// A host that changes its address in the middle of a session.
@Tag("simulation")
final class NetworkSwitchTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final LinkOptions LINK = LinkOptions.PERFECT.delayMillis(20);

  /// How long the system takes to tell of the change.
  private static final Duration NOTICED = Duration.ofMillis(500);

  private static Host[] hosts(Simulation simulation) {
    Realm internet = simulation.network().internet();
    LinkOptions link = LINK.rate(20_000_000).queueBytes(100_000);
    return new Host[] {internet.host("192.0.2.1", link), internet.host("192.0.2.2", link)};
  }

  /// Takes the only address away and adds another; the agent hears of it a little later.
  private static void move(Simulation simulation, Host host, IceAgent ice, Runnable drain) {
    TransportAddress before = host.address(0);
    host.removeAddress(before.host());
    String after = "198.51.100." + (before.low() & 0xff);
    host.addAddress(after);
    simulation.after(
        NOTICED,
        () -> {
          long now = simulation.now();
          ice.addLocalAddress(now, TransportAddress.parse(after, 41_000), NetworkKind.WIFI, 0);
          ice.removeLocalAddress(now, before.withPort(40_000));
          drain.run();
        });
  }

  /// @param mover 0 for the controlling side, 1 for the controlled one
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void noByteIsLostWhenAnAddressIsReplaced(int mover) {
    Simulation simulation = new Simulation(11);
    Host[] hosts = hosts(simulation);
    SessionPeer[] pair = SessionPeer.pair(simulation, hosts[0], hosts[1], Duration.ofMillis(30));
    pair[0].offer();
    assertThat(simulation.runUntil(() -> pair[0].connected() && pair[1].connected(), LIMIT))
        .isTrue();
    DataChannel channel = pair[0].open("bulk", ChannelOptions.DEFAULT);
    int count = 600;
    List<byte[]> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] message = new byte[10_000];
      message[0] = (byte) i;
      message[1] = (byte) (i >> 8);
      sent.add(message);
      pair[0].send(channel, message);
    }
    assertThat(simulation.runUntil(() -> arrived(pair[1], channel) > count / 4, LIMIT)).isTrue();
    SessionPeer moved = pair[mover];
    move(simulation, hosts[mover], moved.session.ice(), () -> moved.driver.act(() -> {}));
    assertThat(simulation.runUntil(() -> arrived(pair[1], channel) == count, LIMIT)).isTrue();
    assertThat(pair[1].received.get(channel.id()))
        .usingElementComparator(java.util.Arrays::compare)
        .containsExactlyElementsOf(sent);
    assertThat(pair[1 - mover].session.ice().selectedPair().remoteAddress().host())
        .startsWith("198.51.100.");
  }

  private static int arrived(SessionPeer peer, DataChannel channel) {
    return peer.received.getOrDefault(channel.id(), List.of()).size();
  }

  /// Both directions, with a peer that does not know renomination.
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void audioPausesForLessThanASecondAndAHalf(int mover) {
    Simulation simulation = new Simulation(12);
    Host[] hosts = hosts(simulation);
    MediaPeer[] pair = MediaPeer.pair(simulation, hosts[0], hosts[1], options -> options);
    pair[0].start();
    pair[1].start();
    assertThat(simulation.runUntil(() -> pair[0].connected() && pair[1].connected(), LIMIT))
        .isTrue();
    pair[0].listen();
    pair[1].listen();
    pair[0].talk(500);
    pair[1].talk(500);
    simulation.runFor(Duration.ofSeconds(3));
    MediaPeer moved = pair[mover];
    move(simulation, hosts[mover], moved.session.ice(), () -> moved.driver.act(() -> {}));
    long[] longest = new long[2];
    long[] last = {simulation.now(), simulation.now()};
    int[] seen = {pair[0].received.size(), pair[1].received.size()};
    long end = simulation.now() + Duration.ofSeconds(5).toNanos();
    while (simulation.now() < end) {
      simulation.runFor(Duration.ofMillis(10));
      for (int i = 0; i < 2; i++) {
        if (pair[i].received.size() > seen[i]) {
          seen[i] = pair[i].received.size();
          last[i] = simulation.now();
        }
        longest[i] = Math.max(longest[i], simulation.now() - last[i]);
      }
    }
    for (int i = 0; i < 2; i++) {
      assertThat(Duration.ofNanos(longest[i]))
          .as("pause of what side " + i + " hears")
          .isLessThan(Duration.ofMillis(1_500));
    }
  }
}
