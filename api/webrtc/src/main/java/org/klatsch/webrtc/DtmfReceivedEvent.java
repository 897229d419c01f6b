package org.klatsch.webrtc;

import java.time.Duration;

/// `tonereceived`: the peer sent a DTMF digit in telephone events, RFC 4733. The W3C has no such
/// event.
public final class DtmfReceivedEvent extends Event {
  private final String tone;
  private final Duration duration;

  DtmfReceivedEvent(String tone, Duration duration) {
    super("tonereceived");
    this.tone = tone;
    this.duration = duration;
  }

  /// One of `0` to `9`, `*`, `#`, `A` to `D`.
  public String tone() {
    return tone;
  }

  /// How long the key was held.
  public Duration duration() {
    return duration;
  }
}
