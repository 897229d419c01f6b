package org.klatsch.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalStoreTest {
  @TempDir Path directory;
  private Instant now = Instant.parse("2026-11-23T08:00:00Z");
  private final InstantSource clock = () -> now;

  private JournalStore open() throws IOException {
    return JournalStore.open(directory, SyncPolicy.NEVER, clock);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static List<String> texts(Store store, String log) {
    return store.items(log, 0, Integer.MAX_VALUE).stream()
        .map(item -> new String(item.value(), UTF_8))
        .toList();
  }

  @Test
  void keepsEntriesAndLogsOverARestart() throws Exception {
    try (Store store = open()) {
      store.put("a", bytes("1"), null);
      store.put("a", bytes("2"), null);
      store.put("b", bytes("3"), null);
      assertThat(store.delete("b", store.get("b").epoch())).isTrue();
      store.append("log", bytes("x"), 10);
      Store.Item dealtWith = store.append("log", bytes("y"), 10);
      store.append("log", bytes("z"), 10);
      assertThat(store.acknowledge("log", dealtWith.id())).isTrue();
      assertThat(store.acknowledge("log", dealtWith.id())).isFalse();
      store.append("other", bytes("o"), 10);
      store.clear("other");
    }
    try (Store store = open()) {
      assertThat(store.get("a").value()).isEqualTo(bytes("2"));
      assertThat(store.get("b")).isNull();
      assertThat(texts(store, "log")).containsExactly("x", "z");
      assertThat(store.logs("")).containsExactly("log");
    }
  }

  @Test
  void epochsNeverGoBack() throws Exception {
    long epoch;
    try (Store store = open()) {
      epoch = store.put("a", bytes("1"), null).epoch();
      assertThat(store.delete("a", epoch)).isTrue();
      assertThat(store.putIfAbsent("a", bytes("2"), null).epoch()).isGreaterThan(epoch);
      assertThat(store.compareAndSet("a", epoch, bytes("3"), null)).isNull();
      epoch = store.get("a").epoch();
      assertThat(store.delete("a", epoch)).isTrue();
    }
    try (Store store = open()) {
      assertThat(store.put("a", bytes("1"), null).epoch()).isGreaterThan(epoch);
    }
  }

  @Test
  void onlyTheHolderOfTheNewestEpochMayWrite() throws Exception {
    try (Store store = open()) {
      long first = store.putIfAbsent("lease", bytes("node-1"), Duration.ofSeconds(6)).epoch();
      assertThat(store.putIfAbsent("lease", bytes("node-2"), Duration.ofSeconds(6))).isNull();
      now = now.plusSeconds(6);
      assertThat(store.get("lease")).isNull();
      assertThat(store.entries("le")).isEmpty();
      long second = store.putIfAbsent("lease", bytes("node-2"), Duration.ofSeconds(6)).epoch();
      assertThat(store.compareAndSet("lease", first, bytes("node-1"), null)).isNull();
      assertThat(store.delete("lease", first)).isFalse();
      assertThat(store.compareAndSet("lease", second, bytes("node-2 again"), null)).isNotNull();
    }
  }

  @Test
  void aLeaseEndsAtTheSameTimeAfterARestart() throws Exception {
    try (Store store = open()) {
      store.put("lease", bytes("x"), Duration.ofSeconds(10));
    }
    now = now.plusSeconds(9);
    try (Store store = open()) {
      assertThat(store.get("lease")).isNotNull();
      now = now.plusSeconds(1);
      store.expire();
      assertThat(store.counters().entries()).isZero();
    }
  }

  @Test
  void aLogKeepsTheNewest() throws Exception {
    try (Store store = open()) {
      for (int i = 0; i < 10; i++) {
        store.append("log", bytes("" + i), 3);
      }
      store.append("one", bytes("a"), 1);
      store.append("one", bytes("b"), 1);
    }
    try (Store store = open()) {
      assertThat(texts(store, "log")).containsExactly("7", "8", "9");
      assertThat(texts(store, "one")).containsExactly("b");
      long second = store.items("log", 0, 2).getLast().id();
      assertThat(store.items("log", second, 10)).hasSize(1);
      assertThat(store.size("log")).isEqualTo(3);
    }
  }

  @Test
  void theJournalIsWrittenAnewWhenMostOfItNoLongerCounts() throws Exception {
    byte[] value = new byte[10_000];
    try (Store store = open()) {
      store.append("log", bytes("stays"), 10);
      for (int i = 0; i < 1_000; i++) {
        value[0] = (byte) i;
        store.put("key", value, null);
      }
      assertThat(store.counters().compactions()).isPositive();
      assertThat(store.counters().bytes()).isLessThan(2_000_000);
    }
    try (Store store = open()) {
      assertThat(store.get("key").value()[0]).isEqualTo((byte) 999);
      assertThat(texts(store, "log")).containsExactly("stays");
    }
  }

  @Test
  void anInterruptedThreadWritesAndHarmsNobody() throws Exception {
    try (Store store = JournalStore.open(directory, SyncPolicy.ALWAYS, clock)) {
      Thread.currentThread().interrupt();
      store.put("a", bytes("1"), null);
      assertThat(Thread.interrupted()).isTrue();
      store.put("b", bytes("2"), null);
      assertThat(store.entries("")).hasSize(2);
    }
  }

  @Test
  void aClosedStoreRefusesToWrite() throws Exception {
    Store store = open();
    store.close();
    store.close();
    assertThatThrownBy(() -> store.put("a", bytes("1"), null)).isInstanceOf(StoreException.class);
  }

  @Test
  void aFileOfSomethingElseIsLeftAlone() throws Exception {
    Path file = Files.writeString(directory.resolve("journal"), "dear diary");
    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("journal");
    assertThat(file).hasContent("dear diary");
  }

  @Test
  void theJournalIsForTheOwnerOnly() throws Exception {
    open().close();
    assertThat(Files.getPosixFilePermissions(directory.resolve("journal")))
        .hasToString("[OWNER_READ, OWNER_WRITE]");
  }

  /// What a store should hold, as text.
  private static final class Model {
    final TreeMap<String, String> entries = new TreeMap<>();
    final TreeMap<String, List<String>> logs = new TreeMap<>();

    void apply(Random random, Store store) throws StoreException {
      String key = "k" + random.nextInt(4);
      String log = "l" + random.nextInt(3);
      String value = "v" + random.nextInt(1_000_000) + "x".repeat(random.nextInt(60));
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          store.put(key, bytes(value), null);
          entries.put(key, value);
        }
        case 2 -> {
          Store.Entry entry = store.get(key);
          if (entry == null) {
            store.put(key, bytes(value), null);
            entries.put(key, value);
          } else {
            store.delete(key, entry.epoch());
            entries.remove(key);
          }
        }
        case 3, 4 -> {
          store.append(log, bytes(value), 4);
          List<String> held = logs.computeIfAbsent(log, _ -> new ArrayList<>());
          held.add(value);
          if (held.size() > 4) {
            held.removeFirst();
          }
        }
        default -> {
          List<Store.Item> items = store.items(log, 0, 10);
          if (items.isEmpty()) {
            store.append(log, bytes(value), 4);
            logs.put(log, new ArrayList<>(List.of(value)));
          } else {
            int which = random.nextInt(items.size());
            store.acknowledge(log, items.get(which).id());
            logs.get(log).remove(which);
            if (logs.get(log).isEmpty()) {
              logs.remove(log);
            }
          }
        }
      }
    }

    String text() {
      return entries + " " + logs;
    }

    static String text(Store store) {
      var model = new Model();
      store.entries("").forEach(e -> model.entries.put(e.key(), new String(e.value(), UTF_8)));
      store.logs("").forEach(log -> model.logs.put(log, texts(store, log)));
      return model.text();
    }
  }

  @Test
  void whateverRemainsOfTheLastWriteTheOnesBeforeAreThere() throws Exception {
    for (int seed = 0; seed < Integer.getInteger("klatsch.seeds", 50); seed++) {
      var random = new Random(seed);
      Path folder = directory.resolve("seed-" + seed);
      var model = new Model();
      var states = new ArrayList<String>();
      var ends = new ArrayList<Long>();
      try (JournalStore store = JournalStore.open(folder, SyncPolicy.NEVER, clock)) {
        states.add(model.text());
        ends.add(store.counters().bytes());
        for (int i = 0; i < 60; i++) {
          model.apply(random, store);
          states.add(model.text());
          ends.add(store.counters().bytes());
        }
      }
      Path file = folder.resolve("journal");
      byte[] whole = Files.readAllBytes(file);
      for (int cut = 0; cut < 10; cut++) {
        int length = random.nextInt(whole.length + 1);
        byte[] torn = Arrays.copyOf(whole, length);
        // A block that was allotted and never written: zeros, or what was there before.
        byte[] tail = new byte[length < 8 ? 0 : random.nextInt(40)];
        if (random.nextBoolean()) {
          random.nextBytes(tail);
        }
        try (var out = Files.newOutputStream(file)) {
          out.write(torn);
          out.write(tail);
        }
        // Zeros may happen to be what was cut off.
        byte[] content = Files.readAllBytes(file);
        int complete = 0;
        while (complete + 1 < ends.size() && ends.get(complete + 1) <= same(content, whole)) {
          complete++;
        }
        try (JournalStore store = JournalStore.open(folder, SyncPolicy.NEVER, clock)) {
          assertThat(Model.text(store))
              .as("seed %d cut at %d", seed, length)
              .isEqualTo(states.get(complete));
          // And it can be written to.
          store.put("after", bytes("all"), null);
        }
        try (JournalStore store = JournalStore.open(folder, SyncPolicy.NEVER, clock)) {
          assertThat(store.get("after").value()).isEqualTo(bytes("all"));
        }
      }
    }
  }

  /// How many bytes are the same from the beginning.
  private static int same(byte[] a, byte[] b) {
    int differs = Arrays.mismatch(a, b);
    return differs < 0 ? a.length : differs;
  }
}
