package org.klatsch.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.sctp.packet.Wire;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Simulation;

/// Messages are conserved, in order and whole, whatever the path does.
@Tag("simulation")
class LossyPathTest {
  static Stream<Integer> seeds() {
    return IntStream.rangeClosed(1, Integer.getInteger("klatsch.seeds", 50)).boxed();
  }

  private static final class Side {
    final SctpAssociation association;
    final List<SctpEvent.Message> received = new ArrayList<>();
    SctpCloseCause closed;
    boolean connected;
    Host host;

    Side(SctpOptions options, long seed) {
      association = new SctpAssociation(options, new SeededRandom(seed));
    }

    void handle(Simulation simulation, SctpEvent event) {
      switch (event) {
        case SctpEvent.Connected _ -> connected = true;
        case SctpEvent.Message m -> {
          received.add(m);
          association.consumed(simulation.now(), m.windowBytes());
        }
        case SctpEvent.Closed e -> closed = e.cause();
        default -> {}
      }
    }
  }

  private static Side[] pair(
      Simulation simulation, LinkOptions link, SctpOptions a, SctpOptions b) {
    Host left = simulation.network().internet().host("192.0.2.1", link);
    Host right = simulation.network().internet().host("192.0.2.2");
    Side[] sides = {new Side(a, simulation.seed()), new Side(b, simulation.seed() + 7777)};
    for (int i = 0; i < 2; i++) {
      Side side = sides[i];
      Host host = i == 0 ? left : right;
      Host other = i == 0 ? right : left;
      side.host = host;
      simulation
          .add(
              host,
              side.association,
              (now, local, remote, ecn, array, offset, length) ->
                  side.association.handlePacket(now, array, offset, length),
              event -> side.handle(simulation, event))
          .route(host.address(5000), other.address(5000));
    }
    return sides;
  }

  private static byte[] message(int stream, int number, int length, SplittableRandom random) {
    byte[] data = new byte[Math.max(8, length)];
    random.nextBytes(data);
    Wire.put32(data, 0, stream);
    Wire.put32(data, 4, number);
    return data;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void deliversEverythingOnceAndInOrder(int seed) {
    Simulation simulation = new Simulation(seed);
    SplittableRandom random = new SplittableRandom(seed);
    LinkOptions link =
        LinkOptions.PERFECT
            .delayMillis(1 + random.nextInt(60))
            .loss(0.30)
            .reorder(0.2, Duration.ofMillis(1 + random.nextInt(50)))
            .duplicate(0.1);
    SctpOptions options =
        SctpOptions.defaults().toBuilder()
            .interleaving(random.nextBoolean())
            .maxRetransmits(50, 100)
            .receiveWindow(random.nextBoolean() ? 8_000_000 : 60_000)
            .build();
    Side[] sides =
        pair(
            simulation,
            link,
            options,
            SctpOptions.defaults().toBuilder().maxRetransmits(50, 100).build());
    sides[0].association.connect(simulation.now());
    sides[1].association.connect(simulation.now());
    assertThat(
            simulation.runUntil(
                () -> sides[0].connected && sides[1].connected, Duration.ofSeconds(600)))
        .isTrue();
    Map<Long, List<byte[]>> sent = new HashMap<>();
    int total = 0;
    for (int i = 0; i < 60; i++) {
      int side = random.nextInt(2);
      int stream = random.nextInt(4);
      int length = random.nextInt(10) == 0 ? random.nextInt(40_000) : random.nextInt(2_500);
      List<byte[]> list = sent.computeIfAbsent(side * 100L + stream, k -> new ArrayList<>());
      byte[] data = message(stream, list.size(), length, random);
      list.add(data);
      total++;
      assertThat(
              sides[side].association.send(
                  simulation.now(),
                  stream,
                  53,
                  data,
                  0,
                  data.length,
                  stream == 3 ? SendOptions.UNORDERED : SendOptions.RELIABLE))
          .isTrue();
    }
    int expected = total;
    boolean done =
        simulation.runUntil(
            () -> sides[0].received.size() + sides[1].received.size() >= expected,
            Duration.ofSeconds(900));
    simulation.runFor(Duration.ofSeconds(30));
    assertThat(done)
        .as(
            "seed %d: %d of %d; %s",
            seed,
            sides[0].received.size() + sides[1].received.size(),
            expected,
            sides[0].association.statistics())
        .isTrue();
    for (int side = 0; side < 2; side++) {
      Map<Integer, Integer> next = new HashMap<>();
      for (SctpEvent.Message m : sides[1 - side].received) {
        int number = Wire.i32(m.data(), 4);
        assertThat(m.data()).isEqualTo(sent.get(side * 100L + m.streamId()).get(number));
        if (m.streamId() != 3) {
          assertThat(number).isEqualTo(next.merge(m.streamId(), 1, Integer::sum) - 1);
        }
      }
    }
    assertThat(sides[0].received.size() + sides[1].received.size()).isEqualTo(expected);
    sides[0].association.shutdown(simulation.now());
    assertThat(
            simulation.runUntil(
                () -> sides[0].closed != null && sides[1].closed != null, Duration.ofSeconds(900)))
        .isTrue();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void abandonsUnreliableMessagesWithoutBlockingTheOthers(int seed) {
    Simulation simulation = new Simulation(seed);
    SplittableRandom random = new SplittableRandom(seed);
    LinkOptions link =
        LinkOptions.PERFECT.delayMillis(20).loss(0.2).reorder(0.1, Duration.ofMillis(30));
    SctpOptions options =
        SctpOptions.defaults().toBuilder()
            .interleaving(random.nextBoolean())
            .maxRetransmits(50, 100)
            .build();
    Side[] sides = pair(simulation, link, options, options);
    sides[0].association.connect(simulation.now());
    assertThat(
            simulation.runUntil(
                () -> sides[0].connected && sides[1].connected, Duration.ofSeconds(600)))
        .isTrue();
    int reliable = 0;
    for (int i = 0; i < 120; i++) {
      int stream = random.nextInt(4);
      SendOptions how =
          switch (stream) {
            case 0 -> SendOptions.RELIABLE;
            case 1 -> new SendOptions(false, 0, null);
            case 2 -> new SendOptions(true, 1, null);
            default -> new SendOptions(false, -1, Duration.ofMillis(60));
          };
      reliable += stream == 0 ? 1 : 0;
      byte[] data = message(stream, i, random.nextInt(6_000), random);
      sides[0].association.send(simulation.now(), stream, 53, data, 0, data.length, how);
      simulation.runFor(Duration.ofMillis(random.nextInt(10)));
    }
    int wanted = reliable;
    assertThat(
            simulation.runUntil(
                () -> sides[1].received.stream().filter(m -> m.streamId() == 0).count() == wanted,
                Duration.ofSeconds(300)))
        .as("seed %d", seed)
        .isTrue();
    simulation.runFor(Duration.ofSeconds(60));
    // Nothing stays behind: a message sent now on each stream arrives.
    for (int stream = 0; stream < 4; stream++) {
      byte[] data = message(stream, 1000, 100, random);
      sides[0].association.send(
          simulation.now(), stream, 53, data, 0, data.length, SendOptions.RELIABLE);
    }
    assertThat(
            simulation.runUntil(
                () ->
                    sides[1].received.stream().filter(m -> Wire.i32(m.data(), 4) == 1000).count()
                        == 4,
                Duration.ofSeconds(300)))
        .as("seed %d: %s", seed, sides[0].association.statistics())
        .isTrue();
    Map<Integer, Integer> last = new HashMap<>();
    for (SctpEvent.Message m : sides[1].received) {
      if (m.streamId() != 2) {
        int number = Wire.i32(m.data(), 4);
        assertThat(number).isGreaterThan(last.getOrDefault(m.streamId(), -1));
        last.put(m.streamId(), number);
      }
    }
    assertThat(sides[0].association.statistics().messagesAbandoned() + sides[1].received.size())
        .isGreaterThanOrEqualTo(124);
  }

  @Test
  void neverStallsWhenLargePacketsVanish() {
    Simulation simulation = new Simulation(3);
    LinkOptions wide = LinkOptions.PERFECT.delayMillis(20);
    Side[] sides = pair(simulation, wide, SctpOptions.defaults(), SctpOptions.defaults());
    sides[0].association.connect(simulation.now());
    simulation.runUntil(() -> sides[0].connected && sides[1].connected, Duration.ofSeconds(10));
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(sides[0].association.packetSize()).isEqualTo(1412);
    for (int i = 0; i < 20; i++) {
      byte[] data = new byte[65_536];
      sides[0].association.send(
          simulation.now(), 0, 53, data, 0, data.length, SendOptions.RELIABLE);
    }
    // Packets above 1280 bytes vanish from now on, in the middle of the transfer.
    simulation.runFor(Duration.ofMillis(30));
    sides[0].host.uplink().options(wide.mtu(1280));
    assertThat(simulation.runUntil(() -> sides[1].received.size() == 20, Duration.ofSeconds(60)))
        .as("%s", sides[0].association.statistics())
        .isTrue();
    assertThat(sides[0].association.packetSize()).isEqualTo(1192);
  }
}
