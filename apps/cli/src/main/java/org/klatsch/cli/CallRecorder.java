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
import org.klatsch.rooms.RoomMember;
import org.klatsch.webrtc.MediaStreamTrack;

/// Records every track of a call into a file of its own, `PARTICIPANT-audio.wav` or
/// `PARTICIPANT-video.webm`. Thread-safe.
final class CallRecorder {
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

  /// Records a track until it ends or [#finish]. A file of an earlier call is replaced, one of this
  /// call never.
  synchronized Tape record(RoomMember member, MediaStreamTrack track) {
    if (closed) {
      throw new IllegalStateException("the recorder has finished");
    }
    String name = names.computeIfAbsent(member.id(), id -> free(safe(member.name()), id));
    String file = name + "-" + track.kind();
    for (int number = 2; !taken.add(file.toLowerCase(Locale.ROOT)); number++) {
      file = name + "-" + track.kind() + "-" + number;
    }
    String ending = track.kind().equals("audio") ? ".wav" : ".webm";
    try {
      Tape tape = new Tape(member.name(), folder.resolve(file + ending), track);
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

  /// Those on which there is something.
  synchronized List<Tape> tapes() {
    return tapes.stream().filter(tape -> tape.seconds() > 0).toList();
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
