package org.klatsch.webrtc;

import java.io.IOException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.codecs.container.PictureSize;
import org.klatsch.codecs.recorder.SenderClock;
import org.klatsch.codecs.recorder.StreamClock;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.FrameOrigin;
import org.klatsch.media.RtpCodec;

/// Records encoded frames as they are. When the peer changes to a codec that the file does not
/// hold, the track is decoded and encoded from then on.
final class RecordingEncoded extends RecordingLane {
  /// Ten seconds of a busy track.
  private static final int LIMIT = 1_000;

  /// How long audio waits for packets that others have overtaken.
  private static final double REORDERING_SECONDS = 0.2;

  /// A request for a key frame may get lost.
  private static final long ASK_AGAIN_NANOS = 1_000_000_000;

  private record Held(EncodedAudioFrame frame, long arrival) {}

  private final SenderClock sender;
  private final TreeMap<Long, Held> held = new TreeMap<>();
  private @Nullable StreamClock clock;
  private @Nullable RtpCodec codec;
  private @Nullable PictureSize size;
  private long written = Long.MIN_VALUE;
  private boolean needsKeyFrame = true;
  private long askedAt;
  private @Nullable RecordingLane raw;

  RecordingEncoded(Recording recording, int number, MediaStreamTrack track, SenderClock sender) {
    super(recording, number, track, LIMIT);
    this.sender = sender;
  }

  @Override
  public boolean takesEncoded() {
    return true;
  }

  @Override
  public void encoded(EncodedFrame frame) {
    long arrival = System.nanoTime();
    later(() -> take(frame, arrival));
  }

  private void take(EncodedFrame frame, long arrival) throws IOException {
    if (!frame.codec().isMedia() || raw != null) {
      return;
    }
    CodecFormat format = Formats.format(frame.codec());
    if (!recording.type.format().holds(format)) {
      transcode();
      return;
    }
    StreamClock current = clock;
    if (current == null || !frame.codec().equals(codec)) {
      finish();
      current = new StreamClock(frame.codec().clockRateHz(), sender);
      clock = current;
      codec = frame.codec();
      written = Long.MIN_VALUE;
    }
    long timestamp = current.extended(frame.rtpTimestamp());
    switch (frame) {
      case EncodedAudioFrame audio -> {
        held.put(timestamp, new Held(audio, arrival));
        release((long) (REORDERING_SECONDS * frame.codec().clockRateHz()), current);
      }
      case EncodedVideoFrame video -> write(video, format, timestamp, arrival, current);
    }
  }

  /// Hands on what no packet can come before any more.
  private void release(long patience, StreamClock current) throws IOException {
    while (!held.isEmpty() && held.lastKey() - held.firstKey() >= patience) {
      var first = held.pollFirstEntry();
      long timestamp = first.getKey();
      if (timestamp <= written) {
        continue;
      }
      written = timestamp;
      EncodedAudioFrame frame = first.getValue().frame();
      long time = current.time(timestamp, first.getValue().arrival(), ntpTime(frame));
      recording.recorder.write(
          number,
          MediaTrack.audio(1, Formats.format(frame.codec()), channels(frame)),
          time,
          true,
          frame.payload());
    }
  }

  private static long ntpTime(EncodedFrame frame) {
    FrameOrigin origin = frame.origin();
    return origin == null ? 0 : origin.ntpTime();
  }

  /// Opus names two channels always; each packet says how many it has, RFC 6716 §3.1.
  private static int channels(EncodedAudioFrame frame) {
    byte[] payload = frame.payload();
    boolean stereo =
        frame.codec().parameter("sprop-stereo", 0) == 1
            || payload.length > 0 && (payload[0] & 4) != 0;
    return stereo ? 2 : 1;
  }

  private void write(
      EncodedVideoFrame frame,
      CodecFormat format,
      long timestamp,
      long arrival,
      StreamClock current)
      throws IOException {
    long time = current.time(timestamp, arrival, ntpTime(frame));
    if (frame.keyFrame()) {
      needsKeyFrame = false;
      size =
          PictureSize.of(format, frame.payload())
              .orElse(frame.width() > 0 ? new PictureSize(frame.width(), frame.height()) : size);
    } else if (needsKeyFrame && arrival - askedAt > ASK_AGAIN_NANOS) {
      keyFrameNeeded();
    }
    PictureSize known = size;
    if (known != null) {
      recording.recorder.write(
          number,
          MediaTrack.video(1, format, known.width(), known.height()),
          time,
          frame.keyFrame(),
          frame.payload());
    }
  }

  private void transcode() {
    super.stop();
    RecordingLane next = RecordingLane.raw(recording, number, track);
    raw = next;
    next.start();
  }

  @Override
  void keyFrameNeeded() {
    RecordingLane next = raw;
    if (next != null) {
      next.keyFrameNeeded();
    } else if (track.kind().equals("video")) {
      needsKeyFrame = true;
      askedAt = System.nanoTime();
      track.source().requestKeyFrame();
    }
  }

  @Override
  void stop() {
    super.stop();
    RecordingLane next = raw;
    if (next != null) {
      next.stop();
    }
  }

  @Override
  void finish() throws IOException {
    StreamClock current = clock;
    if (current != null) {
      release(0, current);
    }
    RecordingLane next = raw;
    if (next != null) {
      next.finish();
    }
  }
}
