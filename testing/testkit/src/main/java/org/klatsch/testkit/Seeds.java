package org.klatsch.testkit;

import java.util.stream.LongStream;

/// The seeds of randomised tests: 50 by default, `-Dklatsch.seeds=1000` for more, and
/// `-Dklatsch.seed=N` to replay one.
public final class Seeds {
  /// A randomised test.
  @FunctionalInterface
  public interface SeededTest {
    void run(long seed) throws Exception;
  }

  private Seeds() {}

  /// How many seeds a simulation runs.
  public static int count() {
    return Integer.getInteger("klatsch.seeds", 50);
  }

  /// The fixed seeds of this run: 1, 2, 3 …, or the one to replay.
  public static LongStream stream() {
    Long replayed = Long.getLong("klatsch.seed");
    return replayed != null ? LongStream.of(replayed) : LongStream.rangeClosed(1, count());
  }

  /// Runs a test with every seed; a failure names the seed that replays it.
  public static void forEach(SeededTest test) {
    forEach(stream(), test);
  }

  /// Runs a test with the first `limit` seeds at most, for tests too slow for all of them.
  public static void forEach(int limit, SeededTest test) {
    forEach(stream().limit(limit), test);
  }

  private static void forEach(LongStream seeds, SeededTest test) {
    seeds.forEach(seed -> {
      try {
        test.run(seed);
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            "seed " + seed + " fails, replay with -Dklatsch.seed=" + seed + ": " + e.getMessage(),
            e);
      }
    });
  }
}
