package org.klatsch.rooms.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.ControlMessage.Have;
import org.klatsch.rooms.transfer.ControlMessage.OfferedFile;

/// Stores the files of one incoming transfer: the body of its virtual thread. Straight-line,
/// blocking.
final class FileReception {
  /// How often the journal is brought up to date: what a kill of the process costs at most.
  private static final long JOURNAL_BYTES = 4 << 20;

  /// How often data is forced into storage: what a crash of the machine costs at most.
  private static final long FORCE_BYTES = 64 << 20;

  /// How long to wait for the sender's last word, `docs/transfer-protocol.md` §10.
  private static final Duration LAST_WORD = Duration.ofSeconds(5);

  private static final int READ_LENGTH = 256 * 1024;

  private final IncomingTransfer transfer;
  private final ReceiveOptions options;
  private final List<OfferedFile> offered;
  private final List<String> names;
  private final String key;

  /// Digests of what the folder holds already, per file and offset.
  private final Map<Integer, Map<Long, MessageDigest>> known = new HashMap<>();

  private @Nullable Current current;
  private boolean journalIsNew = true;
  private int nextFile;

  /// The file at work.
  private static final class Current {
    final int file;
    final Path place;
    final Path part;
    final MessageDigest digest;

    /// Null when the file is complete in its place already.
    final @Nullable FileChannel out;

    long written;
    long journalled;
    long forced;

    Current(
        int file,
        Path place,
        Path part,
        MessageDigest digest,
        @Nullable FileChannel out,
        long written) {
      this.file = file;
      this.place = place;
      this.part = part;
      this.digest = digest;
      this.out = out;
      this.written = written;
      journalled = written;
      forced = written;
    }
  }

  FileReception(
      IncomingTransfer transfer,
      ReceiveOptions options,
      List<OfferedFile> offered,
      List<String> safeNames) {
    this.transfer = transfer;
    this.options = options;
    this.offered = List.copyOf(offered);
    names = new ArrayList<>(safeNames);
    key = keyOf(offered);
  }

  void run() {
    try {
      TargetFolder folder = new TargetFolder(options.folder());
      try (TransferJournal journal = TransferJournal.open(folder.journal(key), offered.size())) {
        if (journal == null) {
          transfer.declineAccepted("busy");
          return;
        }
        receive(folder, journal);
      } finally {
        closeCurrent();
      }
    } catch (FileAlreadyExistsException e) {
      transfer.abort("exists");
    } catch (IOException e) {
      transfer.abort(noSpace(e) ? "space" : "unwritable");
    } catch (MalformedTransferException e) {
      transfer.abort("protocol");
    } catch (InterruptedException e) {
      transfer.abort("cancelled");
    } catch (RuntimeException e) {
      transfer.abort("unwritable");
      throw e;
    } finally {
      transfer.finished();
    }
  }

  private void receive(TargetFolder folder, TransferJournal journal)
      throws IOException, InterruptedException, MalformedTransferException {
    String refusal = choosePlaces(folder, journal);
    if (refusal != null) {
      if (journalIsNew) {
        journal.delete();
      }
      transfer.declineAccepted(refusal);
      return;
    }
    transfer.sendAccept(hashWhatIsThere(folder, journal));
    boolean allStored = true;
    while (nextFile < offered.size()) {
      IncomingTransfer.Frame frame = transfer.take();
      if (frame == null) {
        keepForLater(journal);
        return;
      }
      if (frame.header().file() != nextFile) {
        throw new MalformedTransferException(
            "frame of file " + frame.header().file() + ", expected " + nextFile);
      }
      Current file = current;
      if (file == null) {
        file = begin(folder, journal, frame.header());
        current = file;
      }
      if (frame.header().offset() != file.written) {
        throw new MalformedTransferException(
            "offset " + frame.header().offset() + ", expected " + file.written);
      }
      if (frame.header().type() == BulkFrame.DATA) {
        write(file, frame, journal);
      } else {
        allStored &= complete(file, frame, journal);
        closeCurrent();
        nextFile++;
      }
    }
    if (allStored) {
      journal.delete();
    }
    transfer.awaitDone(LAST_WORD.toNanos());
  }

  /// Decides under which name each file is stored.
  ///
  /// @return null, or why the offer is declined
  private @Nullable String choosePlaces(TargetFolder folder, TransferJournal journal)
      throws IOException {
    long needed = 0;
    for (int i = 0; i < offered.size(); i++) {
      TransferJournal.Entry entry = journal.entry(i);
      needed += offered.get(i).size();
      if (entry.name != null || entry.written > 0 || entry.complete) {
        journalIsNew = false;
      }
      String name = names.get(i);
      if (entry.name != null) {
        name = SafeName.of(entry.name).orElse(name);
      }
      if (!entry.complete && folder.taken(name)) {
        if (options.existing() == ReceiveOptions.Existing.REFUSE) {
          return "exists";
        }
        String free = name;
        for (int number = 2; folder.taken(free) || names.contains(free); number++) {
          free = SafeName.numbered(names.get(i), number);
        }
        name = free;
        journal.name(i, name);
      }
      names.set(i, name);
      transfer.rename(i, name);
    }
    return journalIsNew && needed > folder.freeSpace() ? "space" : null;
  }

  /// What an interrupted transfer of the same files left behind, hashed anew.
  private List<Have> hashWhatIsThere(TargetFolder folder, TransferJournal journal)
      throws IOException {
    List<Have> have = new ArrayList<>();
    if (journalIsNew) {
      return have;
    }
    byte[] buffer = new byte[READ_LENGTH];
    for (int i = 0; i < offered.size(); i++) {
      TransferJournal.Entry entry = journal.entry(i);
      long size = offered.get(i).size();
      if (!entry.complete && entry.written == 0) {
        continue;
      }
      Path place = folder.place(names.get(i));
      Path part = TargetFolder.partOf(place, key);
      if (entry.complete && TargetFolder.exists(place)) {
        if (size > 0
            && Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)
            && Files.size(place) == size) {
          digestUpTo(i, place, new long[] {size}, buffer, have);
        }
      } else {
        // A complete file without its name: the end came just before it got it.
        if (Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)) {
          long length = Math.min(Files.size(part), size);
          long forced = Math.min(entry.forced, length);
          long written = Math.min(entry.written, length);
          digestUpTo(i, part, new long[] {forced, written, length}, buffer, have);
        }
      }
    }
    return have;
  }

  private void digestUpTo(int file, Path path, long[] offsets, byte[] buffer, List<Have> have)
      throws IOException {
    Arrays.sort(offsets);
    MessageDigest digest = TargetFolder.sha256();
    Map<Long, MessageDigest> found = new HashMap<>();
    try (FileChannel in =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      long at = 0;
      for (long offset : offsets) {
        while (at < offset) {
          int count =
              in.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, offset - at)), at);
          if (count < 0) {
            break;
          }
          digest.update(buffer, 0, count);
          at += count;
        }
        if (at == offset && offset > 0 && !found.containsKey(offset)) {
          MessageDigest here = TargetFolder.copy(digest);
          found.put(offset, here);
          have.add(new Have(file, offset, TargetFolder.digestSoFar(here)));
        }
      }
    }
    known.put(file, found);
  }

  private Current begin(TargetFolder folder, TransferJournal journal, BulkFrame first)
      throws IOException, MalformedTransferException {
    int file = first.file();
    Path place = folder.place(names.get(file));
    Path part = TargetFolder.partOf(place, key);
    MessageDigest digest = TargetFolder.sha256();
    long offset = first.offset();
    if (offset > 0) {
      MessageDigest before = known.getOrDefault(file, Map.of()).get(offset);
      if (before == null) {
        throw new MalformedTransferException("file " + file + " begins at " + offset);
      }
      digest = before;
    }
    transfer.started(file, offset);
    boolean inPlace =
        offset == offered.get(file).size()
            && journal.entry(file).complete
            && Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)
            && Files.size(place) == offset;
    if (inPlace) {
      return new Current(file, place, part, digest, null, offset);
    }
    if (TargetFolder.exists(place)) {
      throw new FileAlreadyExistsException(place.toString());
    }
    FileChannel out =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    out.truncate(offset);
    out.position(offset);
    return new Current(file, place, part, digest, out, offset);
  }

  private void write(Current file, IncomingTransfer.Frame frame, TransferJournal journal)
      throws IOException, MalformedTransferException {
    int length = frame.header().payloadLength();
    FileChannel out = file.out;
    if (out == null || file.written + length > offered.get(file.file).size()) {
      throw new MalformedTransferException("more than the offered size");
    }
    file.digest.update(frame.data(), frame.at(), length);
    ByteBuffer payload = ByteBuffer.wrap(frame.data(), frame.at(), length);
    while (payload.hasRemaining()) {
      out.write(payload);
    }
    file.written += length;
    if (file.written - file.forced >= FORCE_BYTES) {
      out.force(false);
      file.forced = file.written;
      journal.forced(file.file, file.written);
    }
    if (file.written - file.journalled >= JOURNAL_BYTES) {
      file.journalled = file.written;
      journal.written(file.file, file.written);
    }
    transfer.wrote(length, file.written == offered.get(file.file).size());
  }

  /// @return whether the file is stored
  private boolean complete(Current file, IncomingTransfer.Frame frame, TransferJournal journal)
      throws IOException {
    byte[] claimed =
        Arrays.copyOfRange(frame.data(), frame.at(), frame.at() + frame.header().payloadLength());
    byte[] hash = file.digest.digest();
    FileChannel out = file.out;
    if (file.written != offered.get(file.file).size() || !MessageDigest.isEqual(hash, claimed)) {
      if (out != null) {
        out.close();
        Files.deleteIfExists(file.part);
      }
      journal.written(file.file, 0);
      transfer.settle(file.file, null, "integrity");
      return false;
    }
    if (out == null) {
      // The end may have come between the new name and the removal of the old.
      Files.deleteIfExists(file.part);
    } else {
      out.force(true);
      out.close();
      journal.complete(file.file);
      try {
        TargetFolder.publish(file.part, file.place);
      } catch (FileAlreadyExistsException e) {
        // Somebody made a file of that name meanwhile. Ours is whole and waits under its partial
        // name.
        transfer.settle(file.file, null, "exists");
        return false;
      }
      if (transfer.modified(file.file).isPresent()) {
        Files.setLastModifiedTime(
            file.place, FileTime.fromMillis(transfer.modified(file.file).getAsLong()));
      }
    }
    transfer.settle(file.file, hash, null);
    return true;
  }

  /// The transfer ended in the middle: the journal tells the next one how far this came.
  private void keepForLater(TransferJournal journal) throws IOException {
    Current file = current;
    if (file != null && file.out != null && file.written > 0) {
      file.out.force(false);
      journal.written(file.file, file.written);
      journal.forced(file.file, file.written);
    }
  }

  private void closeCurrent() throws IOException {
    Current file = current;
    current = null;
    if (file != null && file.out != null) {
      file.out.close();
    }
  }

  /// Names the same files again: sender's names, sizes and times.
  private static String keyOf(List<OfferedFile> files) {
    MessageDigest digest = TargetFolder.sha256();
    for (OfferedFile file : files) {
      String line = file.name() + "\0" + file.size() + "\0" + file.modified().orElse(-1) + "\0";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private static boolean noSpace(IOException e) {
    // The JDK passes on the words of the C library for ENOSPC and of Windows for ERROR_DISK_FULL.
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left") || message.contains("not enough space");
  }
}
