package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordLayerTest {
  static Stream<Arguments> badRecords() {
    byte[] body = new byte[40];
    return Stream.of(
        Arguments.of(DropReason.TRUNCATED_RECORD, new byte[] {22, 1, 2}),
        Arguments.of(
            DropReason.TRUNCATED_RECORD,
            java.util.Arrays.copyOf(TestPackets.record(22, 0xfefd, 0, 0, body), 30)),
        Arguments.of(DropReason.UNKNOWN_CONTENT_TYPE, TestPackets.record(24, 0xfefd, 0, 0, body)),
        Arguments.of(DropReason.UNKNOWN_CONTENT_TYPE, TestPackets.record(0x2e, 0xfefd, 0, 0, body)),
        Arguments.of(DropReason.WRONG_VERSION, TestPackets.record(22, 0x0303, 0, 0, body)),
        Arguments.of(DropReason.WRONG_VERSION, TestPackets.record(22, 0xfeff, 1, 0, body)),
        Arguments.of(
            DropReason.OVERSIZED_RECORD, TestPackets.record(22, 0xfefd, 0, 0, new byte[18_433])),
        Arguments.of(
            DropReason.OVERSIZED_RECORD, TestPackets.record(22, 0xfefd, 0, 0, new byte[16_385])),
        Arguments.of(DropReason.UNKNOWN_EPOCH, TestPackets.record(22, 0xfefd, 2, 0, body)),
        Arguments.of(
            DropReason.MALFORMED_FRAGMENT, TestPackets.record(22, 0xfefd, 0, 0, new byte[5])),
        Arguments.of(DropReason.MALFORMED_FRAGMENT, TestPackets.fragment(1, 5, 0, 3, new byte[3])),
        Arguments.of(DropReason.IGNORED_ALERT, TestPackets.record(21, 0xfefd, 0, 0, new byte[3])),
        Arguments.of(DropReason.IGNORED_ALERT, TestPackets.record(21, 0xfefd, 0, 0, new byte[2])),
        Arguments.of(
            DropReason.UNEXPECTED_CONTENT, TestPackets.record(20, 0xfefd, 0, 0, new byte[2])),
        Arguments.of(DropReason.UNEXPECTED_CONTENT, TestPackets.record(23, 0xfefd, 0, 0, body)));
  }

  @ParameterizedTest
  @MethodSource("badRecords")
  void dropsAndCountsWhatIsNoValidRecord(DropReason reason, byte[] packet) {
    TestPair pair = new TestPair();
    pair.server.start(0);
    pair.server.receive(0, packet);
    assertThat(pair.server.connection.statistics().dropped(reason)).isEqualTo(1);
    assertThat(pair.server.connection.statistics().droppedInAll()).isEqualTo(1);
    assertThat(pair.server.sent).isEmpty();
    pair.client.start(0);
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.server.connection.isConnected()).isTrue();
  }

  @Test
  void theReplayWindowAgreesWithASet() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      ReplayWindow window = new ReplayWindow();
      Set<Long> seen = new HashSet<>();
      long highest = -1;
      long base = random.nextBoolean() ? 0 : (1L << 48) - 200_000;
      for (int i = 0; i < 20_000; i++) {
        long step = random.nextInt(50) == 0 ? random.nextInt(5_000) : random.nextInt(10);
        long from = highest < 0 ? base : highest;
        long sequence = Math.max(0, from + step - random.nextInt(1_500) * random.nextInt(2));
        boolean tooOld = highest - sequence >= ReplayWindow.SIZE;
        boolean expected = !seen.contains(sequence) && !tooOld;
        assertThat(window.accepts(sequence))
            .as("seed %d, number %d", seed, sequence)
            .isEqualTo(expected);
        if (expected) {
          window.mark(sequence);
          seen.add(sequence);
          highest = Math.max(highest, sequence);
        }
      }
    }
  }

  @Test
  void recordsMayOvertakeEachOtherWithinTheWindow() {
    TestPair pair = new TestPair().connect();
    for (int i = 0; i < 900; i++) {
      pair.client.send(new byte[] {(byte) i});
    }
    pair.client.takeSent().reversed().forEach(p -> pair.server.receive(0, p));
    assertThat(pair.server.received).hasSize(900);
  }

  @Test
  void takesSeveralRecordsOutOfOneDatagram() {
    TestPair pair = new TestPair().connect();
    pair.client.send(new byte[] {1});
    pair.client.send(new byte[] {2});
    byte[] both =
        KeySchedule12.concat(pair.client.sent.removeFirst(), pair.client.sent.removeFirst());
    pair.server.receive(0, both);
    assertThat(pair.server.received).containsExactly(new byte[] {1}, new byte[] {2});
  }
}
