package org.klatsch.turn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.turn.TurnMethod;

/// What a server holds after thousands of clients have come and gone.
class TurnServerMemoryTest {
  private static final int CLIENTS = 10_000;
  private static final TransportAddress PEER = TransportAddress.parse("203.0.113.5", 7000);

  private final RawServer raw =
      new RawServer(
          TurnServerOptions.DEFAULT
              .withRelay(
                  List.of(
                      TransportAddress.parse("198.51.100.1", 0),
                      TransportAddress.parse("2001:db8::1", 0)),
                  20_000,
                  65_535)
              .withQuotas(CLIENTS, CLIENTS),
          PeerPolicy.strict());

  private RawServer.User client(int number) {
    TransportAddress address =
        TransportAddress.ofIpv4(0x0a00_0000 + number, 1024 + number % 60_000);
    return raw.new User(address, "me", "secret");
  }

  /// Allocations with permission and channel for everybody, at the same time.
  private void fill(int round) throws Exception {
    for (int i = 0; i < CLIENTS; i++) {
      RawServer.User user = client(round * CLIENTS + i);
      // Strangers are answered so often in a second.
      raw.now += 1_000_000;
      user.allocate();
      assertThat(user.bind(0x4000, PEER)).isZero();
    }
    assertThat(raw.server.counters().allocations()).isEqualTo(CLIENTS);
    assertThat(raw.open).hasSize(CLIENTS);
    // One more is refused, and leaves nothing behind.
    assertThat(client((round + 1) * CLIENTS).errorOf(TurnMethod.ALLOCATE, RawServer::udp))
        .isEqualTo(486);
    assertThat(raw.open).hasSize(CLIENTS);
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// The times at which their allocations would have ended are forgotten with them.
  @Test
  void clientsThatComeAndGoAtOnceLeaveLittleBehind() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      RawServer.User user = client(i);
      raw.now += 1_000_000;
      user.allocate();
      assertThat(
              user.errorOf(TurnMethod.REFRESH, writer -> writer.u32(StunAttributeType.LIFETIME, 0)))
          .isZero();
    }
    assertThat(raw.open).isEmpty();
    assertThat(raw.server.notedEnds()).isLessThan(200);
  }

  @Test
  @Tag("long")
  void tenThousandAllocationsLeaveNothingBehind() throws Exception {
    fill(0);
    raw.now += 3_600_000_000_000L;
    raw.drain();
    raw.events.clear();
    long before = usedBytes();
    for (int round = 1; round <= 3; round++) {
      fill(round);
      raw.now += 3_600_000_000_000L;
      raw.drain();
      raw.events.clear();
      assertThat(raw.open).isEmpty();
      assertThat(raw.server.counters().allocations()).isZero();
      assertThat(raw.server.nextTimeout()).isEqualTo(Long.MAX_VALUE);
    }
    // Ten thousand allocations take some 10 MB while they live.
    assertThat(usedBytes() - before).isLessThan(2_000_000);
  }
}
