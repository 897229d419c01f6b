package org.klatsch.gateway.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;

class PlainRtpTest {
  private static final long SECOND = 1_000_000_000L;
  private static final TransportAddress HERE = TransportAddress.parse("192.0.2.9", 20_000);
  private static final TransportAddress SIGNALLED = TransportAddress.parse("198.51.100.1", 4_000);

  private final PlainRtp core = new PlainRtp(new Random(1));
  private int sequence;

  @BeforeEach
  void connect() {
    core.locals(HERE, HERE.withPort(20_001));
    core.remote(0, SIGNALLED, SIGNALLED.withPort(4_001), false, false);
  }

  private boolean takes(long now, TransportAddress from) {
    byte[] packet = new byte[172];
    packet[0] = (byte) 0x80;
    packet[3] = (byte) sequence++;
    long before = core.strangers();
    core.handlePacket(now, HERE, from, 0, packet, 0, packet.length);
    return core.strangers() == before;
  }

  @Test
  void followsTheSignalledHostToAnotherPort() {
    assertThat(takes(0, SIGNALLED.withPort(5_000))).isTrue();
    assertThat(takes(1, SIGNALLED.withPort(5_000))).isTrue();
  }

  @Test
  void keepsTheSourceThatSends() {
    assertThat(takes(0, SIGNALLED)).isTrue();
    assertThat(takes(SECOND, SIGNALLED.withPort(5_000))).isFalse();
    assertThat(takes(4 * SECOND, SIGNALLED.withPort(5_000))).isTrue();
  }

  @Test
  void passesOverOtherHosts() {
    assertThat(takes(0, TransportAddress.parse("203.0.113.1", 4_000))).isFalse();
    assertThat(takes(1, TransportAddress.parse("127.0.0.1", 4_000))).isTrue();
  }

  @Test
  void believesOtherHostsOfATrunkBehindANat() {
    core.remote(0, SIGNALLED, SIGNALLED.withPort(4_001), false, true);

    assertThat(takes(0, TransportAddress.parse("203.0.113.1", 4_000))).isTrue();
  }

  @Test
  void passesOverWhatIsNoRtp() {
    long before = core.strangers();
    core.handlePacket(0, HERE, SIGNALLED, 0, new byte[20], 0, 20);
    assertThat(core.strangers()).isEqualTo(before + 1);
  }
}
