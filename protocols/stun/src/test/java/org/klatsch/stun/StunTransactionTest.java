package org.klatsch.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.ProtocolCore;

class StunTransactionTest {
  private static final TransactionId ID = new TransactionId(1, 2);

  private static List<Long> run(StunTransaction transaction, long start) {
    List<Long> millis = new ArrayList<>();
    long now = start;
    while (!transaction.isTimedOut(now)) {
      assertThat(transaction.isTransmissionDue(now)).isTrue();
      transaction.transmitted(now);
      millis.add((now - start) / 1_000_000);
      assertThat(transaction.isTransmissionDue(now)).isFalse();
      now = transaction.deadline();
    }
    millis.add((now - start) / 1_000_000);
    return millis;
  }

  @Test
  void retransmitsOnTheScheduleOfTheRfc() {
    StunTransaction transaction =
        StunTransaction.overUdp(ID, RetransmissionSchedule.DEFAULT, 1_000);
    assertThat(run(transaction, 1_000))
        .containsExactly(0L, 500L, 1500L, 3500L, 7500L, 15_500L, 31_500L, 39_500L);
  }

  @Test
  void overTcpARequestIsSentOnceAndFailsAfterTi() {
    StunTransaction transaction =
        StunTransaction.overReliable(ID, RetransmissionSchedule.DEFAULT, 0);
    assertThat(run(transaction, 0)).containsExactly(0L, 39_500L);
  }

  @Test
  void theRoundTripIsOnlyKnownWithoutRetransmission() {
    StunTransaction transaction = StunTransaction.overUdp(ID, RetransmissionSchedule.DEFAULT, 0);
    transaction.transmitted(10);
    assertThat(transaction.roundTripNanos(25)).isEqualTo(15);
    transaction.transmitted(500_000_010);
    assertThat(transaction.roundTripNanos(500_000_020)).isEqualTo(-1);
  }

  @Test
  void aFinishedTransactionWaitsForNothing() {
    StunTransaction transaction = StunTransaction.overUdp(ID, RetransmissionSchedule.DEFAULT, 0);
    transaction.transmitted(0);
    transaction.finish();
    assertThat(transaction.deadline()).isEqualTo(ProtocolCore.NEVER);
    assertThat(transaction.isTransmissionDue(Long.MAX_VALUE - 1)).isFalse();
    assertThat(transaction.isTimedOut(Long.MAX_VALUE - 1)).isFalse();
  }

  @Test
  void refusesASchedulewithoutTransmission() {
    assertThatThrownBy(
            () -> new RetransmissionSchedule(Duration.ofMillis(1), 0, 1, Duration.ofMillis(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rc 0");
  }
}
