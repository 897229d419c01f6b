package org.klatsch.rooms;

import java.net.URI;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.secret.GuessLimit;
import org.klatsch.rooms.secret.SecretProof;
import org.klatsch.rooms.secret.TransferCode;
import org.klatsch.rooms.transfer.Access;
import org.klatsch.rooms.transfer.OutgoingTransfer;
import org.klatsch.rooms.transfer.Progress;
import org.klatsch.rooms.transfer.SourceFile;
import org.klatsch.rooms.transfer.TransferPeer;
import org.klatsch.rooms.transfer.TransferResult;

/// Sends files to whoever knows the code. It waits for the receiver, and for the receiver to come
/// back when the connection is lost, until all files have arrived.
///
/// ```java
/// try (FileSender sender = FileSender.start(server, SourceFile.of(paths), RoomOptions.defaults("bot"))) {
///   System.out.println(sender.code().join());
///   System.out.println(sender.outcome().join());
/// }
/// ```
public final class FileSender implements AutoCloseable {
  private final List<SourceFile> files;
  private final SecureRandom random = new SecureRandom();
  private final String secret;
  private final GuessLimit guesses = new GuessLimit();
  private final CompletableFuture<TransferCode> code = new CompletableFuture<>();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final Consumer<String> notices;
  private final RoomClient client;
  private volatile @Nullable OutgoingTransfer current;

  private FileSender(
      URI server,
      List<SourceFile> files,
      RoomOptions options,
      @Nullable TransferCode wanted,
      @Nullable String key,
      Consumer<String> notices) {
    this.files = List.copyOf(files);
    this.notices = notices;
    secret = wanted == null ? TransferCode.newSecret(random) : wanted.secret();
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    String seatKey =
        key == null ? Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) : key;
    Seat seat = new Seat.Send(seatKey, wanted == null ? null : wanted.id());
    client = RoomClient.start(server, seat, options, new Listener(), this::access);
  }

  /// Joins the server as a sender; returns at once.
  ///
  /// @param server base URL, `http` or `https`
  public static FileSender start(URI server, List<SourceFile> files, RoomOptions options) {
    return start(server, files, options, _ -> {});
  }

  /// @param notices what a person may want to know, one sentence at a time
  public static FileSender start(
      URI server, List<SourceFile> files, RoomOptions options, Consumer<String> notices) {
    return new FileSender(server, files, options, null, null, notices);
  }

  /// The code, once the server has allotted its id. Fails never: look at [#outcome()] too.
  public CompletableFuture<TransferCode> code() {
    return code.copy();
  }

  /// How it ended.
  public CompletableFuture<Outcome> outcome() {
    return outcome.copy();
  }

  /// A look at the transfer, empty while nobody receives.
  public Optional<Progress> progress() {
    OutgoingTransfer transfer = current;
    return transfer == null ? Optional.empty() : Optional.of(transfer.progress());
  }

  /// Leaves; an unfinished transfer can be resumed by sending the same files again.
  @Override
  public void close() {
    client.close();
  }

  private Optional<Access> access(Optional<byte[]> own, Optional<byte[]> other) {
    TransferCode known = code.getNow(null);
    if (known == null || own.isEmpty() || other.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Access.Code(SecretProof.Role.SENDER, known, guesses, own.get(), other.get()));
  }

  private final class Listener implements RoomListener {
    @Override
    public void joined(String self, String place, int members) {
      TransferCode known = new TransferCode(place, secret);
      if (!code.complete(known) && !known.equals(code.getNow(known))) {
        outcome.complete(
            Outcome.failure("server", "the server gave the transfer another id: " + place));
      }
    }

    @Override
    public void memberReady(RoomMember member) {
      TransferPeer peer = member.peer().orElse(null);
      if (peer == null || outcome.isDone()) {
        return;
      }
      long began = System.nanoTime();
      OutgoingTransfer transfer = peer.offer(files);
      current = transfer;
      transfer.whenEnded(result -> ended(member, result, began));
    }

    @Override
    public void memberLost(RoomMember member, String reason, String message) {
      if (reason.equals("too-many-attempts") || guesses.spent()) {
        outcome.complete(
            Outcome.failure(
                "too-many-attempts",
                "wrong codes were tried three times: somebody may be guessing"));
      } else if (reason.equals("wrong-code")) {
        notices.accept("somebody tried a wrong code");
      } else if (!outcome.isDone() && !reason.equals("closed")) {
        notices.accept(message.isEmpty() ? "the connection was lost" : message);
      }
    }

    @Override
    public void failed(String errorCode, String message) {
      outcome.complete(Outcome.failure(errorCode, message));
    }
  }

  private void ended(RoomMember member, TransferResult result, long began) {
    String failure = result.firstFailure();
    switch (failure) {
      case null -> outcome.complete(Outcome.of(result, member.path(), System.nanoTime() - began));
      case "declined",
          "cancelled",
          "changed",
          "unreadable",
          "protocol",
          "flow",
          "limit",
          "name",
          "integrity" ->
          outcome.complete(Outcome.of(result, member.path(), System.nanoTime() - began));
      case "connection" -> {
        current = null;
        notices.accept("the connection was lost; waiting for the receiver to come back");
      }
      default -> {
        // The receiver can mend that and come again.
        current = null;
        notices.accept("the receiver could not take the files: " + failure);
      }
    }
  }
}
