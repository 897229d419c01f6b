package org.klatsch.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.klatsch.sctp.SctpAssociation.State;
import org.klatsch.sctp.packet.ChunkType;
import org.klatsch.sctp.packet.DropReason;

/// Setting up, RFC 9260 §5, as sequence charts.
class HandshakeTest {
  private static final long MS = 1_000_000;
  private long now = 1_000 * MS;

  @Test
  void connectsInTwoRoundTrips() {
    Endpoint a = new Endpoint(1);
    Endpoint z = new Endpoint(2);

    a.association.connect(now);
    assertThat(a.sendOneTo(z, now)).isEqualTo("INIT");
    assertThat(z.association.state()).isEqualTo(State.CLOSED);
    assertThat(z.sendOneTo(a, now)).isEqualTo("INIT-ACK");
    assertThat(a.association.state()).isEqualTo(State.COOKIE_ECHOED);
    assertThat(a.sendOneTo(z, now)).isEqualTo("COOKIE-ECHO");
    assertThat(z.association.state()).isEqualTo(State.ESTABLISHED);
    assertThat(z.sendOneTo(a, now)).isEqualTo("COOKIE-ACK");
    assertThat(a.association.state()).isEqualTo(State.ESTABLISHED);
    assertThat(a.events).containsExactly(new SctpEvent.Connected(65_535, 65_535));
    assertThat(z.events).containsExactly(new SctpEvent.Connected(65_535, 65_535));
  }

  @Test
  void connectsWhenBothSidesStartAtOnce() {
    Endpoint a = new Endpoint(1);
    Endpoint z = new Endpoint(2);
    a.association.connect(now);
    z.association.connect(now);
    Endpoint.exchange(a, z, now);
    assertThat(a.eventsOf(SctpEvent.Connected.class)).hasSize(1);
    assertThat(z.eventsOf(SctpEvent.Connected.class)).hasSize(1);
    a.send(now, 0, 10);
    z.send(now, 0, 20);
    Endpoint.exchange(a, z, now);
    assertThat(a.messages()).hasSize(1);
    assertThat(z.messages()).hasSize(1);
  }

  @Test
  void retransmitsInitOnTheScheduleOfTheOptionsAndGivesUp() {
    Endpoint a =
        new Endpoint(
            SctpOptions.defaults().toBuilder()
                .rto(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(60))
                .maxRetransmits(3, 10)
                .build(),
            1);
    a.association.connect(now);
    a.drain(now);
    assertThat(a.wire).hasSize(1);
    for (int seconds : new int[] {1, 2, 4}) {
      assertThat(a.association.nextTimeout()).isEqualTo(now + seconds * 1000 * MS);
      now = a.association.nextTimeout();
      a.wire.clear();
      a.drain(now);
      assertThat(a.wire).hasSize(1);
    }
    now = a.association.nextTimeout();
    a.drain(now);
    assertThat(a.events)
        .singleElement()
        .isInstanceOfSatisfying(
            SctpEvent.Closed.class,
            closed ->
                assertThat(closed.cause().kind()).isEqualTo(SctpCloseCause.Kind.HANDSHAKE_TIMEOUT));
    assertThat(a.association.nextTimeout()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void repeatsCookieEchoUntilItIsAcknowledged() {
    Endpoint a = new Endpoint(1);
    Endpoint z = new Endpoint(2);
    a.association.connect(now);
    a.sendOneTo(z, now);
    z.sendOneTo(a, now);
    a.sendOneTo(z, now);
    z.wire.clear(); // COOKIE ACK is lost.
    now = a.association.nextTimeout();
    assertThat(a.sendOneTo(z, now)).isEqualTo("COOKIE-ECHO");
    assertThat(z.sendOneTo(a, now)).isEqualTo("COOKIE-ACK");
    assertThat(a.association.state()).isEqualTo(State.ESTABLISHED);
    assertThat(z.eventsOf(SctpEvent.Connected.class)).hasSize(1);
  }

  @Test
  void dropsAForgedCookie() {
    Endpoint a = new Endpoint(1);
    Endpoint z = new Endpoint(2);
    a.association.connect(now);
    a.sendOneTo(z, now);
    z.sendOneTo(a, now);
    a.drain(now);
    byte[] echo = a.wire.remove();
    echo[20] ^= 1;
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    org.klatsch.sctp.packet.Wire.put32(echo, 8, 0);
    org.klatsch.sctp.packet.CommonHeader.seal(crc, echo, 0, echo.length);
    z.receive(now, echo);
    assertThat(z.association.state()).isEqualTo(State.CLOSED);
    assertThat(z.association.statistics().drops()).containsEntry(DropReason.FORGED_COOKIE, 1L);
  }

  @Test
  void answersAStaleCookieWithAnErrorAndConnectsWithAFreshOne() {
    Endpoint a = new Endpoint(1);
    Endpoint z = new Endpoint(2);
    a.association.connect(now);
    a.sendOneTo(z, now);
    z.sendOneTo(a, now);
    a.drain(now);
    byte[] echo = a.wire.remove();
    now += 61_000 * MS;
    z.receive(now, echo);
    assertThat(z.association.state()).isEqualTo(State.CLOSED);
    assertThat(z.sendOneTo(a, now)).isEqualTo("ERROR");
    assertThat(a.association.state()).isEqualTo(State.COOKIE_WAIT);
    Endpoint.exchange(a, z, now);
    assertThat(a.association.state()).isEqualTo(State.ESTABLISHED);
    assertThat(z.association.state()).isEqualTo(State.ESTABLISHED);
  }

  @Test
  void acceptsARestartedPeer() {
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), SctpOptions.defaults(), now);
    Endpoint z = pair[1];
    z.send(now, 3, 5000);
    Endpoint again = new Endpoint(3);
    again.association.connect(now);
    Endpoint.exchange(again, z, now);
    assertThat(again.association.state()).isEqualTo(State.ESTABLISHED);
    assertThat(z.eventsOf(SctpEvent.Restarted.class)).hasSize(1);
    again.events.clear();
    z.send(now, 3, 50);
    Endpoint.exchange(again, z, now);
    assertThat(again.messages()).hasSize(1);
  }

  @Test
  void connectsByExchangedInitsAlone() {
    Endpoint a = new Endpoint(1);
    Endpoint z = new Endpoint(2);
    byte[] fromA = a.association.localInit();
    byte[] fromZ = z.association.localInit();
    a.association.acceptRemoteInit(now, fromZ);
    z.association.acceptRemoteInit(now, fromA);
    a.send(now, 1, 100_000);
    z.send(now, 1, 100_000);
    Endpoint.exchange(a, z, now);
    assertThat(a.messages()).hasSize(1);
    assertThat(z.messages()).hasSize(1);
  }

  @Test
  void knowsAnInitThatCanBeTaken() {
    byte[] init = SctpAssociation.newInit(SctpOptions.defaults(), new SecureRandom());
    assertThat(SctpAssociation.isInit(init)).isTrue();
    SctpAssociation made = new SctpAssociation(SctpOptions.defaults(), new SecureRandom(), init);
    assertThat(made.localInit()).isEqualTo(init);
    assertThat(SctpAssociation.isInit(new byte[0])).isFalse();
    assertThat(SctpAssociation.isInit(Arrays.copyOf(init, 10))).isFalse();
    byte[] other = init.clone();
    other[0] = ChunkType.INIT_ACK;
    assertThat(SctpAssociation.isInit(other)).isFalse();
    byte[] withoutTag = init.clone();
    Arrays.fill(withoutTag, 4, 8, (byte) 0);
    assertThat(SctpAssociation.isInit(withoutTag)).isFalse();
  }

  /// From an offer of Chromium 156 with `WebRTC-Sctp-Snap`; its last parameter is not padded.
  @Test
  void takesTheInitOfABrowser() {
    byte[] init = Base64.getDecoder().decode("AQAAHkv0QEoAUAAA/////z/GC8fAAAAEgAgABoLA");
    assertThat(SctpAssociation.isInit(init)).isTrue();
    SctpAssociation ours = new SctpAssociation(SctpOptions.defaults(), new SecureRandom());
    ours.acceptRemoteInit(now, init);
    assertThat(ours.state()).isEqualTo(SctpAssociation.State.ESTABLISHED);
  }

  @Test
  void shutsDownInOrderAfterAllDataIsDelivered() {
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), SctpOptions.defaults(), now);
    pair[0].send(now, 0, 300_000 / 2);
    pair[0].association.shutdown(now);
    Endpoint.exchange(pair[0], pair[1], now);
    assertThat(pair[1].messages()).hasSize(1);
    for (Endpoint end : pair) {
      assertThat(end.eventsOf(SctpEvent.Closed.class))
          .singleElement()
          .satisfies(e -> assertThat(e.cause().kind()).isEqualTo(SctpCloseCause.Kind.SHUTDOWN));
    }
  }

  @Test
  void tellsThePeerOfAnAbort() {
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), SctpOptions.defaults(), now);
    pair[0].association.abort(now, "enough");
    assertThat(pair[0].sendOneTo(pair[1], now)).isEqualTo("ABORT");
    assertThat(pair[1].eventsOf(SctpEvent.Closed.class))
        .singleElement()
        .satisfies(e -> {
          assertThat(e.cause().kind()).isEqualTo(SctpCloseCause.Kind.ABORTED_BY_PEER);
          assertThat(e.cause().errorCause()).isEqualTo(12);
          assertThat(e.cause().detail()).isEqualTo("enough");
        });
  }
}
