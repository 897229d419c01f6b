package org.klatsch.rooms.transfer;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.ControlMessage.Chat;
import org.klatsch.rooms.transfer.ControlMessage.OfferedFile;

/// One end of the transfer protocol over one connection, `docs/transfer-protocol.md`.
///
/// The owner hands in what happens on the two channels (`handleXxx`, in order per channel, from any
/// thread, never blocking) and listens. Commands may come from any thread.
public final class TransferPeer implements AutoCloseable {
  /// Frames and messages of transfers that ended may still be under way; their numbers are
  /// remembered, the oldest forgotten first.
  private static final int MAX_ENDED = 1_024;

  final ReentrantLock lock = new ReentrantLock();
  final TransferOptions options;
  final MessageChannel bulk;

  /// Signalled when a channel's buffer fell to its threshold, or the connection ended.
  final Condition writable = lock.newCondition();

  private final MessageChannel control;
  private final TransferListener listener;
  private final SecureRandom random;
  private final Tasks tasks = new Tasks();
  private final Map<Long, OutgoingTransfer> outgoing = new HashMap<>();
  private final Map<Long, IncomingTransfer> incoming = new HashMap<>();
  private final Set<Long> endedIds = new HashSet<>();
  private final Queue<Long> endedOrder = new ArrayDeque<>();
  private @Nullable Greeting greeting;
  private boolean ready;
  private boolean closed;
  private long offeredNames;
  private long chatSecond;
  private int chatInSecond;
  private long droppedMessages;

  public TransferPeer(
      MessageChannel control,
      MessageChannel bulk,
      TransferOptions options,
      TransferListener listener,
      SecureRandom random) {
    this.control = control;
    this.bulk = bulk;
    this.options = options;
    this.listener = listener;
    this.random = random;
    bulk.bufferedAmountLowThreshold(options.maxBuffered() / 2);
    control.bufferedAmountLowThreshold(0);
  }

  // From below.

  /// Both channels are open.
  public void handleOpen(Access access) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (greeting != null) {
        throw new IllegalStateException("open already");
      }
      greeting = new Greeting(access, options.agent(), options.media(), random);
      perform(greeting.start());
      Duration timeout = options.greetingTimeout();
      CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS, tasks)
          .execute(this::checkGreeting);
    } finally {
      lock.unlock();
    }
  }

  /// A text message came on `control`. Only after [#handleOpen].
  public void handleControl(String text) {
    lock.lock();
    try {
      if (!closed) {
        handle(ControlMessages.parse(text));
      }
    } catch (MalformedTransferException e) {
      fail("protocol", String.valueOf(e.getMessage()));
    } finally {
      lock.unlock();
    }
  }

  /// A binary message came on `bulk`; the array now belongs to this peer.
  public void handleBulk(byte[] data, int off, int length) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (!ready) {
        throw new MalformedTransferException("frame before the greeting is done");
      }
      BulkFrame frame = BulkFrame.parse(data, off, length);
      IncomingTransfer transfer = incoming.get(frame.transfer());
      if (transfer != null) {
        transfer.handleFrame(frame, data, off + BulkFrame.HEADER_LENGTH);
      } else if (endedIds.contains(frame.transfer())) {
        droppedMessages++;
      } else {
        throw new MalformedTransferException("frame of unknown transfer " + frame.transfer());
      }
    } catch (MalformedTransferException e) {
      fail("protocol", String.valueOf(e.getMessage()));
    } finally {
      lock.unlock();
    }
  }

  /// Something came that never may: text on `bulk`, or binary on `control`.
  public void handleWrongKind() {
    lock.lock();
    try {
      fail("protocol", "a message of the wrong kind for its channel");
    } finally {
      lock.unlock();
    }
  }

  /// A channel's buffer fell to its threshold.
  public void handleBufferedAmountLow() {
    lock.lock();
    try {
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// A channel or the connection closed.
  public void handleClosed() {
    lock.lock();
    try {
      finish("connection", "the connection was lost");
    } finally {
      lock.unlock();
    }
  }

  // Commands.

  /// Writes a chat line to the other.
  ///
  /// @throws IllegalArgumentException if the text is empty or longer than 4,000 UTF-16 code units
  /// @throws IllegalStateException if the peer is not ready
  public void chat(String text, long time) {
    if (text.isEmpty() || text.length() > ControlMessage.MAX_CHAT) {
      throw new IllegalArgumentException(
          "text of " + text.length() + " characters, expected 1 to " + ControlMessage.MAX_CHAT);
    }
    lock.lock();
    try {
      requireReady();
      send(new Chat(Long.toHexString(random.nextLong()), text, time));
    } finally {
      lock.unlock();
    }
  }

  /// Kinds of media that the other receives, `audio` and `video`; empty before the peer is ready.
  public List<String> mediaKinds() {
    lock.lock();
    try {
      Greeting opening = greeting;
      return opening == null ? List.of() : opening.peerMedia();
    } finally {
      lock.unlock();
    }
  }

  /// Tells the other what is sent to it.
  ///
  /// @throws IllegalStateException if the peer is not ready
  public void announce(MediaAnnouncement announcement) {
    lock.lock();
    try {
      requireReady();
      send(new ControlMessage.Media(announcement));
    } finally {
      lock.unlock();
    }
  }

  /// Offers files to the other.
  ///
  /// @throws IllegalStateException if the peer is not ready
  public OutgoingTransfer offer(List<SourceFile> files) {
    if (files.isEmpty() || files.size() > ControlMessage.MAX_FILES) {
      throw new IllegalArgumentException(
          files.size() + " files, expected 1 to " + ControlMessage.MAX_FILES);
    }
    lock.lock();
    try {
      requireReady();
      OutgoingTransfer transfer = new OutgoingTransfer(this, newId(), files);
      outgoing.put(transfer.id, transfer);
      List<OfferedFile> offered = new ArrayList<>(files.size());
      for (SourceFile file : files) {
        offered.add(new OfferedFile(file.name(), file.size(), OptionalLong.of(file.modified())));
      }
      for (ControlMessage part : ControlMessages.offers(transfer.id, offered)) {
        send(part);
      }
      return transfer;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until everything said so far has been taken by the network, as before leaving.
  ///
  /// @return whether that came in time
  public boolean flush(Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      long left = timeout.toNanos();
      while (!closed && control.bufferedAmount() > 0) {
        if (left <= 0) {
          return false;
        }
        left = writable.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /// Whether chat and files may flow.
  public boolean ready() {
    lock.lock();
    try {
      return ready && !closed;
    } finally {
      lock.unlock();
    }
  }

  /// Messages that were dropped: too many chat lines, or about transfers that had ended.
  public long droppedMessages() {
    lock.lock();
    try {
      return droppedMessages;
    } finally {
      lock.unlock();
    }
  }

  /// Ends all transfers of this connection. What has arrived stays and can be resumed.
  @Override
  public void close() {
    lock.lock();
    try {
      finish("closed", "");
    } finally {
      lock.unlock();
    }
  }

  // For the transfers; the lock is held.

  void send(ControlMessage message) {
    if (!closed) {
      try {
        control.send(ControlMessages.format(message));
      } catch (IllegalStateException e) {
        finish("connection", String.valueOf(e.getMessage()));
      }
    }
  }

  /// Runs something after all that was told to the listener before.
  void later(Runnable task) {
    tasks.execute(task);
  }

  void forget(Transfer transfer) {
    outgoing.remove(transfer.id);
    IncomingTransfer offer = incoming.remove(transfer.id);
    if (offer != null) {
      offeredNames -= offer.nameLength;
    }
    if (endedIds.add(transfer.id)) {
      endedOrder.add(transfer.id);
      if (endedOrder.size() > MAX_ENDED) {
        Long oldest = endedOrder.poll();
        endedIds.remove(oldest);
      }
    }
  }

  // Inside; the lock is held.

  private void handle(ControlMessage message) throws MalformedTransferException {
    if (message instanceof ControlMessage.Failure failure) {
      finish(failure.reason(), failure.message());
      return;
    }
    if (message instanceof ControlMessage.Unknown) {
      return;
    }
    Greeting opening = greeting;
    if (opening == null) {
      throw new MalformedTransferException("message before the channels were open");
    }
    if (!opening.done()) {
      perform(opening.handle(message));
      if (opening.done() && !closed) {
        ready = true;
        later(listener::ready);
      }
      return;
    }
    switch (message) {
      case Chat chat -> handleChat(chat);
      case ControlMessage.Offer offer -> handleOffer(offer);
      case ControlMessage.Accept m -> about(outgoing.get(m.transfer()), t -> t.handleAccept(m));
      case ControlMessage.Decline m -> about(outgoing.get(m.transfer()), t -> t.handleDecline(m));
      case ControlMessage.Ack m -> about(outgoing.get(m.transfer()), t -> t.handleAck(m));
      case ControlMessage.Received m -> about(outgoing.get(m.transfer()), t -> t.handleReceived(m));
      case ControlMessage.Failed m -> about(outgoing.get(m.transfer()), t -> t.handleFailed(m));
      case ControlMessage.Done m -> about(incoming.get(m.transfer()), t -> t.handleDone());
      case ControlMessage.Pause m -> about(transfer(m.transfer()), t -> t.setPausedThere(true));
      case ControlMessage.Resume m -> about(transfer(m.transfer()), t -> t.setPausedThere(false));
      case ControlMessage.Cancel m -> about(transfer(m.transfer()), t -> t.end(m.reason()));
      case ControlMessage.Media m -> later(() -> listener.mediaAnnounced(m.announcement()));
      case ControlMessage.Hello _, ControlMessage.Pake _, ControlMessage.Confirm _ ->
          throw new MalformedTransferException("a second greeting");
      case ControlMessage.Failure _, ControlMessage.Unknown _ ->
          throw new IllegalStateException("handled above");
    }
  }

  /// What a message makes a transfer do.
  private interface Effect<T> {
    void on(T transfer) throws MalformedTransferException;
  }

  /// A message about a transfer that has ended here already crossed with its end and is dropped.
  private <T extends Transfer> void about(@Nullable T transfer, Effect<T> effect)
      throws MalformedTransferException {
    if (transfer == null) {
      droppedMessages++;
    } else {
      effect.on(transfer);
    }
  }

  private void handleChat(Chat chat) {
    long second = System.nanoTime() / 1_000_000_000L;
    if (second != chatSecond) {
      chatSecond = second;
      chatInSecond = 0;
    }
    if (++chatInSecond > options.maxChatPerSecond()) {
      droppedMessages++;
      return;
    }
    later(() -> listener.chatReceived(chat.text(), chat.time()));
  }

  private void handleOffer(ControlMessage.Offer offer) throws MalformedTransferException {
    if (endedIds.contains(offer.transfer())) {
      // The rest of an offer that was declined while it came.
      droppedMessages++;
      return;
    }
    if (outgoing.containsKey(offer.transfer())) {
      throw new MalformedTransferException("transfer " + offer.transfer() + " is in use");
    }
    IncomingTransfer transfer = incoming.get(offer.transfer());
    if (transfer == null) {
      transfer = new IncomingTransfer(this, offer.transfer());
      incoming.put(offer.transfer(), transfer);
    }
    int before = transfer.nameLength;
    transfer.add(offer);
    offeredNames += transfer.nameLength - before;
    if (incoming.size() > options.maxWaitingTransfers()
        || offeredNames > options.maxWaitingNames()
        || transfer.files.size() > ControlMessage.MAX_FILES) {
      transfer.refuse("limit");
    } else if (transfer.complete()) {
      IncomingTransfer whole = transfer;
      later(() -> listener.filesOffered(whole));
    }
  }

  private @Nullable Transfer transfer(long id) {
    OutgoingTransfer mine = outgoing.get(id);
    return mine != null ? mine : incoming.get(id);
  }

  private void perform(Greeting.Step step) {
    step.send().forEach(this::send);
    String failure = step.failure();
    if (failure != null) {
      fail(
          failure,
          switch (failure) {
            case "version" -> "no common version of the transfer protocol";
            case "wrong-code" -> "the code is wrong";
            case "too-many-attempts" -> "too many wrong codes: somebody may be guessing";
            default -> failure;
          });
    }
  }

  private void fail(String reason, String message) {
    String text = message.length() > 1_000 ? message.substring(0, 1_000) : message;
    send(new ControlMessage.Failure(reason, text));
    finish(reason, text);
  }

  private void checkGreeting() {
    lock.lock();
    try {
      if (!ready) {
        finish("timeout", "the other end did not finish its greeting");
      }
    } finally {
      lock.unlock();
    }
  }

  private void finish(String reason, String message) {
    if (closed) {
      return;
    }
    closed = true;
    if (greeting != null) {
      greeting.handleClosed();
    }
    for (Transfer transfer : List.copyOf(outgoing.values())) {
      transfer.end("connection");
    }
    for (Transfer transfer : List.copyOf(incoming.values())) {
      transfer.end("connection");
    }
    writable.signalAll();
    later(() -> listener.closed(reason, message));
  }

  private long newId() {
    long id;
    do {
      id = Integer.toUnsignedLong(random.nextInt());
    } while (id == 0 || transfer(id) != null || endedIds.contains(id));
    return id;
  }

  private void requireReady() {
    if (!ready || closed) {
      throw new IllegalStateException(closed ? "the connection is closed" : "not ready yet");
    }
  }

  /// Runs tasks one after the other; a virtual thread exists only while there are some.
  private static final class Tasks implements Executor {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    @Override
    public void execute(Runnable task) {
      synchronized (waiting) {
        waiting.add(task);
        if (running) {
          return;
        }
        running = true;
      }
      Thread.ofVirtual().name("klatsch-transfer-events").start(this::run);
    }

    private void run() {
      while (true) {
        Runnable task;
        synchronized (waiting) {
          task = waiting.poll();
          if (task == null) {
            running = false;
            return;
          }
        }
        try {
          task.run();
        } catch (RuntimeException e) {
          System.getLogger(TransferPeer.class.getName())
              .log(System.Logger.Level.WARNING, "a listener failed", e);
        }
      }
    }
  }
}
