package org.klatsch.server.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file of records, each with its length and checksum, written at the end alone:
///
/// ```
/// file   := magic (8 bytes) record*
/// record := length (4) CRC-32C of the payload (4) payload
/// ```
///
/// What a crash left of the last record is cut off when the file is opened; the bytes cut off are
/// kept beside it. Confined to its owner's lock, but for [#force].
final class Journal implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final byte[] MAGIC = "KLATSCH1".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 8;

  /// A longer record was never written.
  static final int MAX_PAYLOAD = 2 * 1024 * 1024;

  private final Path path;
  private final Object forcing = new Object();

  /// Not a channel: an interrupted thread would close that for everybody.
  private RandomAccessFile file;

  private long end;
  private volatile long written;
  private long forced;

  private Journal(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /// Opens or makes a journal and hands over the payloads in it, oldest first.
  static Journal open(Path path, Consumer<ByteBuffer> replay) throws IOException {
    Files.deleteIfExists(next(path));
    if (!Files.exists(path)) {
      create(path).close();
    }
    var journal = new Journal(path, new RandomAccessFile(path.toFile(), "rw"));
    try {
      journal.read(replay);
    } catch (IOException | RuntimeException e) {
      journal.file.close();
      throw e;
    }
    return journal;
  }

  private static Path next(Path path) {
    return path.resolveSibling(path.getFileName() + ".new");
  }

  /// Secrets of tenants are in it.
  private static RandomAccessFile create(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(path);
    }
    var file = new RandomAccessFile(path.toFile(), "rw");
    file.write(MAGIC);
    return file;
  }

  private void read(Consumer<ByteBuffer> replay) throws IOException {
    byte[] all = Files.readAllBytes(path);
    int begin = Math.min(all.length, MAGIC.length);
    if (!Arrays.equals(all, 0, begin, MAGIC, 0, begin)) {
      throw new IOException(path + " is not a journal of this program");
    }
    if (begin < MAGIC.length) {
      // The very first write was torn.
      file.setLength(0);
      file.write(MAGIC);
      end = MAGIC.length;
      return;
    }
    ByteBuffer buffer = ByteBuffer.wrap(all).position(MAGIC.length);
    var crc = new CRC32C();
    while (buffer.remaining() >= HEADER) {
      int start = buffer.position();
      int length = buffer.getInt();
      int checksum = buffer.getInt();
      if (length < 1 || length > MAX_PAYLOAD || length > buffer.remaining()) {
        buffer.position(start);
        break;
      }
      crc.reset();
      crc.update(all, buffer.position(), length);
      if ((int) crc.getValue() != checksum) {
        buffer.position(start);
        break;
      }
      replay.accept(buffer.slice(buffer.position(), length));
      buffer.position(buffer.position() + length);
    }
    end = buffer.position();
    if (end < all.length) {
      Path cut = path.resolveSibling(path.getFileName() + ".cut");
      Files.write(cut, Arrays.copyOfRange(all, (int) end, all.length));
      LOG.warn(
          "The last {} bytes of {} are no whole record: cut off, kept in {}",
          all.length - end,
          path,
          cut.getFileName());
      file.setLength(end);
    }
    written = end;
  }

  /// Writes a record behind the others. When that fails nothing of it remains.
  void append(byte[] payload, int length) throws IOException {
    byte[] record = record(payload, length);
    try {
      file.seek(end);
      file.write(record);
    } catch (IOException e) {
      try {
        file.setLength(end);
      } catch (IOException also) {
        // The next record is written over it, and what sticks out is cut off when it is read.
        e.addSuppressed(also);
      }
      throw e;
    }
    end += record.length;
    written = end;
  }

  private static byte[] record(byte[] payload, int length) {
    if (length < 1 || length > MAX_PAYLOAD) {
      throw new IllegalArgumentException("a record of " + length + " bytes");
    }
    var crc = new CRC32C();
    crc.update(payload, 0, length);
    return ByteBuffer.allocate(HEADER + length)
        .putInt(length)
        .putInt((int) crc.getValue())
        .put(payload, 0, length)
        .array();
  }

  /// Forces everything written before the call to the disk. Many callers share one force.
  void force() throws IOException {
    long target = written;
    synchronized (forcing) {
      if (forced < target) {
        long now = written;
        file.getFD().sync();
        forced = now;
      }
    }
  }

  /// Bytes of the file.
  long size() {
    return end;
  }

  /// What writes all records that still count.
  interface Snapshot {
    void write(Journal target) throws IOException;
  }

  /// Puts a new file in place of this one. When that fails this one stays as it is.
  void replace(Snapshot snapshot) throws IOException {
    Path nextPath = next(path);
    Files.deleteIfExists(nextPath);
    var fresh = new Journal(nextPath, create(nextPath));
    fresh.end = MAGIC.length;
    try {
      snapshot.write(fresh);
      fresh.file.getFD().sync();
      Files.move(
          nextPath, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      fresh.file.close();
      Files.deleteIfExists(nextPath);
      throw e;
    }
    synchronized (forcing) {
      RandomAccessFile old = file;
      file = fresh.file;
      end = fresh.end;
      written = end;
      forced = end;
      old.close();
    }
    forceDirectory();
  }

  /// The new name is on the disk too.
  private void forceDirectory() {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      return;
    }
    try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
      directory.force(true);
    } catch (IOException e) {
      // Not every system lets a directory be opened; those order such writes themselves.
      LOG.debug("the directory {} cannot be forced", parent, e);
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (forcing) {
      file.close();
    }
  }
}
