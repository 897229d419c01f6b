package org.klatsch.rooms.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.ControlMessage.Have;

/// Files on their way to the other end. Its virtual thread reads, hashes and sends; it waits for
/// the window, the channel's buffer and pauses.
public final class OutgoingTransfer extends Transfer {
  private final List<SourceFile> sources;
  private final Map<Integer, TreeMap<Long, byte[]>> have = new HashMap<>();

  /// The hash of each file whose end was sent.
  private final byte[] @Nullable [] sentHashes;

  /// Files that are wanted and were neither received nor refused yet.
  private int unsettled;

  private boolean accepted;
  private boolean started;
  private int window;
  private long bytesSent;
  private long bytesAcknowledged;
  private boolean allSent;

  OutgoingTransfer(TransferPeer peer, long id, List<SourceFile> sources) {
    super(peer, id);
    this.sources = List.copyOf(sources);
    sentHashes = new byte[sources.size()][];
    unsettled = sources.size();
    for (SourceFile source : sources) {
      files.add(new FileState(source.name(), source.size()));
    }
  }

  // Called by the peer with the lock held.

  void handleAccept(ControlMessage.Accept accept) throws MalformedTransferException {
    if (started) {
      throw new MalformedTransferException("transfer " + id + " was accepted already");
    }
    if (!accepted) {
      accepted = true;
      window = accept.window();
    }
    for (int file : accept.skip()) {
      FileState skipped = state(file);
      unsettled -= skipped.skipped ? 0 : 1;
      skipped.skipped = true;
    }
    for (Have piece : accept.have()) {
      TreeMap<Long, byte[]> pieces = have.computeIfAbsent(piece.file(), _ -> new TreeMap<>());
      if (piece.offset() > state(piece.file()).size
          || pieces.size() >= 4
          || !pieces.isEmpty() && pieces.lastKey() >= piece.offset()) {
        throw new MalformedTransferException("have of file " + piece.file() + " does not fit");
      }
      pieces.put(piece.offset(), piece.sha256());
    }
    if (!accept.more()) {
      started = true;
      Thread.ofVirtual().name("klatsch-transfer-send").start(this::run);
    }
  }

  void handleDecline(ControlMessage.Decline decline) throws MalformedTransferException {
    if (accepted) {
      throw new MalformedTransferException("transfer " + id + " was accepted already");
    }
    end(decline.reason());
  }

  void handleAck(ControlMessage.Ack ack) throws MalformedTransferException {
    if (ack.bytes() < bytesAcknowledged || ack.bytes() > bytesSent) {
      throw new MalformedTransferException(
          "ack of " + ack.bytes() + ", expected " + bytesAcknowledged + " to " + bytesSent);
    }
    bytesWritten += ack.bytes() - bytesAcknowledged;
    bytesAcknowledged = ack.bytes();
    changed.signalAll();
  }

  void handleReceived(ControlMessage.Received received) throws MalformedTransferException {
    FileState file = settling(received.file());
    if (!Arrays.equals(sentHashes[received.file()], received.sha256())) {
      throw new MalformedTransferException("file " + received.file() + " has another hash");
    }
    file.sha256 = received.sha256();
    checkDone();
  }

  void handleFailed(ControlMessage.Failed failed) throws MalformedTransferException {
    settling(failed.file()).failure = failed.reason();
    checkDone();
  }

  private FileState settling(int file) throws MalformedTransferException {
    FileState state = state(file);
    if (sentHashes[file] == null || state.settled()) {
      throw new MalformedTransferException("file " + file + " was not sent, or is settled");
    }
    unsettled--;
    return state;
  }

  private FileState state(int file) throws MalformedTransferException {
    if (file >= files.size()) {
      throw new MalformedTransferException("file " + file + " of " + files.size());
    }
    return files.get(file);
  }

  private void checkDone() {
    if (allSent && unsettled == 0) {
      peer.send(new ControlMessage.Done(id));
      end(null);
    }
  }

  @Override
  void afterEnd() {
    if (started) {
      // The thread publishes it when it has closed its file.
      peer.writable.signalAll();
    } else {
      publish();
    }
  }

  // On the transfer's thread, without the lock.

  private void run() {
    String failure = null;
    try {
      byte[] frame = new byte[frameLength()];
      for (int i = 0; i < sources.size(); i++) {
        if (files.get(i).skipped) {
          continue;
        }
        failure = sendFile(i, frame);
        if (failure != null) {
          break;
        }
      }
    } catch (IOException e) {
      failure = "unreadable";
    } catch (InterruptedException e) {
      failure = "cancelled";
    }
    peer.lock.lock();
    try {
      if (failure != null && !ended) {
        peer.send(new ControlMessage.Cancel(id, failure));
        end(failure);
      }
      allSent = true;
      if (!ended) {
        checkDone();
      }
      while (!ended) {
        changed.awaitUninterruptibly();
      }
      publish();
    } finally {
      peer.lock.unlock();
    }
  }

  private int frameLength() {
    long most = Math.min(peer.options.frameLength(), peer.bulk.maxMessageSize());
    return (int) Math.max(most, BulkFrame.HEADER_LENGTH + 1);
  }

  /// @return null, or why the transfer cannot go on
  private @Nullable String sendFile(int index, byte[] frame)
      throws IOException, InterruptedException {
    SourceFile source = sources.get(index);
    TreeMap<Long, byte[]> pieces = have.getOrDefault(index, new TreeMap<>());
    try (FileChannel in = FileChannel.open(source.path(), StandardOpenOption.READ)) {
      if (in.size() != source.size()) {
        return "changed";
      }
      Start start = start(in, pieces, frame);
      MessageDigest digest = start.digest();
      long offset = start.offset();
      enter(index, offset);
      while (offset < source.size()) {
        int payload =
            (int) Math.min(frame.length - BulkFrame.HEADER_LENGTH, source.size() - offset);
        if (!fill(in, frame, BulkFrame.HEADER_LENGTH, payload, offset)) {
          return "changed";
        }
        digest.update(frame, BulkFrame.HEADER_LENGTH, payload);
        BulkFrame.writeHeader(frame, BulkFrame.DATA, id, index, offset);
        if (!sendFrame(frame, payload, true)) {
          return null;
        }
        offset += payload;
      }
      if (in.size() != source.size()
          || Math.max(0, Files.getLastModifiedTime(source.path()).toMillis())
              != source.modified()) {
        return "changed";
      }
      sendEnd(index, digest.digest(), frame);
      return null;
    }
  }

  /// Where to go on, and the digest of what lies before it.
  private record Start(long offset, MessageDigest digest) {}

  private static Start start(FileChannel in, SortedMap<Long, byte[]> pieces, byte[] buffer)
      throws IOException {
    MessageDigest digest = TargetFolder.sha256();
    Start best = new Start(0, TargetFolder.sha256());
    long at = 0;
    for (Map.Entry<Long, byte[]> piece : pieces.entrySet()) {
      long to = piece.getKey();
      while (at < to) {
        int length = (int) Math.min(buffer.length, to - at);
        if (!fill(in, buffer, 0, length, at)) {
          return best;
        }
        digest.update(buffer, 0, length);
        at += length;
      }
      if (!MessageDigest.isEqual(TargetFolder.digestSoFar(digest), piece.getValue())) {
        // What is behind a difference differs too.
        return best;
      }
      best = new Start(at, TargetFolder.copy(digest));
    }
    return best;
  }

  private void enter(int index, long offset) {
    peer.lock.lock();
    try {
      currentFile = index;
      bytesWritten += offset;
      bytesResumed += offset;
    } finally {
      peer.lock.unlock();
    }
  }

  private void sendEnd(int index, byte[] hash, byte[] frame) throws InterruptedException {
    peer.lock.lock();
    try {
      sentHashes[index] = hash;
    } finally {
      peer.lock.unlock();
    }
    byte[] end =
        frame.length >= BulkFrame.HEADER_LENGTH + hash.length
            ? frame
            : new byte[BulkFrame.HEADER_LENGTH + hash.length];
    BulkFrame.writeHeader(end, BulkFrame.END, id, index, sources.get(index).size());
    System.arraycopy(hash, 0, end, BulkFrame.HEADER_LENGTH, hash.length);
    sendFrame(end, hash.length, false);
  }

  /// Waits until the frame may be sent, and sends it.
  ///
  /// @return false if the transfer has ended
  private boolean sendFrame(byte[] frame, int payload, boolean data) throws InterruptedException {
    peer.lock.lock();
    try {
      while (!ended) {
        if (paused() || data && bytesSent + payload - bytesAcknowledged > window) {
          changed.await();
        } else if (peer.bulk.bufferedAmount() > peer.options.maxBuffered()) {
          peer.writable.await();
        } else {
          break;
        }
      }
      if (ended) {
        return false;
      }
      if (data) {
        bytesSent += payload;
      }
    } finally {
      peer.lock.unlock();
    }
    try {
      // Outside the lock: the channel copies 64 KiB. Only this thread sends frames of this
      // transfer.
      peer.bulk.send(frame, 0, BulkFrame.HEADER_LENGTH + payload);
      return true;
    } catch (IllegalStateException e) {
      peer.handleClosed();
      return false;
    }
  }

  private static boolean fill(FileChannel in, byte[] buffer, int off, int length, long position)
      throws IOException {
    ByteBuffer into = ByteBuffer.wrap(buffer, off, length);
    while (into.hasRemaining()) {
      int count = in.read(into, position + into.position() - off);
      if (count < 0) {
        return false;
      }
    }
    return true;
  }
}
