package org.klatsch.rooms.transfer;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One transfer of one or several files over one connection. Thread-safe; all state is guarded by
/// the lock of its [TransferPeer].
public abstract sealed class Transfer permits OutgoingTransfer, IncomingTransfer {
  final TransferPeer peer;
  final long id;

  /// Signalled when something changed that the transfer's thread may wait for.
  final Condition changed;

  /// One for each file of the offer.
  final List<FileState> files = new ArrayList<>();

  /// Bytes written at the receiver's, with those it had.
  long bytesWritten;

  long bytesResumed;
  int currentFile = -1;
  boolean ended;

  private @Nullable String endReason;
  private boolean pausedHere;
  private boolean pausedThere;
  private final CompletableFuture<TransferResult> result = new CompletableFuture<>();

  Transfer(TransferPeer peer, long id) {
    this.peer = peer;
    this.id = id;
    changed = peer.lock.newCondition();
  }

  /// What is known about one file.
  static final class FileState {
    String name;
    final long size;
    boolean skipped;
    byte @Nullable [] sha256;
    @Nullable String failure;

    FileState(String name, long size) {
      this.name = name;
      this.size = size;
    }

    boolean settled() {
      return skipped || sha256 != null || failure != null;
    }
  }

  /// The number of the transfer in its connection.
  public final long id() {
    return id;
  }

  /// Completes when the transfer has ended, with success or not; never exceptionally. Completed on
  /// a virtual thread.
  public final CompletableFuture<TransferResult> result() {
    return result.copy();
  }

  /// Runs something when the transfer has ended, as [#result()] completes.
  public final void whenEnded(Consumer<TransferResult> action) {
    var _ = result.thenAccept(action);
  }

  /// A snapshot for a progress bar.
  public final Progress progress() {
    peer.lock.lock();
    try {
      long total = 0;
      int wanted = 0;
      int done = 0;
      for (FileState file : files) {
        if (!file.skipped) {
          total += file.size;
          wanted++;
          done += file.sha256 != null ? 1 : 0;
        }
      }
      String current = currentFile < 0 ? "" : files.get(currentFile).name;
      return new Progress(bytesWritten, bytesResumed, total, current, done, wanted, paused());
    } finally {
      peer.lock.unlock();
    }
  }

  /// Stops the flow until [#resume()]. The other side may pause as well.
  public final void pause() {
    setPausedHere(true);
  }

  /// Lets the flow go on, as far as this side is concerned.
  public final void resume() {
    setPausedHere(false);
  }

  /// Ends the transfer. What has arrived stays, so that the same offer can be resumed in another
  /// transfer.
  public final void cancel() {
    peer.lock.lock();
    try {
      if (!ended) {
        peer.send(new ControlMessage.Cancel(id, "cancelled"));
        end("cancelled");
      }
    } finally {
      peer.lock.unlock();
    }
  }

  final boolean paused() {
    return pausedHere || pausedThere;
  }

  final void setPausedThere(boolean paused) {
    pausedThere = paused;
    changed.signalAll();
  }

  private void setPausedHere(boolean paused) {
    peer.lock.lock();
    try {
      if (!ended && pausedHere != paused) {
        pausedHere = paused;
        peer.send(paused ? new ControlMessage.Pause(id) : new ControlMessage.Resume(id));
        changed.signalAll();
      }
    } finally {
      peer.lock.unlock();
    }
  }

  /// Ends the transfer on this side; the lock is held.
  ///
  /// @param reason null after success
  final void end(@Nullable String reason) {
    if (ended) {
      return;
    }
    ended = true;
    endReason = reason;
    changed.signalAll();
    peer.forget(this);
    afterEnd();
  }

  /// Publishes the result, at once or when everything that belongs to the transfer is closed; the
  /// lock is held.
  abstract void afterEnd();

  /// Tells how it ended; the lock is held. When the fate of every file is known by now, what ended
  /// the transfer does not matter.
  final void publish() {
    String cause =
        !files.isEmpty() && files.stream().allMatch(FileState::settled) ? null : endReason;
    List<TransferResult.FileResult> results = new ArrayList<>(files.size());
    for (FileState file : files) {
      if (!file.skipped) {
        String hash = file.sha256 == null ? null : HexFormat.of().formatHex(file.sha256);
        String failure = hash == null && file.failure == null ? cause : file.failure;
        results.add(new TransferResult.FileResult(file.name, file.size, hash, failure));
      }
    }
    TransferResult ending = new TransferResult(cause, results);
    peer.later(() -> result.complete(ending));
  }
}
