package org.klatsch.media;

import java.util.function.Consumer;

/// Makes events of received telephone-event payloads, RFC 4733 §2.5.2.
final class TelephoneEventReceiver {
  private static final int PAYLOAD_LENGTH = 4;

  /// An event whose end was lost is over when nothing came for so long; senders update it every 20
  /// to 50 ms.
  private static final long SILENCE = 200_000_000;

  private final RtpReceiver receiver;
  private final Consumer<MediaEvent> events;
  private boolean active;
  private boolean known;
  private int event;
  private int timestamp;
  private int duration;
  private int earlier;
  private int clockRateHz = 8000;
  private long lastPacket;

  TelephoneEventReceiver(RtpReceiver receiver, Consumer<MediaEvent> events) {
    this.receiver = receiver;
    this.events = events;
  }

  /// Takes a payload; a payload that is too short is passed over.
  void handle(
      long now, int rtpTimestamp, int newClockRateHz, byte[] payload, int offset, int length) {
    if (length < PAYLOAD_LENGTH) {
      return;
    }
    int newEvent = payload[offset] & 0xff;
    boolean end = payload[offset + 1] < 0;
    int newDuration = (payload[offset + 2] & 0xff) << 8 | (payload[offset + 3] & 0xff);
    int distance = rtpTimestamp - timestamp;
    if (known && distance < 0) {
      return;
    }
    lastPacket = now;
    clockRateHz = newClockRateHz;
    if (known && distance == 0) {
      if (active && newEvent == event) {
        duration = Math.max(duration, newDuration);
        finishIf(end);
      }
    } else if (active && newEvent == event && distance == 0xffff) {
      // A long event goes on in a further segment, RFC 4733 §2.5.1.3.
      earlier += 0xffff;
      timestamp = rtpTimestamp;
      duration = newDuration;
      finishIf(end);
    } else {
      finishIf(active);
      known = true;
      active = true;
      event = newEvent;
      timestamp = rtpTimestamp;
      earlier = 0;
      duration = newDuration;
      report(false);
      finishIf(end);
    }
  }

  /// Ends an event whose end was lost.
  void expire(long now) {
    finishIf(active && now - lastPacket >= SILENCE);
  }

  /// Whether an event is under way.
  boolean isActive() {
    return active;
  }

  private void finishIf(boolean end) {
    if (end) {
      active = false;
      report(true);
    }
  }

  private void report(boolean ended) {
    long millis = (long) (earlier + duration) * 1000 / clockRateHz;
    events.accept(new MediaEvent.TelephoneEventReceived(receiver, event, (int) millis, ended));
  }
}
