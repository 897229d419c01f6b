package org.klatsch.rooms.transfer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.ControlMessage.Have;
import org.klatsch.rooms.transfer.ControlMessage.OfferedFile;

/// Files that the other end offers, and then sends. Frames wait in a bounded queue; the transfer's
/// virtual thread ([FileReception]) hashes and writes them.
public final class IncomingTransfer extends Transfer {
  /// Frames that may wait beyond one per KiB of the window: an end and a little data for each of
  /// very many small files, `docs/transfer-protocol.md` §8.
  private static final int MAX_SMALL_FRAMES = 2 * ControlMessage.MAX_FILES;

  /// UTF-16 code units in the names, as they came.
  int nameLength;

  private final List<OfferedFile> offered = new ArrayList<>();
  private final Queue<Frame> frames = new ArrayDeque<>();
  private boolean complete;
  private boolean answered;
  private boolean accepted;
  private boolean doneSeen;
  private long bytesArrived;
  private long bytesAcknowledged;

  /// Written and not yet acknowledged.
  private long unacknowledged;

  /// A frame and the array that holds its payload from `at`.
  record Frame(BulkFrame header, byte[] data, int at) {}

  IncomingTransfer(TransferPeer peer, long id) {
    super(peer, id);
  }

  /// The offered files with their names made safe; empty if a name cannot be made safe, and then
  /// the offer can only be declined.
  public List<OfferedEntry> entries() {
    peer.lock.lock();
    try {
      List<OfferedEntry> entries = new ArrayList<>(files.size());
      List<String> names = safeNames();
      for (int i = 0; i < names.size(); i++) {
        entries.add(new OfferedEntry(names.get(i), offered.get(i).size()));
      }
      return entries;
    } finally {
      peer.lock.unlock();
    }
  }

  /// One file of an offer.
  ///
  /// @param name safe relative name
  public record OfferedEntry(String name, long size) {}

  /// Takes the files. What an earlier, interrupted transfer of the same files left in the folder is
  /// used again.
  ///
  /// @throws IllegalStateException if the offer was answered already
  public void accept(ReceiveOptions options) {
    peer.lock.lock();
    try {
      answer();
      if (ended) {
        return;
      }
      List<String> names = safeNames();
      if (names.isEmpty()) {
        refuse("name");
        return;
      }
      accepted = true;
      FileReception reception = new FileReception(this, options, offered, names);
      Thread.ofVirtual().name("klatsch-transfer-receive").start(reception::run);
    } finally {
      peer.lock.unlock();
    }
  }

  /// Says no.
  ///
  /// @throws IllegalStateException if the offer was answered already
  public void decline() {
    peer.lock.lock();
    try {
      answer();
      refuse("declined");
    } finally {
      peer.lock.unlock();
    }
  }

  private void answer() {
    if (answered) {
      throw new IllegalStateException("the offer was answered already");
    }
    answered = true;
  }

  private List<String> safeNames() {
    return SafeName.ofAll(offered.stream().map(OfferedFile::name).toList()).orElse(List.of());
  }

  // Called by the peer, with the lock held.

  void add(ControlMessage.Offer offer) throws MalformedTransferException {
    if (complete) {
      throw new MalformedTransferException("offer " + id + " was complete already");
    }
    for (OfferedFile file : offer.files()) {
      offered.add(file);
      files.add(new FileState(file.name(), file.size()));
      nameLength += file.name().length();
    }
    complete = !offer.more();
  }

  boolean complete() {
    return complete;
  }

  void refuse(String reason) {
    if (!ended) {
      peer.send(new ControlMessage.Decline(id, reason));
      end(reason);
    }
  }

  void handleFrame(BulkFrame frame, byte[] data, int at) {
    if (!accepted) {
      abort("protocol");
      return;
    }
    if (frame.type() == BulkFrame.DATA) {
      bytesArrived += frame.payloadLength();
    }
    int window = peer.options.window();
    if (bytesArrived - bytesAcknowledged > window
        || frames.size() >= MAX_SMALL_FRAMES + window / 1024) {
      abort("flow");
      return;
    }
    frames.add(new Frame(frame, data, at));
    changed.signalAll();
  }

  void handleDone() throws MalformedTransferException {
    if (!files.stream().allMatch(FileState::settled)) {
      throw new MalformedTransferException("done before all files were");
    }
    doneSeen = true;
    changed.signalAll();
  }

  @Override
  void afterEnd() {
    frames.clear();
    if (!accepted) {
      publish();
    }
  }

  // Called on the transfer's thread, without the lock.

  /// Tells the other that the transfer cannot go on, and ends it.
  void abort(String reason) {
    peer.lock.lock();
    try {
      if (!ended) {
        peer.send(new ControlMessage.Cancel(id, reason));
        end(reason);
      }
    } finally {
      peer.lock.unlock();
    }
  }

  void declineAccepted(String reason) {
    peer.lock.lock();
    try {
      refuse(reason);
    } finally {
      peer.lock.unlock();
    }
  }

  void sendAccept(List<Have> have) {
    peer.lock.lock();
    try {
      if (!ended) {
        ControlMessages.accepts(id, peer.options.window(), List.of(), have).forEach(peer::send);
      }
    } finally {
      peer.lock.unlock();
    }
  }

  void rename(int file, String name) {
    peer.lock.lock();
    try {
      files.get(file).name = name;
    } finally {
      peer.lock.unlock();
    }
  }

  /// Waits for the next frame.
  ///
  /// @return null if the transfer has ended
  @Nullable Frame take() throws InterruptedException {
    peer.lock.lock();
    try {
      while (!ended && frames.isEmpty()) {
        changed.await();
      }
      return ended ? null : frames.poll();
    } finally {
      peer.lock.unlock();
    }
  }

  void started(int file, long offset) {
    peer.lock.lock();
    try {
      currentFile = file;
      bytesWritten += offset;
      bytesResumed += offset;
    } finally {
      peer.lock.unlock();
    }
  }

  /// Counts payload that is written, and acknowledges it every quarter of the window and at the end
  /// of a file.
  void wrote(int bytes, boolean fileComplete) {
    peer.lock.lock();
    try {
      bytesWritten += bytes;
      unacknowledged += bytes;
      if (!ended
          && (fileComplete ? unacknowledged > 0 : unacknowledged >= peer.options.window() / 4)) {
        bytesAcknowledged += unacknowledged;
        unacknowledged = 0;
        peer.send(new ControlMessage.Ack(id, bytesAcknowledged));
      }
    } finally {
      peer.lock.unlock();
    }
  }

  void settle(int file, byte @Nullable [] sha256, @Nullable String failure) {
    peer.lock.lock();
    try {
      FileState state = files.get(file);
      state.sha256 = sha256;
      state.failure = failure;
      if (sha256 != null) {
        peer.send(new ControlMessage.Received(id, file, sha256));
      } else if (failure != null) {
        peer.send(new ControlMessage.Failed(id, file, failure));
      }
    } finally {
      peer.lock.unlock();
    }
  }

  /// After the last file: waits for the other's `done`, so that our last words are not lost when
  /// the connection is closed.
  void awaitDone(long nanos) {
    peer.lock.lock();
    try {
      long left = nanos;
      while (!ended && !doneSeen && left > 0) {
        left = changed.awaitNanos(left);
      }
      end(null);
    } catch (InterruptedException e) {
      end(null);
    } finally {
      peer.lock.unlock();
    }
  }

  /// The thread has closed everything; the transfer has ended.
  void finished() {
    peer.lock.lock();
    try {
      publish();
    } finally {
      peer.lock.unlock();
    }
  }

  OptionalLong modified(int file) {
    return offered.get(file).modified();
  }
}
