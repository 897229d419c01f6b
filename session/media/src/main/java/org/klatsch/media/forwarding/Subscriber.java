package org.klatsch.media.forwarding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.klatsch.media.RtpSender;
import org.klatsch.media.RtpTransport;

/// One who receives from a [ForwardingUnit]: his subscriptions, and how they share what his path
/// bears. Confined to the thread of the transports.
public final class Subscriber {
  /// How often the bandwidth is shared anew.
  private static final long INTERVAL = 100_000_000;

  /// Set aside for a stream of audio, in bits a second.
  private static final long AUDIO = 40_000;

  private static final Comparator<Subscription.Share> ORDER =
      Comparator.comparingInt(Subscription.Share::priority)
          .reversed()
          .thenComparing(Comparator.comparingLong(Subscription.Share::lastDominant).reversed());

  private final RtpTransport transport;
  private final RandomGenerator random;
  private final Runnable wake;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final List<Subscription.Share> videos = new ArrayList<>();
  private int audioCount;
  private int lastN = Integer.MAX_VALUE;
  private long nextShare;
  private boolean changed;

  Subscriber(RtpTransport transport, RandomGenerator random, Runnable wake) {
    this.transport = transport;
    this.random = random;
    this.wake = wake;
  }

  /// Forwards a publication in a section of this subscriber's session.
  ///
  /// @param sender of the section, which sends nothing else
  public Subscription subscribe(Publication publication, RtpSender sender) {
    // RFC 3550 §5.1: both begin at random; room before the rollover counter of SRTP moves.
    Subscription made =
        new Subscription(publication, this, sender, random.nextInt(1 << 15), random.nextInt());
    subscriptions.add(made);
    if (made.isVideo()) {
      videos.add(made.share());
    } else {
      audioCount++;
    }
    publication.add(made);
    changed();
    return made;
  }

  public List<Subscription> subscriptions() {
    return List.copyOf(subscriptions);
  }

  /// Receives so many streams of video at most: of equal priority those of who spoke last.
  public void lastN(int value) {
    lastN = value;
    changed();
  }

  void remove(Subscription subscription) {
    if (subscriptions.remove(subscription)) {
      if (subscription.isVideo()) {
        videos.remove(subscription.share());
      } else {
        audioCount--;
      }
      changed();
    }
  }

  /// Something that the order depends on changed.
  void changed() {
    changed = true;
    nextShare = 0;
  }

  void wake() {
    wake.run();
  }

  /// Shares the bandwidth when it is time.
  void maybeShare(long now) {
    if (now < nextShare) {
      return;
    }
    nextShare = now + INTERVAL;
    if (changed) {
      changed = false;
      videos.sort(ORDER);
      for (int i = 0; i < videos.size(); i++) {
        videos.get(i).shown(i < lastN);
      }
    }
    long available = transport.targetBitrate();
    long left = available - Math.min(available / 2, AUDIO * audioCount);
    BandwidthShare.allot(now, left, transport.isCongested(now), videos);
    for (int i = 0; i < videos.size(); i++) {
      videos.get(i).apply(now);
    }
  }
}
