package org.klatsch.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.MediaSource;
import org.klatsch.rooms.RoomClient;
import org.klatsch.rooms.RoomOptions;
import org.klatsch.rooms.Seat;
import org.klatsch.webrtc.AudioPlayer;
import org.klatsch.webrtc.MediaFile;
import org.klatsch.webrtc.MediaStreamTrack;
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
        "Talk in a room: sends sound and pictures, records the others. Keys, or lines of digits on"
            + " standard input, are sent as DTMF. Ends after --seconds, else with the input.")
final class CallCommand implements Callable<Integer> {
  private static final Pattern DIGITS = Pattern.compile("[0-9A-Da-d*#,]{1,64}");

  /// Keys of a telephone, RFC 4733 §3.2.
  private static final String KEYS = "0123456789*#ABCD";

  private static final int END_OF_TRANSMISSION = 4;
  private static final int LOWEST_HZ = 20;
  private static final int HIGHEST_HZ = 20_000;

  /// What the end of a call may take.
  private static final long FAREWELL_SECONDS = 10;

  private final Terminal terminal;
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private AddressOption addresses = new AddressOption();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the others see. Default: the name of the user.")
  private String name = System.getProperty("user.name", "");

  /// The sound that is sent; one of them at most.
  static final class Sound {
    @Option(names = "--echo", description = "Send back to each member what it says and shows.")
    private boolean echo;

    @Option(
        names = "--play",
        paramLabel = "FILE",
        description = "Send a file once, with its picture: WAV, Ogg Opus, WebM, MP4, Y4M.")
    private @Nullable Path play;

    @Option(names = "--tone", paramLabel = "HZ", description = "Send a tone of 20 to 20000 Hz.")
    private @Nullable Integer tone;

    @Option(names = "--mic", description = "Send the microphone.")
    private boolean mic;
  }

  /// The picture that is sent; one of them at most.
  static final class Picture {
    @Option(names = "--video", description = "Send a moving test picture with a counter.")
    @SuppressWarnings("unused") // told by the other one
    private boolean video;

    @Option(names = "--camera", description = "Send the camera.")
    private boolean camera;
  }

  @ArgGroup private @Nullable Sound sound;
  @ArgGroup private @Nullable Picture picture;

  @Option(names = "--screen", description = "Share the screen.")
  private boolean screen;

  @Option(names = "--speaker", description = "Play aloud what the others say.")
  private boolean aloud;

  @Option(
      names = "--device",
      paramLabel = "TEXT",
      description = "Use devices whose name contains this. May be given several times.")
  private List<String> devices = new ArrayList<>();

  @Option(
      names = "--record",
      paramLabel = "DIR",
      description =
          "Record each member to DIR/{participant}-audio.wav and DIR/{participant}-video.webm.")
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
    CallDevices chosen = new CallDevices(devices);
    List<CallFeed> feeds = feeds(chosen);
    AudioPlayer speaker = aloud ? chosen.speaker() : null;
    try (Keyboard keyboard = Keyboard.open(terminal.interactive());
        Call call =
            new Call(terminal, common.json, feeds, recorder, speaker, dtmf, keyboard.columns())) {
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        long began = System.nanoTime();
        talk(call, keyboard, length, ended);
        if (recorder != null) {
          recorder.finish();
        }
        tellEnd(recorder, System.nanoTime() - began);
        return ExitCode.OK;
      } finally {
        if (recorder != null) {
          recorder.finish();
        }
        // Before the process is ended, if it is.
        keyboard.restore();
        told.countDown();
        SendCommand.removeHook(hook);
      }
    }
  }

  private void talk(
      Call call, Keyboard keyboard, @Nullable Integer length, CompletableFuture<Void> ended)
      throws CommandException, InterruptedException {
    RoomOptions options =
        RoomOptions.defaults("cli").withTls(common.tls()).withConnections(addresses.connections());
    // Pictures cost the others a lot; nobody looks at them here.
    boolean keepsPictures = record != null || echoes();
    String[] media = keepsPictures ? new String[] {"audio", "video"} : new String[] {"audio"};
    options = options.withTransfer(options.transfer().withMedia(media));
    Seat.Room seat = new Seat.Room(ChatCommand.place(room), name);
    if (length == null || keyboard.single()) {
      Thread.ofPlatform()
          .daemon()
          .name("klatsch-input")
          .start(() -> {
            boolean over = keyboard.single() ? readKeys(call) : readLines(call);
            if (over && length == null) {
              ended.complete(null);
            }
          });
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
  ///
  /// @return whether the input ends the call
  private boolean readLines(Call call) {
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
    return call.joined().isDone();
  }

  /// Each key of a terminal goes to all members at once; `q` and Ctrl-D end the call.
  private boolean readKeys(Call call) {
    try {
      while (true) {
        int key = terminal.in().read();
        if (key < 0 || key == END_OF_TRANSMISSION || key == 'q') {
          return true;
        }
        if (KEYS.indexOf(Character.toUpperCase(key)) >= 0) {
          call.press(String.valueOf((char) key));
        } else {
          terminal.notice("0-9, A-D, * and # are sent as DTMF, q ends the call");
        }
      }
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(CallCommand.class).debug("input ended", e);
      return true;
    }
  }

  private boolean echoes() {
    Sound what = sound;
    return what != null && what.echo;
  }

  private @Nullable CallRecorder recorder() throws CommandException {
    Path folder = record;
    try {
      return folder == null ? null : new CallRecorder(folder);
    } catch (IOException e) {
      throw CommandException.failed("cannot record to " + folder + ": " + e);
    }
  }

  private List<CallFeed> feeds(CallDevices chosen) throws CommandException, InterruptedException {
    List<CallFeed> feeds = new ArrayList<>();
    Path file = sound == null ? null : sound.play;
    if (file != null) {
      feeds.addAll(played(file));
    } else {
      CallFeed heard = heard(chosen);
      if (heard != null) {
        feeds.add(heard);
      }
    }
    Picture what = picture;
    if (what != null || screen) {
      CallDevices.requireVideoEncoder();
    }
    if (what != null) {
      feeds.removeIf(feed -> feed.source() == MediaSource.CAMERA);
      feeds.add(
          new CallFeed.Shared(
              MediaSource.CAMERA, what.camera ? chosen.camera() : CallDevices.testPicture()));
    } else if (echoes()) {
      feeds.add(new EchoPicture());
    }
    if (screen) {
      feeds.add(new CallFeed.Shared(MediaSource.SCREEN, chosen.screen()));
    }
    return feeds;
  }

  /// The tracks of a file; one without sound is silent, as digits need a track of sound.
  private List<CallFeed> played(Path file) throws CommandException {
    try {
      MediaFile opened = MediaFile.open(file);
      MediaStreamTrack audio = opened.audio();
      MediaStreamTrack video = opened.video();
      MediaStreamTrack last = audio == null ? video : audio;
      if (last != null) {
        last.onEnded(_ -> tellPlayed(file));
      }
      List<CallFeed> feeds = new ArrayList<>();
      feeds.add(
          audio == null ? SteadySound.silence() : new CallFeed.Shared(MediaSource.MIC, audio));
      if (video != null) {
        feeds.add(new CallFeed.Shared(MediaSource.CAMERA, video));
      }
      return feeds;
    } catch (IOException e) {
      throw CommandException.failed("cannot play " + file + ": " + e);
    }
  }

  private @Nullable CallFeed heard(CallDevices chosen)
      throws CommandException, InterruptedException {
    Sound what = sound;
    if (what == null) {
      return dtmf.isEmpty() ? null : SteadySound.silence();
    }
    Integer hz = what.tone;
    if (what.mic) {
      return new CallFeed.Shared(MediaSource.MIC, chosen.microphone());
    }
    if (hz == null) {
      return what.echo ? new EchoSound() : null;
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
      for (Tape tape : recorder.tapes()) {
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
