package org.klatsch.webrtc;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.klatsch.codecs.container.FileFormat;
import org.klatsch.codecs.recorder.SenderClock;

/// One track of a [Recording]. Frames come on the thread of the track's source, the rest runs on
/// the recording's queue.
abstract sealed class RecordingLane implements TrackConsumer
    permits RecordingEncoded, RecordingPcm, RecordingPictures {
  final Recording recording;
  final int number;
  final MediaStreamTrack track;
  private final int limit;
  private final AtomicInteger waiting = new AtomicInteger();

  /// @param limit frames that may wait for the queue
  RecordingLane(Recording recording, int number, MediaStreamTrack track, int limit) {
    this.recording = recording;
    this.number = number;
    this.track = track;
    this.limit = limit;
  }

  /// Takes what a peer has encoded as it is, and encodes the rest.
  static RecordingLane of(
      Recording recording, int number, MediaStreamTrack track, SenderClock clock) {
    boolean linear = recording.type.format() == FileFormat.WAV;
    if (track.source().givesEncoded() && !linear) {
      return new RecordingEncoded(recording, number, track, clock);
    }
    return raw(recording, number, track);
  }

  static RecordingLane raw(Recording recording, int number, MediaStreamTrack track) {
    return track.kind().equals("audio")
        ? new RecordingPcm(recording, number, track)
        : new RecordingPictures(recording, number, track);
  }

  /// Does something on the queue, unless too much waits there already.
  final void later(Recording.Step step) {
    if (waiting.incrementAndGet() > limit) {
      waiting.decrementAndGet();
      return;
    }
    recording.execute(() -> {
      waiting.decrementAndGet();
      step.run();
    });
  }

  void start() {
    track.addConsumer(this);
    recording.execute(this::keyFrameNeeded);
  }

  /// Takes no more frames.
  void stop() {
    track.removeConsumer(this);
  }

  /// Hands over what was held back.
  void finish() throws IOException {}

  /// The next picture should stand for itself.
  void keyFrameNeeded() {}

  @Override
  public final void ended() {
    recording.execute(() -> {
      finish();
      recording.ended(number);
    });
  }
}
