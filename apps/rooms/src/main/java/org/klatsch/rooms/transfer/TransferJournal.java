package org.klatsch.rooms.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a transfer has written, for the next try after a kill or a crash: lines of text, only ever
/// appended.
///
/// ```
/// klatsch-journal 1
/// name 3 photo (2).jpg       file 3 is stored under this name
/// written 3 8388608          so many bytes were handed to the operating system: survives the death of the process
/// forced 3 67108864          so many are in storage: survives the death of the machine
/// complete 3                 checked and stored under its name
/// ```
///
/// A line that makes no sense ends the reading: the last one may be torn. What the journal says is
/// never believed without hashing the file. The file is locked as long as the journal is open.
final class TransferJournal implements AutoCloseable {
  private static final String FIRST_LINE = "klatsch-journal 1";

  /// 10,000 names of 200 bytes in 32 folders are 64 MB; nobody's journal comes near.
  private static final long MAX_BYTES = 64 << 20;

  private final Path path;
  private final FileChannel channel;
  private final FileLock fileLock;
  private final Map<Integer, Entry> entries = new HashMap<>();

  /// What is known of one file.
  static final class Entry {
    @Nullable String name;
    long written;
    long forced;
    boolean complete;
  }

  private TransferJournal(Path path, FileChannel channel, FileLock fileLock) {
    this.path = path;
    this.channel = channel;
    this.fileLock = fileLock;
  }

  /// @return null if another receiver has it open
  static @Nullable TransferJournal open(Path path, int files) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    try {
      FileLock fileLock = channel.tryLock();
      if (fileLock != null) {
        TransferJournal journal = new TransferJournal(path, channel, fileLock);
        journal.read(files);
        return journal;
      }
    } catch (OverlappingFileLockException e) {
      // Another thread of this process has it.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return null;
  }

  Entry entry(int file) {
    return entries.computeIfAbsent(file, _ -> new Entry());
  }

  void name(int file, String name) throws IOException {
    entry(file).name = name;
    append("name " + file + " " + name);
  }

  void written(int file, long bytes) throws IOException {
    append("written " + file + " " + bytes);
  }

  void forced(int file, long bytes) throws IOException {
    append("forced " + file + " " + bytes);
    channel.force(false);
  }

  void complete(int file) throws IOException {
    append("complete " + file);
  }

  /// Forgets everything: the transfer has been through.
  void delete() throws IOException {
    // Closing gives back the lock first: some systems refuse to delete an open file.
    close();
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      fileLock.release();
      channel.close();
    }
  }

  private void append(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private void read(int files) throws IOException {
    long size = channel.size();
    if (size <= MAX_BYTES) {
      ByteBuffer content = ByteBuffer.allocate((int) size);
      while (content.hasRemaining() && channel.read(content) >= 0) {}
      String text = new String(content.array(), 0, content.position(), StandardCharsets.UTF_8);
      int end = 0;
      int from = 0;
      for (int newline = text.indexOf('\n'); newline >= 0; newline = text.indexOf('\n', from)) {
        String line = text.substring(from, newline);
        if (from == 0 ? !line.equals(FIRST_LINE) : !take(line, files)) {
          break;
        }
        from = newline + 1;
        end = from;
      }
      // What is behind the last good line is overwritten.
      channel.truncate(text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
    } else {
      channel.truncate(0);
    }
    channel.position(channel.size());
    if (channel.size() == 0) {
      append(FIRST_LINE);
    }
  }

  private boolean take(String line, int files) {
    String[] words = line.split(" ", 3);
    try {
      int file = Integer.parseInt(words[1]);
      if (file < 0 || file >= files) {
        return false;
      }
      Entry entry = entry(file);
      switch (words[0]) {
        case "name" -> entry.name = words[2];
        case "written" -> entry.written = Long.parseLong(words[2]);
        case "forced" -> entry.forced = Long.parseLong(words[2]);
        case "complete" -> entry.complete = true;
        default -> {
          return false;
        }
      }
      return true;
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return false;
    }
  }
}
