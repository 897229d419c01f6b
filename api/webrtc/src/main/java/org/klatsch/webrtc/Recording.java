package org.klatsch.webrtc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.klatsch.codecs.CodecUnavailableException;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.recorder.Recorder;
import org.klatsch.codecs.recorder.SenderClock;

/// A recording under way: brings the tracks of a [MediaRecorder] to a [Recorder]. All work is done
/// on one queue of the [MediaPool], as frames come on threads that must not wait for a disk.
final class Recording {
  /// Work on the queue.
  interface Step {
    void run() throws IOException;
  }

  final RecordingType type;
  final MediaRecorderOptions options;
  final Codecs codecs;
  final Recorder recorder;
  private final SerialQueue queue = new SerialQueue(Integer.MAX_VALUE);
  private final Consumer<DOMException> failed;
  private final Runnable ended;
  private final List<RecordingLane> lanes = new ArrayList<>();
  private final IdentityHashMap<Object, SenderClock> clocks = new IdentityHashMap<>();
  private int left;
  private boolean over;
  private boolean failing;

  /// @param failed called on the queue when nothing more can be recorded
  /// @param ended called on the queue when every track has ended
  Recording(
      RecordingType type,
      MediaRecorderOptions options,
      Codecs codecs,
      Recorder recorder,
      Consumer<DOMException> failed,
      Runnable ended) {
    this.type = type;
    this.options = options;
    this.codecs = codecs;
    this.recorder = recorder;
    this.failed = failed;
    this.ended = ended;
  }

  void start(List<MediaStreamTrack> tracks) {
    left = tracks.size();
    for (MediaStreamTrack track : tracks) {
      SenderClock clock =
          clocks.computeIfAbsent(track.source().clockDomain(), _ -> new SenderClock());
      lanes.add(RecordingLane.of(this, lanes.size(), track, clock));
    }
    lanes.forEach(RecordingLane::start);
  }

  void execute(Step step) {
    queue.execute(() -> {
      if (over) {
        return;
      }
      try {
        step.run();
      } catch (IOException e) {
        fail(
            new DOMException(
                "the recording cannot be written: " + e.getMessage(), "UnknownError", e));
      } catch (CodecUnavailableException e) {
        fail(DOMException.notSupported(String.valueOf(e.getMessage())));
      }
    });
  }

  private void fail(DOMException why) {
    if (!failing) {
      failing = true;
      failed.accept(why);
    }
  }

  /// On the queue: a track has ended.
  void ended(int lane) throws IOException {
    recorder.end(lane);
    if (--left == 0) {
      ended.run();
    }
  }

  void pause(long now) {
    execute(() -> recorder.pause(now));
  }

  void resume(long now) {
    execute(() -> {
      recorder.resume(now);
      lanes.forEach(RecordingLane::keyFrameNeeded);
    });
  }

  /// Ends it and completes the file.
  ///
  /// @param then called on the queue when that is done
  void close(Runnable then) {
    execute(() -> {
      for (RecordingLane each : lanes) {
        each.stop();
      }
      for (RecordingLane each : lanes) {
        each.finish();
      }
      over = true;
      try {
        recorder.close();
      } catch (IOException e) {
        fail(
            new DOMException(
                "the recording cannot be completed: " + e.getMessage(), "UnknownError", e));
      } finally {
        then.run();
      }
    });
  }
}
