package org.klatsch.rooms;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.secret.GuessLimit;
import org.klatsch.rooms.secret.SecretProof;
import org.klatsch.rooms.secret.TransferCode;
import org.klatsch.rooms.transfer.Access;
import org.klatsch.rooms.transfer.IncomingTransfer;
import org.klatsch.rooms.transfer.Progress;
import org.klatsch.rooms.transfer.ReceiveOptions;
import org.klatsch.rooms.transfer.TransferResult;

/// Receives the files of a code into a folder. When the connection or the sender is lost, it waits
/// a while for it to come back and goes on.
public final class FileReceiver implements AutoCloseable {
  private final TransferCode code;
  private final ReceiveOptions options;
  private final Duration patience;
  private final Consumer<String> notices;
  private final GuessLimit guesses = new GuessLimit();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final CompletableFuture<List<IncomingTransfer.OfferedEntry>> offer =
      new CompletableFuture<>();

  /// Counts what happened; a wait that finds another number is over.
  private final AtomicInteger waits = new AtomicInteger();

  private final RoomClient client;
  private volatile @Nullable IncomingTransfer current;

  private FileReceiver(
      URI server,
      TransferCode code,
      ReceiveOptions options,
      RoomOptions room,
      Duration patience,
      Consumer<String> notices) {
    this.code = code;
    this.options = options;
    this.patience = patience;
    this.notices = notices;
    client =
        RoomClient.start(server, new Seat.Receive(code.id()), room, new Listener(), this::access);
    waitForSender();
  }

  /// Begins to receive; returns at once.
  ///
  /// @param server base URL, `http` or `https`
  /// @param patience how long to wait for a sender that is away
  /// @param notices what a person may want to know, one sentence at a time
  public static FileReceiver start(
      URI server,
      TransferCode code,
      ReceiveOptions options,
      RoomOptions room,
      Duration patience,
      Consumer<String> notices) {
    return new FileReceiver(server, code, options, room, patience, notices);
  }

  /// What is offered, once it is known.
  public CompletableFuture<List<IncomingTransfer.OfferedEntry>> offer() {
    return offer.copy();
  }

  /// How it ended.
  public CompletableFuture<Outcome> outcome() {
    return outcome.copy();
  }

  /// A look at the transfer, empty while nothing is received.
  public Optional<Progress> progress() {
    IncomingTransfer transfer = current;
    return transfer == null ? Optional.empty() : Optional.of(transfer.progress());
  }

  /// Leaves; an unfinished transfer can be resumed.
  @Override
  public void close() {
    client.close();
  }

  private Optional<Access> access(Optional<byte[]> own, Optional<byte[]> other) {
    if (own.isEmpty() || other.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Access.Code(SecretProof.Role.RECEIVER, code, guesses, own.get(), other.get()));
  }

  private void waitForSender() {
    int wait = waits.incrementAndGet();
    CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> {
          if (waits.get() == wait) {
            outcome.complete(
                Outcome.failure(
                    "connection",
                    "the sender did not answer for "
                        + patience.toSeconds()
                        + " seconds; run the same command again to resume"));
          }
        });
  }

  private final class Listener implements RoomListener {
    @Override
    public void memberReady(RoomMember member) {
      waits.incrementAndGet();
    }

    @Override
    public void filesOffered(RoomMember member, IncomingTransfer transfer) {
      waits.incrementAndGet();
      long began = System.nanoTime();
      offer.complete(transfer.entries());
      current = transfer;
      transfer.whenEnded(result -> ended(member, result, began));
      transfer.accept(options);
    }

    @Override
    public void memberLost(RoomMember member, String reason, String message) {
      switch (reason) {
        case "wrong-code" -> outcome.complete(Outcome.failure(reason, "the code is wrong"));
        case "too-many-attempts", "version", "protocol" ->
            outcome.complete(Outcome.failure(reason, message));
        default -> {
          if (guesses.spent()) {
            outcome.complete(
                Outcome.failure(
                    "wrong-code",
                    "three times no sender proved to know the code: it is wrong, or somebody is guessing"));
          } else if (!outcome.isDone()) {
            notices.accept(message.isEmpty() ? "the connection was lost" : message);
            waitForSender();
          }
        }
      }
    }

    @Override
    public void memberLeft(RoomMember member, String reason) {
      if (!outcome.isDone()) {
        waitForSender();
      }
    }

    @Override
    public void failed(String errorCode, String message) {
      outcome.complete(Outcome.failure(errorCode, message));
    }
  }

  private void ended(RoomMember member, TransferResult result, long began) {
    if ("connection".equals(result.reason())) {
      current = null;
      notices.accept("the connection was lost; waiting for the sender");
      waitForSender();
      return;
    }
    outcome.complete(Outcome.of(result, member.path(), System.nanoTime() - began));
  }
}
