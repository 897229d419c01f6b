package org.klatsch.webrtc;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.media.EncodedFrame;

/// One stream of audio or video from one source, Media Capture and Streams §4.3. Every method may
/// be called on any thread.
///
/// Tracks come from [MediaDevices], from peers ([RTCTrackEvent]) and from the application
/// ([AudioTrackSource], [VideoTrackSource], [EncodedTrackSource]); they go to peers and to the
/// application ([VideoTrackSink], [EncodedTrackSink]).
public final class MediaStreamTrack extends EventTarget {
  private static final TrackConsumer[] NONE = {};

  private final TrackSource source;
  private final String id;
  private volatile boolean enabled = true;
  private volatile String contentHint = "";
  private volatile boolean muted;
  private volatile MediaStreamTrackState readyState = MediaStreamTrackState.LIVE;
  private volatile MediaTrackConstraints constraints = new MediaTrackConstraints();

  /// Replaced as a whole under the lock, read without it.
  private volatile TrackConsumer[] consumers = NONE;

  MediaStreamTrack(TrackSource source) {
    this(source, UUID.randomUUID().toString());
  }

  MediaStreamTrack(TrackSource source, String id) {
    this.source = source;
    this.id = id;
    this.muted = source.isMuted();
    source.attach(this);
  }

  /// `audio` or `video`.
  public String kind() {
    return source.kind();
  }

  public String id() {
    return id;
  }

  /// What the source is called, for example a microphone's name; may be empty.
  public String label() {
    return source.label();
  }

  public boolean enabled() {
    return enabled;
  }

  /// A track that is not enabled gives silence or black pictures: this is how users mute
  /// themselves.
  public void enabled(boolean value) {
    if (enabled != value) {
      enabled = value;
      if (!source.givesEncoded()) {
        // A source that is still at present would leave its last picture, or the black one.
        source.requestKeyFrame();
      }
    }
  }

  /// What the media shows, W3C MediaStreamTrack Content Hints §3: empty, of audio `speech`,
  /// `speech-recognition` or `music`, of video `motion`, `detail` or `text`.
  public String contentHint() {
    return contentHint;
  }

  /// Anything but the hints of the track's kind is passed over, as the W3C says of enumerations.
  public void contentHint(String value) {
    List<String> hints =
        kind().equals("audio")
            ? List.of("", "speech", "speech-recognition", "music")
            : List.of("", "motion", "detail", "text");
    if (hints.contains(value)) {
      contentHint = value;
    }
  }

  /// Whether its source gives nothing at present, for example a peer that holds.
  public boolean muted() {
    return muted;
  }

  public MediaStreamTrackState readyState() {
    return readyState;
  }

  public void onMute(@Nullable EventListener<Event> listener) {
    handler("mute", listener);
  }

  public void onUnmute(@Nullable EventListener<Event> listener) {
    handler("unmute", listener);
  }

  /// The source has ended; not fired by [#stop].
  public void onEnded(@Nullable EventListener<Event> listener) {
    handler("ended", listener);
  }

  /// A track of the same source that is muted and stopped on its own.
  @Override
  public MediaStreamTrack clone() {
    MediaStreamTrack copy = new MediaStreamTrack(source);
    copy.enabled = enabled;
    copy.contentHint = contentHint;
    copy.muted = muted;
    copy.constraints = constraints;
    if (readyState == MediaStreamTrackState.ENDED) {
      copy.stop();
    }
    return copy;
  }

  /// Ends this track; its source stops when no other track uses it.
  public void stop() {
    if (end()) {
      source.detach(this);
    }
  }

  public MediaTrackCapabilities getCapabilities() {
    return new MediaTrackCapabilities(source.capabilities());
  }

  public MediaTrackConstraints getConstraints() {
    return constraints;
  }

  public MediaTrackSettings getSettings() {
    return new MediaTrackSettings(source.settings());
  }

  /// Takes every constraint back.
  public CompletableFuture<@Nullable Void> applyConstraints() {
    return applyConstraints(new MediaTrackConstraints());
  }

  /// Chooses other settings. Fails with [OverconstrainedError] when they cannot be had, and nothing
  /// has changed then.
  public CompletableFuture<@Nullable Void> applyConstraints(MediaTrackConstraints wishes) {
    CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
    source
        .tasks()
        .settle(() -> {
          if (readyState == MediaStreamTrackState.ENDED) {
            result.complete(null);
            return;
          }
          try {
            choose(wishes);
            result.complete(null);
          } catch (OverconstrainedError e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /// Notes the constraints that the source was chosen by.
  void constraints(MediaTrackConstraints wishes) {
    constraints = wishes;
  }

  private void choose(MediaTrackConstraints wishes) {
    source.apply(Settings.select(source.capabilities(), source.settings(), wishes));
    constraints = wishes;
  }

  TrackSource source() {
    return source;
  }

  void addConsumer(TrackConsumer consumer) {
    boolean over;
    synchronized (this) {
      over = readyState == MediaStreamTrackState.ENDED;
      if (!over) {
        TrackConsumer[] copy = Arrays.copyOf(consumers, consumers.length + 1);
        copy[copy.length - 1] = consumer;
        consumers = copy;
      }
    }
    if (over) {
      consumer.ended();
    } else {
      source.updateDemand();
    }
  }

  void removeConsumer(TrackConsumer consumer) {
    synchronized (this) {
      consumers =
          Arrays.stream(consumers)
              .filter(each -> !each.equals(consumer))
              .toArray(TrackConsumer[]::new);
    }
    source.updateDemand();
  }

  boolean hasConsumers() {
    return consumers.length > 0;
  }

  boolean hasConsumers(boolean encoded) {
    for (TrackConsumer each : consumers) {
      if (each.takesEncoded() == encoded) {
        return true;
      }
    }
    return false;
  }

  /// The highest rate that one of its consumers of samples wants; 0 without any.
  int demandedRate() {
    int rate = 0;
    for (TrackConsumer each : consumers) {
      rate = each.takesEncoded() ? rate : Math.max(rate, each.sampleRate());
    }
    return rate;
  }

  void deliver(AudioFrame frame) {
    AudioFrame given =
        enabled
            ? frame
            : new AudioFrame(
                new short[frame.samples().length],
                frame.rateHz(),
                frame.channels(),
                frame.timestampNanos());
    for (TrackConsumer each : consumers) {
      if (!each.takesEncoded()) {
        each.audio(given);
      }
    }
  }

  void deliver(VideoFrame frame) {
    VideoFrame given = enabled ? frame : black(frame);
    for (TrackConsumer each : consumers) {
      if (!each.takesEncoded()) {
        each.video(given);
      }
    }
  }

  private static VideoFrame black(VideoFrame frame) {
    byte[] i420 = new byte[frame.i420().length];
    Arrays.fill(i420, 0, frame.offsetU(), (byte) 16);
    Arrays.fill(i420, frame.offsetU(), i420.length, (byte) 128);
    return new VideoFrame(
        frame.width(), frame.height(), i420, frame.rotationDegrees(), frame.timestampNanos());
  }

  /// Encoded frames of a track that is not enabled are left out: nothing here can blacken them.
  void deliver(EncodedFrame frame) {
    if (!enabled) {
      return;
    }
    for (TrackConsumer each : consumers) {
      if (each.takesEncoded()) {
        each.encoded(frame);
      }
    }
  }

  void muted(boolean value) {
    if (muted != value && readyState == MediaStreamTrackState.LIVE) {
      muted = value;
      dispatchEvent(new Event(value ? "mute" : "unmute"));
    }
  }

  void sourceEnded() {
    if (end()) {
      dispatchEvent(new Event("ended"));
    }
  }

  private boolean end() {
    TrackConsumer[] last;
    synchronized (this) {
      if (readyState == MediaStreamTrackState.ENDED) {
        return false;
      }
      readyState = MediaStreamTrackState.ENDED;
      last = consumers;
      consumers = NONE;
    }
    for (TrackConsumer each : last) {
      each.ended();
    }
    return true;
  }

  @Override
  public String toString() {
    return "MediaStreamTrack[" + kind() + ", " + id + ", " + readyState + "]";
  }
}
