package org.klatsch.media;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Plays audio and video of one sender in time with each other: sender reports tell where both
/// timelines meet on his wall clock, RFC 3550 §6.4.1, and the medium that would be early waits for
/// the other one. Streams belong together when they have the same CNAME, RFC 3550 §6.5.1.
final class Synchronisation {
  /// How far a delay moves at once: a step that is neither seen nor heard.
  private static final long STEP = 80_000_000;

  /// Differences below are left alone.
  private static final long TOLERANCE = 5_000_000;

  /// Streams further apart are not of one clock, whatever their name says.
  private static final long TOO_FAR = 5_000_000_000L;

  private final List<RtpReceiver> receivers;

  Synchronisation(List<RtpReceiver> receivers) {
    this.receivers = receivers;
  }

  /// Looks how late each stream is played, and sets the least delay of each.
  void update() {
    for (int i = 0; i < receivers.size(); i++) {
      AudioReceiver audio = receivers.get(i).audioHalf();
      if (audio != null) {
        update(audio);
      }
    }
  }

  private void update(AudioReceiver audio) {
    ReceiveStream heard = audio.playing();
    long path = heard == null ? PlayoutTiming.UNKNOWN : audio.timing().fastestPath(heard);
    if (heard == null || heard.cname() == null || path == PlayoutTiming.UNKNOWN) {
      audio.synchronise(0);
      return;
    }
    // What playout does beyond what it aims at, as the buffer of a sound device adds.
    long extra = audio.excessDelay();
    long latest = path + audio.neededDelay() + extra;
    boolean any = false;
    for (int i = 0; i < receivers.size(); i++) {
      List<ReceiveStream> streams = receivers.get(i).streams();
      for (int k = 0; k < streams.size(); k++) {
        VideoReceiveStream video = companion(streams.get(k), heard, path);
        if (video != null) {
          any = true;
          latest = Math.max(latest, video.fastestPath() + video.neededDelay());
        }
      }
    }
    audio.synchronise(any ? step(audio.synchronisationDelay(), latest - path - extra) : 0);
    if (!any) {
      return;
    }
    // The video goes by what the audio does, which may still be on its way there.
    long audible = path + Math.max(audio.neededDelay(), audio.synchronisationDelay()) + extra;
    for (int i = 0; i < receivers.size(); i++) {
      List<ReceiveStream> streams = receivers.get(i).streams();
      for (int k = 0; k < streams.size(); k++) {
        VideoReceiveStream video = companion(streams.get(k), heard, path);
        if (video != null) {
          video.synchronise(step(video.synchronisationDelay(), audible - video.fastestPath()));
        }
      }
    }
  }

  /// The video of a stream that belongs to what is heard; null when it does not.
  private static @Nullable VideoReceiveStream companion(
      ReceiveStream stream, ReceiveStream heard, long path) {
    VideoReceiveStream video = stream.video;
    if (video == null
        || !stream.isAlive()
        || stream.cname() == null
        || !stream.cname().equals(heard.cname())) {
      return null;
    }
    long its = video.fastestPath();
    return its == PlayoutTiming.UNKNOWN || Math.abs(its - path) > TOO_FAR ? null : video;
  }

  /// The next delay on the way from `present` to `wanted`; the first one is taken at once.
  private static long step(long present, long wanted) {
    long aim = Math.max(0, wanted);
    if (present == 0) {
      return aim;
    }
    long change = aim - present;
    return Math.abs(change) < TOLERANCE ? present : present + Math.clamp(change, -STEP, STEP);
  }
}
