package org.klatsch.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything in the heap, every change in a journal file first. The file is written anew when most
/// of it no longer counts.
public final class JournalStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(JournalStore.class);

  private static final int MAX_KEY_BYTES = 512;
  private static final int MAX_VALUE_BYTES = 1024 * 1024;

  /// Below this size writing anew saves nothing that anybody would notice.
  private static final long SMALL = 1024 * 1024;

  /// How long written bytes may stay in the machine's memory under [SyncPolicy#INTERVAL].
  private static final Duration SYNC_INTERVAL = Duration.ofMillis(200);

  /// The least of a record: type, key length, two numbers, value length.
  private static final int RECORD_OVERHEAD = 1 + 2 + 8 + 8 + 4;

  private static final byte PUT = 1;
  private static final byte DELETE = 2;
  private static final byte APPEND = 3;
  private static final byte ACKNOWLEDGE = 4;
  private static final byte CLEAR = 5;
  private static final byte SEQUENCE = 6;

  private final InstantSource clock;
  private final SyncPolicy policy;
  private final Journal journal;
  private final NavigableMap<String, Entry> entries = new TreeMap<>();
  private final Map<String, NavigableMap<Long, byte[]>> logs = new HashMap<>();

  /// The epoch of the last entry and the id of the last item: one number for both.
  private long sequence;

  /// Bytes of the records that still count.
  private long live;

  private int items;
  private long writes;
  private long failures;
  private int compactions;

  /// Where a compaction that failed is tried again.
  private long compactAt;

  private boolean closed;
  private final @Nullable Thread syncer;

  private JournalStore(Path file, SyncPolicy policy, InstantSource clock) throws IOException {
    this.clock = clock;
    this.policy = policy;
    journal = Journal.open(file, this::replay);
    syncer =
        policy == SyncPolicy.INTERVAL
            ? Thread.ofPlatform().daemon().name("klatsch-store-sync").start(this::syncNowAndThen)
            : null;
  }

  /// Opens the store of a directory, which one process at a time may use.
  public static JournalStore open(Path directory, SyncPolicy policy, InstantSource clock)
      throws IOException {
    Files.createDirectories(directory);
    return new JournalStore(directory.resolve("journal"), policy, clock);
  }

  // Reading.

  @Override
  public synchronized @Nullable Entry get(String key) {
    Entry entry = entries.get(key);
    return entry == null || ended(entry) ? null : entry;
  }

  @Override
  public synchronized List<Entry> entries(String prefix) {
    var found = new ArrayList<Entry>();
    for (Entry entry : entries.tailMap(prefix, true).values()) {
      if (!entry.key().startsWith(prefix)) {
        break;
      }
      if (!ended(entry)) {
        found.add(entry);
      }
    }
    return found;
  }

  private boolean ended(Entry entry) {
    Instant expires = entry.expires();
    return expires != null && !clock.instant().isBefore(expires);
  }

  @Override
  public synchronized List<Item> items(String log, long after, int most) {
    NavigableMap<Long, byte[]> held = logs.get(log);
    if (held == null) {
      return List.of();
    }
    return held.tailMap(after, false).entrySet().stream()
        .limit(most)
        .map(item -> new Item(item.getKey(), item.getValue()))
        .toList();
  }

  @Override
  public synchronized List<String> logs(String prefix) {
    return logs.keySet().stream().filter(name -> name.startsWith(prefix)).sorted().toList();
  }

  @Override
  public synchronized int size(String log) {
    NavigableMap<Long, byte[]> held = logs.get(log);
    return held == null ? 0 : held.size();
  }

  @Override
  public synchronized Counters counters() {
    return new Counters(entries.size(), items, journal.size(), writes, failures, compactions);
  }

  // Writing.

  @Override
  public Entry put(String key, byte[] value, @Nullable Duration lease) throws StoreException {
    Entry entry;
    synchronized (this) {
      entry = write(key, value, lease);
    }
    syncIfAlways();
    return entry;
  }

  @Override
  public @Nullable Entry putIfAbsent(String key, byte[] value, @Nullable Duration lease)
      throws StoreException {
    Entry entry;
    synchronized (this) {
      if (get(key) != null) {
        return null;
      }
      entry = write(key, value, lease);
    }
    syncIfAlways();
    return entry;
  }

  @Override
  public @Nullable Entry compareAndSet(
      String key, long epoch, byte[] value, @Nullable Duration lease) throws StoreException {
    Entry entry;
    synchronized (this) {
      Entry present = get(key);
      if (present == null || present.epoch() != epoch) {
        return null;
      }
      entry = write(key, value, lease);
    }
    syncIfAlways();
    return entry;
  }

  private Entry write(String key, byte[] value, @Nullable Duration lease) throws StoreException {
    Instant expires = lease == null ? null : clock.instant().plus(lease);
    // The journal keeps milliseconds.
    Instant kept = expires == null ? null : Instant.ofEpochMilli(expires.toEpochMilli());
    var entry = new Entry(key, value.clone(), sequence + 1, kept);
    journal(PUT, key, entry.epoch(), kept == null ? 0 : kept.toEpochMilli(), entry.value());
    sequence++;
    apply(entry);
    compactIfWorthwhile();
    return entry;
  }

  private void apply(Entry entry) {
    Entry before = entries.put(entry.key(), entry);
    live += recordBytes(entry.key(), entry.value());
    if (before != null) {
      live -= recordBytes(before.key(), before.value());
    }
  }

  @Override
  public boolean delete(String key, long epoch) throws StoreException {
    synchronized (this) {
      Entry present = entries.get(key);
      if (present == null || present.epoch() != epoch) {
        return false;
      }
      journal(DELETE, key, 0, 0, new byte[0]);
      forget(key);
      compactIfWorthwhile();
    }
    syncIfAlways();
    return true;
  }

  private void forget(String key) {
    Entry before = entries.remove(key);
    if (before != null) {
      live -= recordBytes(key, before.value());
    }
  }

  @Override
  public Item append(String log, byte[] value, int most) throws StoreException {
    if (most < 1) {
      throw new IllegalArgumentException("a log of at most " + most + " items");
    }
    Item item;
    synchronized (this) {
      item = new Item(sequence + 1, value.clone());
      NavigableMap<Long, byte[]> held = logs.get(log);
      long first = 0;
      if (held != null && held.size() >= most) {
        // Those that stay begin with this one.
        first =
            most == 1
                ? item.id()
                : held.keySet().stream().skip(held.size() - most + 1L).findFirst().orElseThrow();
      }
      journal(APPEND, log, item.id(), first, item.value());
      sequence++;
      apply(log, item, first);
      compactIfWorthwhile();
    }
    syncIfAlways();
    return item;
  }

  private void apply(String log, Item item, long first) {
    NavigableMap<Long, byte[]> held = logs.computeIfAbsent(log, _ -> new TreeMap<>());
    held.put(item.id(), item.value());
    items++;
    live += recordBytes(log, item.value());
    while (held.firstKey() < first) {
      drop(log, held, held.firstKey());
    }
  }

  private boolean drop(String log, NavigableMap<Long, byte[]> held, long id) {
    byte[] value = held.remove(id);
    if (value == null) {
      return false;
    }
    items--;
    live -= recordBytes(log, value);
    return true;
  }

  @Override
  public boolean acknowledge(String log, long id) throws StoreException {
    synchronized (this) {
      NavigableMap<Long, byte[]> held = logs.get(log);
      if (held == null || !held.containsKey(id)) {
        return false;
      }
      journal(ACKNOWLEDGE, log, id, 0, new byte[0]);
      remove(log, id);
      compactIfWorthwhile();
    }
    syncIfAlways();
    return true;
  }

  private void remove(String log, long id) {
    NavigableMap<Long, byte[]> held = logs.get(log);
    if (held != null && drop(log, held, id) && held.isEmpty()) {
      logs.remove(log);
    }
  }

  @Override
  public void clear(String log) throws StoreException {
    synchronized (this) {
      if (!logs.containsKey(log)) {
        return;
      }
      journal(CLEAR, log, 0, 0, new byte[0]);
      removeAll(log);
      compactIfWorthwhile();
    }
    syncIfAlways();
  }

  private void removeAll(String log) {
    NavigableMap<Long, byte[]> held = logs.remove(log);
    if (held != null) {
      items -= held.size();
      held.values().forEach(value -> live -= recordBytes(log, value));
    }
  }

  @Override
  public synchronized void expire() throws StoreException {
    for (Entry entry : List.copyOf(entries.values())) {
      if (ended(entry)) {
        journal(DELETE, entry.key(), 0, 0, new byte[0]);
        forget(entry.key());
      }
    }
    compactIfWorthwhile();
  }

  // The journal.

  private static int recordBytes(String key, byte[] value) {
    return RECORD_OVERHEAD + key.length() + value.length;
  }

  private void journal(byte type, String key, long first, long second, byte[] value)
      throws StoreException {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    if (name.length == 0 || name.length > MAX_KEY_BYTES || value.length > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "a key of " + name.length + " bytes with a value of " + value.length);
    }
    if (closed) {
      throw new StoreException("The store is closed", new IOException("closed"));
    }
    byte[] payload = payload(type, name, first, second, value);
    try {
      journal.append(payload, payload.length);
      writes++;
    } catch (IOException e) {
      failures++;
      throw new StoreException("The store cannot write: " + e.getMessage(), e);
    }
  }

  private static byte[] payload(byte type, byte[] name, long first, long second, byte[] value) {
    return ByteBuffer.allocate(RECORD_OVERHEAD + name.length + value.length)
        .put(type)
        .putShort((short) name.length)
        .put(name)
        .putLong(first)
        .putLong(second)
        .putInt(value.length)
        .put(value)
        .array();
  }

  private void replay(ByteBuffer payload) {
    byte type = payload.get();
    byte[] name = new byte[payload.getShort()];
    payload.get(name);
    String key = new String(name, StandardCharsets.UTF_8);
    long first = payload.getLong();
    long second = payload.getLong();
    byte[] value = new byte[payload.getInt()];
    payload.get(value);
    switch (type) {
      case PUT -> {
        apply(new Entry(key, value, first, second == 0 ? null : Instant.ofEpochMilli(second)));
        sequence = Math.max(sequence, first);
      }
      case DELETE -> forget(key);
      case APPEND -> {
        apply(key, new Item(first, value), second);
        sequence = Math.max(sequence, first);
      }
      case ACKNOWLEDGE -> remove(key, first);
      case CLEAR -> removeAll(key);
      case SEQUENCE -> sequence = Math.max(sequence, first);
      default -> LOG.warn("a record of the unknown type {} is left out", type);
    }
  }

  private void compactIfWorthwhile() {
    long size = journal.size();
    if (size < Math.max(SMALL, 4 * live) || size < compactAt) {
      return;
    }
    try {
      journal.replace(this::writeAll);
      compactions++;
      compactAt = 0;
    } catch (IOException e) {
      failures++;
      compactAt = size + size / 4;
      LOG.warn("The journal cannot be written anew and goes on growing: {}", e.toString());
    }
  }

  private void writeAll(Journal target) throws IOException {
    write(target, SEQUENCE, "sequence", sequence, 0, new byte[0]);
    for (Entry entry : entries.values()) {
      Instant expires = entry.expires();
      long end = expires == null ? 0 : expires.toEpochMilli();
      write(target, PUT, entry.key(), entry.epoch(), end, entry.value());
    }
    for (Map.Entry<String, NavigableMap<Long, byte[]>> log : logs.entrySet()) {
      for (Map.Entry<Long, byte[]> item : log.getValue().entrySet()) {
        write(target, APPEND, log.getKey(), item.getKey(), 0, item.getValue());
      }
    }
  }

  private static void write(
      Journal target, byte type, String key, long first, long second, byte[] value)
      throws IOException {
    byte[] payload = payload(type, key.getBytes(StandardCharsets.UTF_8), first, second, value);
    target.append(payload, payload.length);
  }

  // The disk.

  private void syncIfAlways() throws StoreException {
    if (policy == SyncPolicy.ALWAYS) {
      sync();
    }
  }

  @Override
  public void sync() throws StoreException {
    try {
      journal.force();
    } catch (IOException e) {
      synchronized (this) {
        failures++;
      }
      throw new StoreException("The store cannot be forced to the disk: " + e.getMessage(), e);
    }
  }

  private void syncNowAndThen() {
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(SYNC_INTERVAL.toNanos());
        try {
          sync();
        } catch (StoreException e) {
          LOG.error("{}", e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  @Override
  public void close() throws StoreException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (syncer != null) {
      syncer.interrupt();
      try {
        syncer.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    try {
      if (policy != SyncPolicy.NEVER) {
        journal.force();
      }
      journal.close();
    } catch (IOException e) {
      throw new StoreException("The store did not close: " + e.getMessage(), e);
    }
  }
}
