package org.klatsch.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.Uri;

class GuardTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Flow STRANGER = from("203.0.113.1");
  private static final Flow TRUNK = from("203.0.113.2");

  private final Guard guard = new Guard(Guard.Limits.DEFAULT, flow -> flow.isSame(TRUNK));

  private static Flow from(String host) {
    return Flow.to(SipTransport.UDP, TransportAddress.parse(host, 5060));
  }

  private static SipRequest options() {
    NameAddr anybody = NameAddr.of(Uri.of("sip:a@b"));
    return SipRequest.of("OPTIONS", anybody.uri(), anybody.withTag("1"), anybody, "c", 1);
  }

  private int admitted(long now, Flow flow, int messages) {
    int admitted = 0;
    for (int i = 0; i < messages; i++) {
      admitted += guard.admits(now, flow, options()) ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void aFloodIsCutToItsBudget() {
    assertThat(admitted(0, STRANGER, 1_000)).isEqualTo(300);
    assertThat(admitted(2 * SECOND, STRANGER, 1_000)).isEqualTo(100);
    assertThat(admitted(2 * SECOND, from("203.0.113.9"), 10)).isEqualTo(10);
    assertThat(guard.refused()).isEqualTo(1_000 - 300 + 1_000 - 100);
  }

  @Test
  void trunksAndAnswersAreNeverHeldUp() {
    assertThat(admitted(0, TRUNK, 1_000)).isEqualTo(1_000);
    for (int i = 0; i < 100; i++) {
      guard.failed(0, TRUNK);
    }
    assertThat(admitted(0, TRUNK, 10)).isEqualTo(10);
    admitted(0, STRANGER, 1_000);
    assertThat(guard.admits(0, STRANGER, options().response(200))).isTrue();
  }

  @Test
  void guessersAreBannedForAWhile() {
    for (int i = 0; i < 9; i++) {
      guard.failed(0, STRANGER);
    }
    assertThat(admitted(0, STRANGER, 1)).isEqualTo(1);
    guard.failed(SECOND, STRANGER);
    assertThat(admitted(SECOND, STRANGER, 100)).isZero();
    long later = SECOND + Duration.ofMinutes(10).toNanos() + 1;
    assertThat(admitted(later, STRANGER, 1)).isEqualTo(1);
  }

  @Test
  void rareMistakesAreForgotten() {
    for (int i = 0; i < 50; i++) {
      guard.failed(i * Duration.ofMinutes(1).toNanos(), STRANGER);
    }
    assertThat(admitted(Duration.ofHours(1).toNanos(), STRANGER, 1)).isEqualTo(1);
  }

  @Test
  void scannersGetNoAnswer() {
    SipRequest scan = options();
    scan.set("User-Agent", "friendly-scanner");
    assertThat(guard.admits(0, STRANGER, scan)).isFalse();
    assertThat(guard.admits(0, STRANGER, options())).isFalse();
    assertThat(guard.admits(0, from("203.0.113.9"), options())).isTrue();
  }
}
