package org.klatsch.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.net.IpHandling;
import org.klatsch.peer.jsep.MediaCapabilities;
import org.klatsch.webrtc.AudioPlayer;
import org.klatsch.webrtc.EncodedTrackSink;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCRtpTransceiverDirection;
import org.klatsch.webrtc.RTCRtpTransceiverInit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `klatsch play`.
@Command(
    name = "play",
    description =
        "Play a stream of a server with WHEP, as http://localhost:8080/whep/NAME: aloud, or into"
            + " files. Ends with the stream, after --seconds, or at Ctrl-C.")
final class PlayCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private Streaming streaming = new Streaming();

  @Option(names = "--speaker", description = "Play the sound aloud.")
  private boolean aloud;

  @Option(
      names = "--record",
      paramLabel = "DIR",
      description =
          "Record to DIR/{stream}-audio.wav and DIR/{stream}-video.webm (.mp4 for H.264).")
  private @Nullable Path record;

  @Parameters(paramLabel = "URL", description = "What to play.")
  private String url = "";

  private final AtomicLong audioFrames = new AtomicLong();
  private final AtomicLong videoFrames = new AtomicLong();
  private final AtomicLong keyFrames = new AtomicLong();
  private final List<Tape> tapes = new CopyOnWriteArrayList<>();
  private @Nullable AudioPlayer speaker;

  PlayCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    URI from = Streaming.url(url);
    Path folder = record;
    if (folder != null) {
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw CommandException.failed("cannot record to " + folder + ": " + e);
      }
    }
    speaker = aloud ? new CallDevices(List.of()).speaker() : null;
    // What is only counted and recorded needs no decoder here.
    PeerConnectionFactory factory =
        AddressOption.connections(
            PeerConnectionOptions.DEFAULT
                .withIpHandling(IpHandling.of(1))
                .withMedia(MediaCapabilities.standard()));
    RTCPeerConnection connection = factory.createPeerConnection();
    RTCRtpTransceiverInit receives =
        new RTCRtpTransceiverInit().withDirection(RTCRtpTransceiverDirection.RECVONLY);
    connection.addTransceiver("audio", receives);
    connection.addTransceiver("video", receives);
    connection.onTrack(event -> begin(event.track()));
    streaming.run(terminal, from, connection, common.tls(), new CompletableFuture<>(), new Told());
    return ExitCode.OK;
  }

  private void begin(MediaStreamTrack track) {
    CompletableFuture<Void> told = new CompletableFuture<>();
    @SuppressWarnings({"resource", "UnusedVariable"}) // ends with the connection
    EncodedTrackSink sink =
        new EncodedTrackSink(
            track,
            frame -> {
              if (told.complete(null)) {
                firstFrame(track, frame);
              }
              count(frame);
            });
    AudioPlayer player = speaker;
    if (player != null && track.kind().equals("audio")) {
      player.add(track);
    }
  }

  private void count(EncodedFrame frame) {
    if (frame instanceof EncodedVideoFrame video) {
      videoFrames.incrementAndGet();
      if (video.keyFrame()) {
        keyFrames.incrementAndGet();
      }
    } else {
      audioFrames.incrementAndGet();
    }
  }

  private void firstFrame(MediaStreamTrack track, EncodedFrame frame) {
    String codec = frame.codec().mimeType();
    terminal.result(
        common.json,
        Terminal.event("track").put("kind", track.kind()).put("codec", codec),
        track.kind() + ": " + codec);
    Path folder = record;
    if (folder == null) {
      return;
    }
    String ending =
        track.kind().equals("audio") ? ".wav" : frame.codec().is("h264") ? ".mp4" : ".webm";
    Path file = folder.resolve(name() + "-" + track.kind() + ending);
    try {
      tapes.add(new Tape(name(), file, track));
    } catch (IOException e) {
      terminal.notice("cannot record to " + file + ": " + e);
    }
  }

  /// The last part of the path, as a name of files.
  private String name() {
    return CallRecorder.safe(url.replaceAll("[?#].*", "").replaceAll(".*/", ""));
  }

  private final class Told implements Streaming.Program {
    @Override
    public void connected(URI server, long millis) {
      terminal.result(
          common.json,
          Terminal.event("connected").put("resource", server.toString()).put("connectMs", millis),
          "playing " + url);
    }

    @Override
    public void ended(double seconds) {
      tapes.forEach(Tape::close);
      ObjectNode event =
          Terminal.event("done")
              .put("seconds", Math.round(seconds * 100) / 100.0)
              .put("audioFrames", audioFrames.get())
              .put("videoFrames", videoFrames.get())
              .put("keyFrames", keyFrames.get());
      ArrayNode recordings = event.putArray("recordings");
      for (Tape tape : tapes) {
        recordings
            .addObject()
            .put("file", tape.file().toString())
            .put("seconds", Math.round(tape.seconds() * 100) / 100.0);
      }
      terminal.result(
          common.json, event, audioFrames + " frames of sound, " + videoFrames + " of pictures");
    }
  }
}
