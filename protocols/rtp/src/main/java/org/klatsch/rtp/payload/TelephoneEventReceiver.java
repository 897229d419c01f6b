package org.klatsch.rtp.payload;

/// Tells events from the packets that repeat them, RFC 4733 §2.5.2. An event is known by its
/// timestamp: it begins with its first packet that arrives, even if that is an end, and is over
/// with its first end or with a later timestamp. Segments of a long event (§2.5.2.3) make one
/// event. Not thread-safe.
public final class TelephoneEventReceiver {
  /// What a packet brought.
  public enum Change {
    /// Nothing new: a repetition or an old packet.
    NONE,
    /// The event begins.
    BEGUN,
    /// The event goes on, its duration has grown.
    CONTINUED,
    /// The event is over.
    ENDED,
    /// The event begins and is over: earlier packets were lost.
    BEGUN_AND_ENDED
  }

  private boolean any;
  private int timestamp;
  private int event;
  private long before;
  private int duration;
  private boolean ended;

  /// A receiver that has seen nothing.
  public TelephoneEventReceiver() {}

  /// Takes a packet with its RTP timestamp.
  public Change handle(TelephoneEvent packet, int rtpTimestamp) {
    if (any && rtpTimestamp == timestamp) {
      return same(packet);
    }
    if (any && rtpTimestamp - timestamp < 0) {
      return Change.NONE;
    }
    boolean segment =
        any && !ended && packet.event() == event && rtpTimestamp - timestamp == 0xffff;
    before = segment ? before + 0xffff : 0;
    any = true;
    timestamp = rtpTimestamp;
    event = packet.event();
    duration = packet.duration();
    ended = packet.end();
    if (segment) {
      return ended ? Change.ENDED : Change.CONTINUED;
    }
    return ended ? Change.BEGUN_AND_ENDED : Change.BEGUN;
  }

  private Change same(TelephoneEvent packet) {
    if (ended || packet.event() != event) {
      return Change.NONE;
    }
    boolean longer = packet.duration() > duration;
    duration = Math.max(duration, packet.duration());
    ended = packet.end();
    return ended ? Change.ENDED : longer ? Change.CONTINUED : Change.NONE;
  }

  /// Whether an event is under way.
  public boolean active() {
    return any && !ended;
  }

  /// The event last seen.
  public int event() {
    return event;
  }

  /// Its duration so far in clock units.
  public long duration() {
    return before + duration;
  }

  /// Its timestamp, that of the last segment.
  public int timestamp() {
    return timestamp;
  }
}
