package org.klatsch.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.klatsch.webrtc.MediaFile;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCRtpTransceiverDirection;
import org.klatsch.webrtc.RTCRtpTransceiverInit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `klatsch publish`.
@Command(
    name = "publish",
    description =
        "Stream a file or devices to a server with WHIP, as http://localhost:8080/whip/NAME. Ends"
            + " with the file, after --seconds, or at Ctrl-C.")
final class PublishCommand implements Callable<Integer> {
  private static final int TONE_HZ = 440;

  private final Terminal terminal;
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private AddressOption addresses = new AddressOption();
  @Mixin private Streaming streaming = new Streaming();

  @Option(names = "--repeat", description = "Begin a file anew when it is over.")
  private boolean repeat;

  @Option(
      names = "--device",
      paramLabel = "TEXT",
      description = "Use devices whose name contains this. May be given several times.")
  private List<String> devices = new ArrayList<>();

  @Parameters(
      index = "0",
      paramLabel = "FILE|DEVICE",
      description =
          "A file (WAV, Ogg Opus, WebM, MP4, Y4M), or, joined by commas: mic, camera, screen, test"
              + " (a moving picture), tone.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "URL", description = "Where to stream to.")
  private String url = "";

  PublishCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    URI to = Streaming.url(url);
    CompletableFuture<Void> over = new CompletableFuture<>();
    List<CallFeed> feeds = new ArrayList<>();
    List<MediaStreamTrack> tracks = tracks(over, feeds);
    PeerConnectionFactory chosen = addresses.connections();
    PeerConnectionFactory factory = chosen == null ? PeerConnectionFactory.shared() : chosen;
    RTCPeerConnection connection = factory.createPeerConnection();
    for (MediaStreamTrack track : tracks) {
      connection.addTransceiver(
          track, new RTCRtpTransceiverInit().withDirection(RTCRtpTransceiverDirection.SENDONLY));
    }
    try {
      streaming.run(terminal, to, connection, common.tls(), over, new Told(feeds));
    } finally {
      feeds.forEach(CallFeed::close);
      tracks.forEach(MediaStreamTrack::stop);
    }
    return ExitCode.OK;
  }

  private List<MediaStreamTrack> tracks(CompletableFuture<Void> over, List<CallFeed> feeds)
      throws CommandException, InterruptedException {
    Path file = Path.of(source);
    if (Files.exists(file)) {
      return played(file, over);
    }
    List<MediaStreamTrack> tracks = new ArrayList<>();
    CallDevices chosen = new CallDevices(devices);
    for (String each : source.split(",", -1)) {
      switch (each) {
        case "mic" -> tracks.add(chosen.microphone());
        case "camera" -> {
          CallDevices.requireVideoEncoder();
          tracks.add(chosen.camera());
        }
        case "screen" -> {
          CallDevices.requireVideoEncoder();
          tracks.add(chosen.screen());
        }
        case "test" -> {
          CallDevices.requireVideoEncoder();
          tracks.add(CallDevices.testPicture());
        }
        case "tone" -> {
          CallFeed tone = SteadySound.tone(TONE_HZ);
          feeds.add(tone);
          tone.trackFor("").ifPresent(tracks::add);
        }
        default ->
            throw CommandException.usage(
                source + ": no such file, nor one of mic, camera, screen, test, tone");
      }
    }
    return tracks;
  }

  private List<MediaStreamTrack> played(Path file, CompletableFuture<Void> over)
      throws CommandException {
    try {
      MediaFile opened = MediaFile.open(file, repeat);
      List<MediaStreamTrack> tracks = new ArrayList<>();
      @Nullable MediaStreamTrack audio = opened.audio();
      @Nullable MediaStreamTrack video = opened.video();
      if (audio != null) {
        tracks.add(audio);
      }
      if (video != null) {
        tracks.add(video);
      }
      if (tracks.isEmpty()) {
        throw CommandException.failed("there is nothing to stream in " + file);
      }
      tracks.getLast().onEnded(_ -> over.complete(null));
      return tracks;
    } catch (IOException e) {
      throw CommandException.failed("cannot play " + file + ": " + e);
    }
  }

  private final class Told implements Streaming.Program {
    private final List<CallFeed> feeds;

    Told(List<CallFeed> feeds) {
      this.feeds = feeds;
    }

    @Override
    public void connected(URI server, long millis) {
      feeds.forEach(CallFeed::sent);
      terminal.result(
          common.json,
          Terminal.event("connected").put("resource", server.toString()).put("connectMs", millis),
          "streaming " + source + " to " + url);
    }

    @Override
    public void ended(double seconds) {
      terminal.result(
          common.json,
          Terminal.event("done").put("seconds", Math.round(seconds * 100) / 100.0),
          "done");
    }
  }
}
