package org.klatsch.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NtpTimeTest {
  @Test
  void countsSecondsSince1900() {
    assertThat(NtpTime.ofEpoch(0, 500_000_000)).isEqualTo(2_208_988_800L << 32 | 1L << 31);
    assertThat(NtpTime.toEpochNanos(NtpTime.ofEpoch(1_700_000_000L, 123_456_789)))
        .isEqualTo(1_700_000_000_123_456_789L);
  }

  @Test
  void convertsDurationsBothWays() {
    for (long nanos : new long[] {0, 1, 999_999_999, 1_000_000_000, 5_250_000_000L, -1, -1500}) {
      assertThat(NtpTime.toNanos(NtpTime.ofNanos(nanos))).isEqualTo(nanos);
    }
  }

  @Test
  void computesTheRoundTripExampleOfTheRfc() {
    // RFC 3550 §6.4.1 figure 2: A 0xb710:8000, DLSR 5.25 s, LSR 0xb705:2000 give 6.125 s.
    int roundTrip = 0xb7108000 - 0x00054000 - 0xb7052000;
    assertThat(NtpTime.middleToNanos(roundTrip)).isEqualTo(6_125_000_000L);
    assertThat(NtpTime.middleOfNanos(5_250_000_000L)).isEqualTo(0x00054000);
    assertThat(NtpTime.middle(0xb44db705_20000000L)).isEqualTo(0xb7052000);
  }

  @Test
  void sendTimesWrapAfter64Seconds() {
    int early = AbsSendTime.ofNanos(63_900_000_000L);
    int late = AbsSendTime.ofNanos(64_100_000_000L);
    assertThat(AbsSendTime.differenceNanos(late, early)).isBetween(199_990_000L, 200_010_000L);
    assertThat(AbsSendTime.differenceNanos(early, late)).isBetween(-200_010_000L, -199_990_000L);
  }
}
