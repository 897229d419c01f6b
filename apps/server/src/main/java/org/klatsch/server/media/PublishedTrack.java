package org.klatsch.server.media;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.klatsch.media.AudioDelivery;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.FrameOrigin;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpReceiver;
import org.klatsch.net.EventLoop;
import org.klatsch.net.LoopTimer;

/// One m-section that a leg sends to the server, for any number of subscribers. Frames are passed
/// on as they came, encoded; on the loop of the publisher, and once to each other loop that has
/// subscribers.
///
/// [#frame] belongs to the publisher's loop; all else may be called by any thread.
public final class PublishedTrack {
  /// Least time between two requests for a key frame, in nanoseconds: many subscribers ask at once,
  /// and every one costs ten frames.
  private static final long KEY_FRAME_INTERVAL = 300_000_000;

  /// Frames on their way to another loop at most: a second of sound.
  private static final int MAX_HANDED_OVER = 64;

  private final Leg publisher;
  private final RtpReceiver receiver;
  private final MediaKind kind;
  private final RtpCodec codec;
  private final LoopTimer keyFrameTimer;
  private long nextKeyFrameRequest;
  private int ssrc;
  private int pixels;
  private boolean started;

  /// The subscribers of one loop.
  private static final class Group {
    final List<Subscription> members = new CopyOnWriteArrayList<>();
    final AtomicInteger handedOver = new AtomicInteger();
  }

  private final Map<EventLoop, Group> groups = new ConcurrentHashMap<>();

  /// On the publisher's loop, once the m-section is negotiated.
  ///
  /// @param codec that the publisher was told to use
  public PublishedTrack(Leg publisher, RtpReceiver receiver, RtpCodec codec) {
    this.publisher = publisher;
    this.receiver = receiver;
    this.codec = codec;
    kind = receiver.parameters().kind();
    keyFrameTimer = publisher.loop().timer(this::askForKeyFrame);
    if (kind == MediaKind.AUDIO) {
      receiver.delivery(AudioDelivery.ARRIVAL);
    }
  }

  public MediaKind kind() {
    return kind;
  }

  /// What is published; subscribers must be able to receive it.
  public RtpCodec codec() {
    return codec;
  }

  /// Whether it is the track of a receiver.
  public boolean isOf(RtpReceiver other) {
    return receiver == other;
  }

  /// Sends it to a leg from now on; video begins with a key frame, which is asked for when the leg
  /// is connected.
  ///
  /// @param mid the m-section of the leg that it goes to
  public Subscription subscribe(Leg subscriber, String mid) {
    Subscription subscription = new Subscription(this, subscriber, mid);
    groups.computeIfAbsent(subscriber.loop(), _ -> new Group()).members.add(subscription);
    return subscription;
  }

  void remove(Subscription subscription) {
    Group group = groups.get(subscription.subscriber().loop());
    if (group != null) {
      group.members.remove(subscription);
    }
  }

  /// How many subscribe.
  public int subscribers() {
    return groups.values().stream().mapToInt(group -> group.members.size()).sum();
  }

  /// Takes a frame of the publisher.
  public void frame(EncodedFrame frame) {
    if (frame instanceof EncodedVideoFrame video && !isChosen(video)) {
      return;
    }
    groups.forEach((loop, group) -> {
      if (loop.isCurrent()) {
        deliver(group, frame);
      } else if (!group.members.isEmpty()) {
        handOver(loop, group, frame);
      }
    });
  }

  private static void deliver(Group group, EncodedFrame frame) {
    for (Subscription each : group.members) {
      each.frame(frame);
    }
  }

  private static void handOver(EventLoop loop, Group group, EncodedFrame frame) {
    boolean lost = group.handedOver.incrementAndGet() > MAX_HANDED_OVER;
    try {
      loop.execute(() -> {
        group.handedOver.decrementAndGet();
        if (lost) {
          group.members.forEach(Subscription::frameLost);
        } else {
          deliver(group, frame);
        }
      });
    } catch (RejectedExecutionException e) {
      group.members.clear();
    }
  }

  /// Of a simulcast the largest encoding, from its first key frame on.
  private boolean isChosen(EncodedVideoFrame frame) {
    FrameOrigin origin = frame.origin();
    int of = origin == null ? 0 : origin.ssrc();
    int size = frame.width() * frame.height();
    if (!started || of != ssrc && frame.keyFrame() && size > pixels) {
      started = true;
      ssrc = of;
    }
    if (of == ssrc && size > 0) {
      pixels = size;
    }
    return of == ssrc;
  }

  /// Asks the publisher for a key frame, soon.
  public void requestKeyFrame() {
    if (kind == MediaKind.VIDEO) {
      publisher.execute(this::keyFrameWanted);
    }
  }

  private void keyFrameWanted() {
    long now = publisher.loop().now();
    if (now >= nextKeyFrameRequest) {
      askForKeyFrame();
    } else {
      keyFrameTimer.set(nextKeyFrameRequest);
    }
  }

  private void askForKeyFrame() {
    if (!publisher.state().isEnd()) {
      nextKeyFrameRequest = publisher.loop().now() + KEY_FRAME_INTERVAL;
      receiver.requestKeyFrame();
      publisher.requestTurn();
    }
  }
}
