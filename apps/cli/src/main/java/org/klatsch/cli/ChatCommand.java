package org.klatsch.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.klatsch.rooms.RoomClient;
import org.klatsch.rooms.RoomListener;
import org.klatsch.rooms.RoomMember;
import org.klatsch.rooms.RoomOptions;
import org.klatsch.rooms.Seat;
import org.klatsch.rooms.transfer.IncomingTransfer;
import org.klatsch.rooms.transfer.TransferPeer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `klatsch chat`.
@Command(
    name = "chat",
    description = "Chat in a room: lines of standard input out, messages in. Ends with the input.")
final class ChatCommand implements Callable<Integer> {
  private static final int MAX_LINE = 4_000;

  /// How long a line waits for a connection that is being made.
  private static final Duration READY = Duration.ofSeconds(10);

  /// How long the last line may take to leave.
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final Terminal terminal;
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private AddressOption addresses = new AddressOption();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the others see. Default: the name of the user.")
  private String name = System.getProperty("user.name", "");

  @Parameters(paramLabel = "ROOM", description = "Name of the room, or its link.")
  private String room = "";

  ChatCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    RoomOptions options =
        RoomOptions.defaults("cli").withTls(common.tls()).withConnections(addresses.connections());
    CompletableFuture<CommandException> failure = new CompletableFuture<>();
    CompletableFuture<Void> joined = new CompletableFuture<>();
    try (RoomClient client =
        RoomClient.join(
            server.url(),
            new Seat.Room(place(room), name),
            options,
            new Listener(failure, joined))) {
      Thread hook = new Thread(client::close, "klatsch-shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        CompletableFuture<Void> inputEnded = new CompletableFuture<>();
        // Who is there is known only after joining, and the first line is for them, too.
        CompletableFuture.anyOf(failure, joined).get();
        Thread.ofPlatform().daemon().name("klatsch-input").start(() -> read(client, inputEnded));
        CompletableFuture.anyOf(failure, inputEnded).get();
        if (failure.isDone()) {
          throw failure.get();
        }
        flush(client);
        return ExitCode.OK;
      } catch (ExecutionException e) {
        throw CommandException.failed(String.valueOf(e.getCause()));
      } finally {
        SendCommand.removeHook(hook);
      }
    }
  }

  /// The name of a room, from itself or from its link.
  static String place(String room) {
    int link = room.lastIndexOf("/r/");
    return (link >= 0 ? room.substring(link + 3) : room).split("[?#]", 2)[0];
  }

  private void read(RoomClient client, CompletableFuture<Void> ended) {
    try {
      for (String line = terminal.in().readLine(); line != null; line = terminal.in().readLine()) {
        for (int from = 0; from < line.length(); from += MAX_LINE) {
          String text = line.substring(from, Math.min(line.length(), from + MAX_LINE));
          if (!client.say(text)) {
            for (RoomMember member : client.members()) {
              say(member, text);
            }
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      org.slf4j.LoggerFactory.getLogger(ChatCommand.class).debug("input ended", e);
    } finally {
      ended.complete(null);
    }
  }

  /// A line that comes while the connection to a member is still being made waits for it.
  private static void say(RoomMember member, String text) {
    try {
      TransferPeer peer =
          member.whenReady().orTimeout(READY.toMillis(), TimeUnit.MILLISECONDS).join();
      peer.chat(text, System.currentTimeMillis());
    } catch (CompletionException | IllegalStateException e) {
      // It cannot be reached, or left a moment ago.
    }
  }

  private static void flush(RoomClient client) throws InterruptedException {
    for (RoomMember member : client.members()) {
      TransferPeer peer = member.peer().orElse(null);
      if (peer != null) {
        peer.flush(FAREWELL);
      }
    }
  }

  private final class Listener implements RoomListener {
    private final CompletableFuture<CommandException> failure;
    private final CompletableFuture<Void> joined;

    Listener(CompletableFuture<CommandException> failure, CompletableFuture<Void> joined) {
      this.failure = failure;
      this.joined = joined;
    }

    @Override
    public void joined(String self, String place, int members) {
      terminal.result(
          common.json,
          Terminal.event("joined").put("room", place).put("id", self).put("members", members),
          null);
      if (!common.json) {
        terminal.notice("in room " + place + " with " + members + " others");
      }
      joined.complete(null);
    }

    @Override
    public void memberReady(RoomMember member) {
      about("member-joined", member, member.name() + " is here");
    }

    @Override
    public void memberLeft(RoomMember member, String reason) {
      about("member-left", member, member.name() + " has left");
    }

    @Override
    public void chatReceived(RoomMember member, String text, long time) {
      terminal.result(
          common.json,
          Terminal.event("message")
              .put("from", member.name())
              .put("id", member.id())
              .put("text", text)
              .put("time", time),
          Terminal.harmless(member.name()) + ": " + Terminal.harmless(text));
    }

    @Override
    public void lineReceived(String name, String id, String text, long time, boolean before) {
      terminal.result(
          common.json,
          Terminal.event(before ? "history" : "message")
              .put("from", name)
              .put("id", id)
              .put("text", text)
              .put("time", time),
          Terminal.harmless(name) + ": " + Terminal.harmless(text));
    }

    @Override
    public void filesOffered(RoomMember member, IncomingTransfer offer) {
      offer.decline();
      about(
          "files-declined",
          member,
          member.name() + " offers files; they need the page, or klatsch send and receive");
    }

    @Override
    public void serverLost() {
      if (!common.json) {
        terminal.notice("the server is away; trying again");
      }
    }

    @Override
    public void failed(String code, String message) {
      failure.complete(new CommandException(ExitCode.FAILED, code, message));
    }

    private void about(String event, RoomMember member, String text) {
      if (common.json) {
        terminal.result(
            true, Terminal.event(event).put("id", member.id()).put("name", member.name()), null);
      } else {
        terminal.notice(Terminal.harmless(text));
      }
    }
  }
}
