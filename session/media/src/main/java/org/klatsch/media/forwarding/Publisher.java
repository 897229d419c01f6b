package org.klatsch.media.forwarding;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.media.RtpReceiver;

/// One who sends into a [ForwardingUnit].
public final class Publisher {
  final SourceClock clock = new SourceClock();
  final Runnable wake;
  private final ForwardingUnit unit;
  private final List<Publication> publications = new ArrayList<>();
  final SpeechLevels speech = new SpeechLevels();

  /// Grows each time somebody begins to dominate.
  long lastDominant;

  /// @param wake has the transport of the publisher look after what is to be sent
  Publisher(ForwardingUnit unit, Runnable wake) {
    this.unit = unit;
    this.wake = wake;
  }

  ForwardingUnit unit() {
    return unit;
  }

  /// Makes what a receiver gets available to all.
  public Publication publish(RtpReceiver receiver) {
    Publication made = new Publication(this, receiver);
    publications.add(made);
    receiver.forwardTo(made.tap());
    return made;
  }

  public List<Publication> publications() {
    return List.copyOf(publications);
  }

  void remove(Publication publication) {
    publications.remove(publication);
  }
}
