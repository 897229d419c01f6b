package org.klatsch.media.forwarding;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpTransport;

/// Forwards the media of everybody to everybody without decoding it: the selective forwarding
/// middlebox of RFC 7667 §3.7. Confined to the one thread that its transports are on; it has no
/// timers of its own, packets drive it.
///
/// ```java
/// Publisher publisher = unit.publisher(driver::requestTurn);
/// Publication picture = publisher.publish(receiver);
/// Subscriber subscriber = unit.subscriber(transport, driver::requestTurn);
/// subscriber.subscribe(picture, sender);
/// ```
public final class ForwardingUnit {
  /// How often it is judged who speaks.
  private static final long INTERVAL = 200_000_000;

  /// What one who takes over must be more active than who dominated, over each length of time.
  private static final double MORE_IMMEDIATE = 1.5;

  private static final double MORE_MEDIUM = 1.3;

  /// Less is no speech.
  private static final double LEAST = 0.15;

  private final RandomGenerator random;
  private final Consumer<@Nullable Publisher> speakerChanged;
  private final List<Publisher> publishers = new ArrayList<>();
  private final List<Subscriber> subscribers = new ArrayList<>();
  private @Nullable Publisher dominant;
  private long nextJudgement;
  private long changes;

  /// @param random for first sequence numbers and timestamps
  /// @param speakerChanged hears who dominates, null when that one left
  public ForwardingUnit(RandomGenerator random, Consumer<@Nullable Publisher> speakerChanged) {
    this.random = random;
    this.speakerChanged = speakerChanged;
  }

  /// Somebody will publish.
  ///
  /// @param wake called when the publisher's transport has something to send
  public Publisher publisher(Runnable wake) {
    Publisher made = new Publisher(this, wake);
    publishers.add(made);
    return made;
  }

  /// Ends all that one published.
  public void remove(Publisher publisher) {
    publishers.remove(publisher);
    publisher.publications().forEach(Publication::end);
    if (dominant == publisher) {
      dominant = null;
      speakerChanged.accept(null);
    }
  }

  /// Somebody will subscribe.
  ///
  /// @param wake called when the subscriber's transport has something to send
  public Subscriber subscriber(RtpTransport transport, Runnable wake) {
    Subscriber made = new Subscriber(transport, random, wake);
    subscribers.add(made);
    return made;
  }

  /// Ends all that one gets.
  public void remove(Subscriber subscriber) {
    subscribers.remove(subscriber);
    subscriber.subscriptions().forEach(Subscription::end);
  }

  /// Who dominates the conversation, null before anybody spoke.
  public @Nullable Publisher dominantSpeaker() {
    return dominant;
  }

  /// Somebody's level came.
  void heard(long now) {
    if (now < nextJudgement) {
      return;
    }
    nextJudgement = now + INTERVAL;
    Publisher current = dominant;
    if (current != null) {
      current.speech.advance(now);
    }
    Publisher best = null;
    for (int i = 0; i < publishers.size(); i++) {
      Publisher each = publishers.get(i);
      each.speech.advance(now);
      if (each != current
          && takesOver(each.speech, current)
          && (best == null || each.speech.medium() > best.speech.medium())) {
        best = each;
      }
    }
    if (best != null) {
      dominant = best;
      best.lastDominant = ++changes;
      for (int i = 0; i < subscribers.size(); i++) {
        subscribers.get(i).changed();
      }
      speakerChanged.accept(best);
    }
  }

  private static boolean takesOver(SpeechLevels speech, @Nullable Publisher current) {
    if (speech.medium() < LEAST || speech.longTerm() < LEAST / 3) {
      return false;
    }
    return current == null
        || speech.immediate() > MORE_IMMEDIATE * current.speech.immediate()
            && speech.medium() > MORE_MEDIUM * current.speech.medium()
            && speech.longTerm() > current.speech.longTerm() / 2;
  }
}
