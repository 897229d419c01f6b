package org.klatsch.webrtc;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.RtpCodec;

/// Where the media of tracks comes from: the application, a device or a peer. A track and its
/// clones share one source and its settings.
///
/// A source works only while one of its tracks is listened to; when its last track stops, so does
/// the source.
public abstract sealed class TrackSource
    permits AudioTrackSource,
        DeviceSource,
        EncodedTrackSource,
        FileTrackSource,
        RemoteSource,
        VideoTrackSource {
  private static final MediaStreamTrack[] NONE = {};

  private final String kind;
  private final String label;
  private final TaskList tasks;

  /// Live tracks; replaced as a whole under the lock, read without it.
  private volatile MediaStreamTrack[] tracks = NONE;

  private volatile boolean muted;
  private volatile boolean ended;
  private boolean demanded;

  TrackSource(String kind, String label, TaskList tasks) {
    this.kind = kind;
    this.label = label;
    this.tasks = tasks;
  }

  final String kind() {
    return kind;
  }

  final String label() {
    return label;
  }

  /// Where the events of the tracks are fired.
  final TaskList tasks() {
    return tasks;
  }

  final boolean isMuted() {
    return muted;
  }

  final boolean hasEnded() {
    return ended;
  }

  /// What settings can be, by name: ranges and lists.
  abstract Map<String, Object> capabilities();

  /// The settings at present.
  abstract Map<String, Object> settings();

  /// Takes over settings that constraints have chosen.
  void apply(Map<String, Object> settings) {}

  /// Whether it shows a screen or a window.
  boolean isDisplay() {
    return false;
  }

  /// Whether samples or pictures can be had of it.
  boolean givesRaw() {
    return true;
  }

  /// Whether encoded frames can be had of it.
  boolean givesEncoded() {
    return false;
  }

  /// The codec of encoded frames, as far as it is known before they come.
  @Nullable RtpCodec encodedCodec() {
    return null;
  }

  /// Whether a sender passes encoded frames on rather than encoding samples or pictures. What a
  /// peer sent as video goes on as it is, since coding it again would cost a processor and the
  /// picture's quality; its audio must pass the jitter buffer.
  boolean passesOn(List<RtpCodec> negotiated) {
    return kind.equals("audio") ? !givesRaw() : givesEncoded();
  }

  /// Sources with the same domain are captured by the same clock.
  Object clockDomain() {
    return this;
  }

  /// Asks for a picture that can be decoded without others.
  void requestKeyFrame() {}

  /// Somebody listens, or nobody any more. Called under the source's lock.
  void demandChanged(boolean wanted) {}

  /// What is listened for may have changed from raw to encoded or back.
  void demandUpdated() {}

  /// The last track was stopped.
  void released() {}

  final void attach(MediaStreamTrack track) {
    synchronized (this) {
      MediaStreamTrack[] copy = Arrays.copyOf(tracks, tracks.length + 1);
      copy[copy.length - 1] = track;
      tracks = copy;
    }
  }

  final void detach(MediaStreamTrack track) {
    boolean last;
    synchronized (this) {
      int before = tracks.length;
      tracks = Arrays.stream(tracks).filter(each -> each != track).toArray(MediaStreamTrack[]::new);
      last = before > 0 && tracks.length == 0;
    }
    updateDemand();
    if (last && !ended) {
      released();
    }
  }

  /// Looks anew whether anybody listens.
  final void updateDemand() {
    synchronized (this) {
      boolean wanted = false;
      for (MediaStreamTrack each : tracks) {
        wanted |= each.hasConsumers();
      }
      if (wanted != demanded) {
        demanded = wanted;
        demandChanged(wanted);
      }
      demandUpdated();
    }
  }

  /// Whether anybody listens for raw or for encoded media.
  final boolean isDemanded(boolean encoded) {
    for (MediaStreamTrack each : tracks) {
      if (each.hasConsumers(encoded)) {
        return true;
      }
    }
    return false;
  }

  /// The highest sampling rate that anybody wants; 0 without anybody.
  final int demandedRate() {
    int rate = 0;
    for (MediaStreamTrack each : tracks) {
      rate = Math.max(rate, each.demandedRate());
    }
    return rate;
  }

  final void emit(AudioFrame frame) {
    for (MediaStreamTrack each : tracks) {
      each.deliver(frame);
    }
  }

  final void emit(VideoFrame frame) {
    for (MediaStreamTrack each : tracks) {
      each.deliver(frame);
    }
  }

  final void emit(EncodedFrame frame) {
    for (MediaStreamTrack each : tracks) {
      each.deliver(frame);
    }
  }

  /// Changes whether media comes at present and tells the tracks; called by a task.
  final void mute(boolean value) {
    muted = value;
    for (MediaStreamTrack each : tracks) {
      each.muted(value);
    }
  }

  /// Ends every track; nothing comes any more.
  final void end() {
    MediaStreamTrack[] last;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      last = tracks;
      tracks = NONE;
      if (demanded) {
        demanded = false;
        demandChanged(false);
      }
    }
    tasks.post(() -> {
      for (MediaStreamTrack each : last) {
        each.sourceEnded();
      }
    });
  }
}
