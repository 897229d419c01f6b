package org.klatsch.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.dtls.ProtocolVersion;
import org.klatsch.peer.SessionPeer.Settings;
import org.klatsch.sctp.dcep.ChannelOptions;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Realm;
import org.klatsch.testkit.Seeds;
import org.klatsch.testkit.Simulation;

/// How long a connection takes, and the extensions that shorten it: INIT chunks in descriptions
/// (SNAP) and DTLS in connectivity checks (SPED).
@Tag("simulation")
final class SetUpTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long ONE_WAY_MILLIS = 50;

  /// For the pacing of checks.
  private static final Offset<Double> WITHIN = Offset.offset(0.1);

  private static final Settings PLAIN = Settings.DEFAULT;
  private static final Settings OLD = PLAIN.withVersion(ProtocolVersion.DTLS_1_2);
  private static final Settings SNAP = PLAIN.withSnap(ExtensionUse.OFFER);
  private static final Settings SPED = PLAIN.withSped(ExtensionUse.OFFER);
  private static final Settings BOTH = SNAP.withSped(ExtensionUse.OFFER);

  private static SessionPeer[] pair(
      Simulation simulation, LinkOptions link, Settings offerer, Settings answerer) {
    Realm internet = simulation.network().internet();
    return SessionPeer.pair(
        simulation,
        internet.host("192.0.2.1", link),
        internet.host("198.51.100.7", link),
        Duration.ofMillis(ONE_WAY_MILLIS),
        offerer,
        answerer);
  }

  /// Round trips from the answer, when it is made, until both ends have the offerer's channel open.
  private static double roundTrips(Settings offerer, Settings answerer) {
    Simulation simulation = new Simulation(2);
    LinkOptions link = LinkOptions.PERFECT.delayMillis(ONE_WAY_MILLIS / 2);
    SessionPeer[] pair = pair(simulation, link, offerer, answerer);
    pair[0].onAnswer(() -> pair[0].open("data", ChannelOptions.DEFAULT));
    pair[0].offer();
    assertThat(simulation.runUntil(() -> pair[0].openAt >= 0 && pair[1].openAt >= 0, LIMIT))
        .isTrue();
    long nanos = Math.max(pair[0].openAt, pair[1].openAt) - pair[1].answeredAt;
    double trips = nanos / (2e6 * ONE_WAY_MILLIS);
    SessionTest.exchange(simulation, pair, 10);
    return trips;
  }

  /// The numbers that docs/benchmarks.md has. A client that has offered learns only from the answer
  /// where to send its first flight, half a round trip later.
  @Test
  void everyStepSparesRoundTrips() {
    assertThat(roundTrips(OLD, OLD)).isCloseTo(5, WITHIN);
    assertThat(roundTrips(PLAIN, PLAIN)).isCloseTo(4, WITHIN);
    assertThat(roundTrips(SNAP, PLAIN)).isCloseTo(3, WITHIN);
    assertThat(roundTrips(SPED, PLAIN)).isCloseTo(3, WITHIN);
    assertThat(roundTrips(BOTH, PLAIN)).isCloseTo(2, WITHIN);
  }

  @Test
  void everyStepSparesRoundTripsWhenTheOffererIsTheClient() {
    Settings server = PLAIN.withAnswerRole(DtlsRole.SERVER);
    assertThat(roundTrips(OLD, OLD.withAnswerRole(DtlsRole.SERVER))).isCloseTo(5, WITHIN);
    assertThat(roundTrips(PLAIN, server)).isCloseTo(5, WITHIN);
    assertThat(roundTrips(SNAP, server)).isCloseTo(3, WITHIN);
    assertThat(roundTrips(SPED, server)).isCloseTo(4, WITHIN);
    assertThat(roundTrips(BOTH, server)).isCloseTo(2, WITHIN);
  }

  private static boolean carriesDtls(SessionPeer peer) {
    SessionCounters counters = peer.session.counters();
    return counters.dtlsSentInChecks() > 0 && counters.dtlsReceivedInChecks() > 0;
  }

  @Test
  void extensionsAreAnsweredAndNotOfferedByDefault() {
    Simulation simulation = new Simulation(1);
    SessionPeer[] plain = pair(simulation, LinkOptions.PERFECT, PLAIN, PLAIN);
    SessionTest.connect(simulation, plain);
    assertThat(plain[0].session.counters().dtlsSentInChecks()).isZero();
    assertThat(plain[1].session.counters().dtlsSentInChecks()).isZero();
    assertThat(plain[0].session.skipsSctpHandshake()).isFalse();
    simulation = new Simulation(1);
    SessionPeer[] both = pair(simulation, LinkOptions.PERFECT.delayMillis(10), BOTH, PLAIN);
    SessionTest.connect(simulation, both);
    assertThat(carriesDtls(both[0])).isTrue();
    assertThat(carriesDtls(both[1])).isTrue();
    assertThat(both[0].session.skipsSctpHandshake()).isTrue();
    assertThat(both[1].session.skipsSctpHandshake()).isTrue();
  }

  @Test
  void aPeerThatKnowsNoneOfThemConnectsAsEver() {
    Settings off = PLAIN.withSnap(ExtensionUse.OFF).withSped(ExtensionUse.OFF);
    for (boolean offers : new boolean[] {true, false}) {
      Simulation simulation = new Simulation(1);
      LinkOptions link = LinkOptions.PERFECT.delayMillis(10);
      SessionPeer[] pair =
          offers ? pair(simulation, link, BOTH, off) : pair(simulation, link, off, BOTH);
      SessionTest.connect(simulation, pair);
      SessionTest.exchange(simulation, pair, 10);
      assertThat(pair[0].session.skipsSctpHandshake()).isFalse();
      assertThat(pair[0].session.counters().dtlsSentInChecks()).isZero();
      assertThat(pair[1].session.counters().dtlsSentInChecks()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DTLS_1_2", "DTLS_1_3"})
  void connectsOverLossyReorderingDuplicatingLinks(ProtocolVersion version) {
    LinkOptions bad =
        LinkOptions.PERFECT
            .delayMillis(20)
            .loss(0.2)
            .duplicate(0.1)
            .reorder(0.1, Duration.ofMillis(15));
    Seeds.forEach(
        5,
        seed -> {
          Simulation simulation = new Simulation(seed);
          DtlsRole role = (seed & 1) == 0 ? DtlsRole.CLIENT : DtlsRole.SERVER;
          SessionPeer[] pair =
              pair(
                  simulation,
                  bad,
                  BOTH.withVersion(version),
                  PLAIN.withVersion(version).withAnswerRole(role));
          SessionTest.connect(simulation, pair);
          SessionTest.exchange(simulation, pair, 10);
          pair[(int) (seed >> 1 & 1)].offerAgain();
          SessionTest.exchange(simulation, pair, 10);
        });
  }
}
