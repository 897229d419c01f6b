package org.klatsch.server.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the server keeps over restarts. Thread-safe. A method that returns has written: the end of
/// the process loses nothing of it, the end of the machine at most what [#sync] has not forced yet.
public interface Store extends AutoCloseable {

  /// A value under a key.
  ///
  /// @param epoch of the write that made it; higher than that of every earlier write
  /// @param expires when it ends by itself, null if never
  record Entry(String key, byte[] value, long epoch, @Nullable Instant expires) {}

  /// An item of a log.
  ///
  /// @param id higher than that of every earlier item of any log
  record Item(long id, byte[] value) {}

  /// What a store counted.
  ///
  /// @param bytes of the journal
  /// @param failures writes that the disk refused
  record Counters(
      int entries, int items, long bytes, long writes, long failures, int compactions) {}

  /// Null if there is none, or no more.
  @Nullable Entry get(String key);

  /// Those whose keys begin so, by key.
  List<Entry> entries(String prefix);

  /// Writes, whatever was there.
  ///
  /// @param lease after which the entry ends by itself, null for never
  Entry put(String key, byte[] value, @Nullable Duration lease) throws StoreException;

  /// Writes unless there is an entry already; null if there is.
  @Nullable Entry putIfAbsent(String key, byte[] value, @Nullable Duration lease)
      throws StoreException;

  /// Writes if the entry is still that of the epoch; null if it is not. So a holder that slept over
  /// the end of its lease cannot write over its successor.
  @Nullable Entry compareAndSet(String key, long epoch, byte[] value, @Nullable Duration lease)
      throws StoreException;

  /// Deletes the entry if it is still that of the epoch.
  boolean delete(String key, long epoch) throws StoreException;

  /// Adds an item to a log, which exists from its first item on.
  ///
  /// @param most items that the log keeps: the oldest beyond that are gone
  Item append(String log, byte[] value, int most) throws StoreException;

  /// The items after the one of the id, oldest first.
  List<Item> items(String log, long after, int most);

  /// Removes an item that was dealt with. False if it was removed before.
  boolean acknowledge(String log, long id) throws StoreException;

  /// Removes all items.
  void clear(String log) throws StoreException;

  /// The logs with items whose names begin so.
  List<String> logs(String prefix);

  /// How many items a log has.
  int size(String log);

  /// Returns when everything written is on the disk.
  void sync() throws StoreException;

  /// Removes what has ended. To be called now and then.
  void expire() throws StoreException;

  Counters counters();

  /// Forces everything to the disk and gives the files back.
  @Override
  void close() throws StoreException;
}
