package org.klatsch.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.RoomClient;
import org.klatsch.rooms.RoomOptions;
import org.klatsch.rooms.Seat;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `klatsch call`.
@Command(
    name = "call",
    description =
        "Talk in a room: sends an echo, a file or a tone, records the others. Lines of digits on"
            + " standard input are sent as DTMF. Ends after --seconds, else with the input.")
final class CallCommand implements Callable<Integer> {
  private static final Pattern DIGITS = Pattern.compile("[0-9A-Da-d*#,]{1,64}");
  private static final int LOWEST_HZ = 20;
  private static final int HIGHEST_HZ = 20_000;

  /// What the end of a call may take.
  private static final long FAREWELL_SECONDS = 10;

  private final Terminal terminal;
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ServerOption server = new ServerOption();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the others see. Default: the name of the user.")
  private String name = System.getProperty("user.name", "");

  /// What is sent; one of them at most.
  static final class Sent {
    @Option(names = "--echo", description = "Send back to each member what it says.")
    private boolean echo;

    @Option(names = "--play", paramLabel = "FILE", description = "Send a WAV file, once.")
    private @Nullable Path play;

    @Option(names = "--tone", paramLabel = "HZ", description = "Send a tone of 20 to 20000 Hz.")
    private @Nullable Integer tone;
  }

  @ArgGroup private @Nullable Sent sent;

  @Option(
      names = "--record",
      paramLabel = "DIR",
      description = "Record the audio of each member to DIR/{participant}-audio.wav.")
  private @Nullable Path record;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "End so long after joining. Default: with the input, or at Ctrl-C.")
  private @Nullable Integer seconds;

  @Option(
      names = "--dtmf",
      paramLabel = "DIGITS",
      defaultValue = "",
      description = "Send these to each member: 0-9, A-D, *, #, and a comma for two seconds.")
  private String dtmf = "";

  @Parameters(paramLabel = "ROOM", description = "Name of the room, or its link.")
  private String room = "";

  CallCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Integer length = seconds;
    if (length != null && length < 1) {
      throw CommandException.usage("--seconds " + length + ", expected 1 or more");
    }
    if (!dtmf.isEmpty() && !DIGITS.matcher(dtmf).matches()) {
      throw CommandException.usage(
          "--dtmf " + dtmf + ", expected up to 64 of 0-9, A-D, *, # and comma");
    }
    CompletableFuture<Void> ended = new CompletableFuture<>();
    CountDownLatch told = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              ended.complete(null);
              try {
                if (told.await(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
                  terminal.out().flush();
                  // Ctrl-C is the way to end a call: all is well.
                  Runtime.getRuntime().halt(ExitCode.OK);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "klatsch-shutdown");
    CallRecorder recorder = recorder();
    try (Call call = new Call(terminal, common.json, sound(), recorder, dtmf)) {
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        long began = System.nanoTime();
        talk(call, length, ended);
        if (recorder != null) {
          recorder.finish();
        }
        tellEnd(recorder, System.nanoTime() - began);
        return ExitCode.OK;
      } finally {
        if (recorder != null) {
          recorder.finish();
        }
        told.countDown();
        SendCommand.removeHook(hook);
      }
    }
  }

  private void talk(Call call, @Nullable Integer length, CompletableFuture<Void> ended)
      throws CommandException, InterruptedException {
    RoomOptions options = RoomOptions.defaults("cli").withTls(common.tls());
    options = options.withTransfer(options.transfer().withMedia("audio"));
    Seat.Room seat = new Seat.Room(ChatCommand.place(room), name);
    if (length == null) {
      Thread.ofPlatform().daemon().name("klatsch-input").start(() -> read(call, ended));
    }
    RoomClient client = RoomClient.join(server.url(), seat, options, call);
    try {
      CompletableFuture.anyOf(call.failure(), call.joined(), ended).get();
      if (length != null) {
        var _ = ended.completeOnTimeout(null, length, TimeUnit.SECONDS);
      }
      CompletableFuture.anyOf(call.failure(), ended).get();
      if (call.failure().isDone()) {
        throw call.failure().get();
      }
    } catch (ExecutionException e) {
      throw CommandException.failed(String.valueOf(e.getCause()));
    } finally {
      client.close();
    }
  }

  /// Lines of digits go to all members. An input that is at its end before the room is joined is
  /// none at all, as that of a program in the background, and does not end the call.
  private void read(Call call, CompletableFuture<Void> ended) {
    try {
      for (String line = terminal.in().readLine(); line != null; line = terminal.in().readLine()) {
        String digits = line.strip();
        if (DIGITS.matcher(digits).matches()) {
          call.press(digits);
        } else if (!digits.isEmpty()) {
          terminal.notice("only 0-9, A-D, *, # and comma can be sent");
        }
      }
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(CallCommand.class).debug("input ended", e);
    }
    if (call.joined().isDone()) {
      ended.complete(null);
    }
  }

  private @Nullable CallRecorder recorder() throws CommandException {
    Path folder = record;
    try {
      return folder == null ? null : new CallRecorder(folder);
    } catch (IOException e) {
      throw CommandException.failed("cannot record to " + folder + ": " + e);
    }
  }

  private CallSound sound() throws CommandException {
    Sent what = sent;
    if (what == null) {
      return dtmf.isEmpty() ? new CallSound.Nothing() : SteadySound.silence();
    }
    Path file = what.play;
    Integer hz = what.tone;
    if (file != null) {
      try {
        return SteadySound.file(file, () -> tellPlayed(file));
      } catch (IOException e) {
        throw CommandException.failed("cannot play " + file + ": " + e);
      }
    }
    if (hz == null) {
      return what.echo ? new EchoSound() : new CallSound.Nothing();
    }
    if (hz < LOWEST_HZ || hz > HIGHEST_HZ) {
      throw CommandException.usage(
          "--tone " + hz + ", expected " + LOWEST_HZ + " to " + HIGHEST_HZ);
    }
    return SteadySound.tone(hz);
  }

  private void tellPlayed(Path file) {
    terminal.result(
        common.json, Terminal.event("played").put("file", file.toString()), "played " + file);
  }

  private void tellEnd(@Nullable CallRecorder recorder, long nanos) {
    ObjectNode event = Terminal.event("done").put("seconds", Math.round(nanos / 1e7) / 100.0);
    ArrayNode recordings = event.putArray("recordings");
    if (recorder != null) {
      for (CallRecorder.Tape tape : recorder.tapes()) {
        recordings
            .addObject()
            .put("from", tape.participant())
            .put("file", tape.file().toString())
            .put("seconds", Math.round(tape.seconds() * 100) / 100.0);
        if (!common.json) {
          terminal.result(false, event, tape.file().toString());
        }
      }
    }
    terminal.result(common.json, event, null);
  }
}
