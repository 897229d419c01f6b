package org.klatsch.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.klatsch.codecs.container.WavReader;
import org.klatsch.codecs.container.WebmReader;
import org.klatsch.webrtc.MediaRecorder;
import org.klatsch.webrtc.MediaStream;
import org.klatsch.webrtc.MediaStreamTrack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A track in a file of its own.
final class Tape {
  private static final Logger LOGGER = LoggerFactory.getLogger(Tape.class);

  /// What completing a file may take.
  private static final long PATIENCE_SECONDS = 10;

  private static final double NANOS_PER_SECOND = 1e9;

  private final String participant;
  private final Path file;
  private final boolean video;
  private final MediaRecorder recorder;
  private final CompletableFuture<Void> complete = new CompletableFuture<>();

  /// Begins to record.
  Tape(String participant, Path file, MediaStreamTrack track) throws IOException {
    this.participant = participant;
    this.file = file;
    video = track.kind().equals("video");
    recorder = MediaRecorder.toFile(new MediaStream(List.of(track)), file);
    recorder.onStop(_ -> complete.complete(null));
    recorder.onError(event -> LOGGER.error("{} ends early: {}", file, event.error().getMessage()));
    recorder.start();
  }

  /// Whose track it is.
  String participant() {
    return participant;
  }

  Path file() {
    return file;
  }

  /// How much is on it, once it is complete; 0 for nothing.
  double seconds() {
    try {
      if (Files.size(file) == 0) {
        return 0;
      }
      if (video) {
        try (WebmReader reader = WebmReader.open(file)) {
          return reader.durationNanos() / NANOS_PER_SECOND;
        }
      }
      try (WavReader reader = WavReader.open(file)) {
        int frame = Short.BYTES * reader.format().channels();
        return (double) Files.size(file) / frame / reader.format().rateHz();
      }
    } catch (IOException e) {
      LOGGER.debug("{} cannot be read", file, e);
      return 0;
    }
  }

  /// Completes the file; one on which there is nothing is removed.
  void close() {
    recorder.stop();
    try {
      complete.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (Files.exists(file) && Files.size(file) == 0) {
        Files.delete(file);
      }
    } catch (TimeoutException | ExecutionException | IOException e) {
      LOGGER.error("{} is not complete: {}", file, String.valueOf(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
