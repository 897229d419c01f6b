package org.klatsch.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.container.WavWriter;
import org.klatsch.rooms.RoomMember;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.MediaStreamTrack;

/// Records every track of a call into a file of its own, `PARTICIPANT-KIND.wav`. Thread-safe.
final class CallRecorder {
  private static final PcmFormat FORMAT = new PcmFormat(48_000, 1);

  /// With kind and number still a legal file name on every system.
  private static final int MAX_NAME = 40;

  private final Path folder;

  /// Names of files by member's id; those taken, without case.
  private final Map<String, String> names = new HashMap<>();

  private final Set<String> taken = new HashSet<>();
  private final List<Tape> tapes = new ArrayList<>();
  private boolean closed;

  /// @throws IOException when the folder cannot be made
  CallRecorder(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /// A file that is being written, or was.
  static final class Tape {
    private final String participant;
    private final Path file;
    private final AudioTrackSink sink;
    private final Thread thread;
    private final AtomicLong frames = new AtomicLong();

    Tape(String participant, Path file, MediaStreamTrack track, WavWriter writer) {
      this.participant = participant;
      this.file = file;
      sink = new AudioTrackSink(track, FORMAT.rateHz(), FORMAT.channels());
      thread = Thread.ofVirtual().name("klatsch-recording").start(() -> run(writer));
    }

    private void run(WavWriter writer) {
      try (writer) {
        short[] pcm = new short[FORMAT.frames(20) * FORMAT.channels()];
        for (int count = read(pcm); count > 0; count = read(pcm)) {
          writer.write(pcm, 0, count / FORMAT.channels());
          frames.addAndGet(count / FORMAT.channels());
        }
      } catch (IOException e) {
        org.slf4j.LoggerFactory.getLogger(CallRecorder.class)
            .error("{} ends early: {}", file, String.valueOf(e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private int read(short[] pcm) throws InterruptedException {
      return sink.read(pcm, 0, pcm.length);
    }

    private void close() {
      sink.close();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    String participant() {
      return participant;
    }

    Path file() {
      return file;
    }

    double seconds() {
      return (double) frames.get() / FORMAT.rateHz();
    }
  }

  /// Records a track of audio until it ends or [#finish]. A file of an earlier call is replaced,
  /// one of this call never.
  synchronized Tape record(RoomMember member, MediaStreamTrack track) {
    if (closed) {
      throw new IllegalStateException("the recorder has finished");
    }
    String name = names.computeIfAbsent(member.id(), id -> free(safe(member.name()), id));
    String file = name + "-" + track.kind();
    for (int number = 2; !taken.add(file.toLowerCase(Locale.ROOT)); number++) {
      file = name + "-" + track.kind() + "-" + number;
    }
    Path path = folder.resolve(file + ".wav");
    try {
      Tape tape = new Tape(member.name(), path, track, WavWriter.create(path, FORMAT));
      tapes.add(tape);
      return tape;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String free(String name, String id) {
    String key = name.toLowerCase(Locale.ROOT);
    return names.values().stream().noneMatch(other -> other.toLowerCase(Locale.ROOT).equals(key))
        ? name
        : name + "-" + safe(id);
  }

  /// Letters, digits, `-` and `_`: harmless on every file system.
  static String safe(String name) {
    StringBuilder safe = new StringBuilder();
    name.codePoints()
        .limit(MAX_NAME)
        .forEach(c -> {
          boolean fine = Character.isLetterOrDigit(c) || c == '-' || c == '_';
          safe.appendCodePoint(fine ? c : '_');
        });
    return safe.isEmpty() ? "guest" : safe.toString();
  }

  synchronized List<Tape> tapes() {
    return List.copyOf(tapes);
  }

  /// Completes all files; records nothing more.
  void finish() {
    List<Tape> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(tapes);
    }
    for (Tape tape : all) {
      tape.close();
    }
  }
}
