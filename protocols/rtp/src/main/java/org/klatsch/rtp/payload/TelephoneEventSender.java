package org.klatsch.rtp.payload;

/// Sends one named event, RFC 4733 §2.5.1: packets at regular steps with growing duration, all with
/// the timestamp of the beginning, and the end three times. The caller keeps the steps (50 ms, or
/// the packet time of the audio beside it) and sends a packet after each [#next].
///
/// An event longer than a duration can tell goes on in segments, §2.5.1.3. Not thread-safe.
public final class TelephoneEventSender {
  /// RFC 4733 §2.5.1.4: the last packet is sent three times in all.
  private static final int END_PACKETS = 3;

  private static final int MAX_DURATION = 0xffff;

  private int event;
  private int volume;
  private int timestamp;
  private long total;
  private long elapsed;

  /// Where the present segment began, counted from the event's beginning.
  private long segment;

  private int endsLeft;
  private boolean active;
  private boolean started;
  private boolean marker;

  /// A sender without an event.
  public TelephoneEventSender() {}

  /// Begins an event; the one before must be over.
  ///
  /// @param timestamp the stream's clock at the beginning
  /// @param duration in clock units, at least 1
  public void start(int event, int volume, int timestamp, long duration) {
    if (active) {
      throw new IllegalStateException("event " + this.event + " is not over");
    }
    if (event < 0 || event > 255 || volume < 0 || volume > 63 || duration < 1) {
      throw new IllegalArgumentException(
          "event " + event + ", volume " + volume + ", duration " + duration);
    }
    this.event = event;
    this.volume = volume;
    this.timestamp = timestamp;
    this.total = duration;
    this.elapsed = 0;
    this.segment = 0;
    this.endsLeft = END_PACKETS;
    this.active = true;
    this.started = false;
  }

  /// Ends the event at the next step.
  public void stop() {
    total = Math.min(total, elapsed);
  }

  /// Whether packets are left.
  public boolean active() {
    return active;
  }

  /// Writes the packet of a step that is `step` clock units behind the one before (or behind the
  /// beginning) and returns its length. Repetitions of the end may follow at once.
  public int next(byte[] out, int offset, int step) {
    if (!active) {
      throw new IllegalStateException("no event to send");
    }
    marker = !started;
    started = true;
    if (elapsed - segment >= MAX_DURATION) {
      segment += MAX_DURATION;
      timestamp += MAX_DURATION;
    }
    if (endsLeft == END_PACKETS) {
      // A segment's last packet tells the greatest duration there is, RFC 4733 §2.5.1.3.
      elapsed = Math.min(elapsed + step, Math.min(total, segment + MAX_DURATION));
      // An event that is stopped before its first packet lasts one step.
      if (elapsed == 0) {
        elapsed = Math.min(step, MAX_DURATION);
        total = elapsed;
      }
    }
    boolean end = elapsed >= total;
    new TelephoneEvent(event, end, volume, (int) (elapsed - segment)).write(out, offset);
    if (end) {
      endsLeft--;
      active = endsLeft > 0;
    }
    return TelephoneEvent.LENGTH;
  }

  /// Whether the packet last written carries the marker: the event's first, RFC 4733 §2.5.1.2.
  public boolean marker() {
    return marker;
  }

  /// Timestamp of the packet last written.
  public int timestamp() {
    return timestamp;
  }
}
