package org.klatsch.media;

import java.util.Locale;
import org.klatsch.sansio.ProtocolCore;

/// Plays DTMF tones as telephone events, RFC 4733 §2.5.1, one after the other.
final class TelephoneEventSender {
  /// The keys by event number, RFC 4733 §3.2.
  static final String TONES = "0123456789*#ABCD";

  /// Between updates of an event, as long as the usual packet of audio.
  private static final long UPDATE = 20_000_000;

  /// The end is sent three times, RFC 4733 §2.5.1.4.
  private static final int END_PACKETS = 3;

  /// Pause of a comma in a string of tones, W3C WebRTC §7.2.
  private static final long COMMA = 2_000_000_000L;

  /// −10 dBm0, RFC 4733 §2.3.
  private static final int VOLUME = 10;

  static final int PAYLOAD_LENGTH = 4;

  private enum State {
    IDLE,
    TONE,
    PAUSE
  }

  private final StringBuilder buffer = new StringBuilder();
  private long toneNanos;
  private long gapNanos;
  private State state = State.IDLE;
  private long stateEnd;
  private long started;
  private long nextUpdate = ProtocolCore.NEVER;
  private int event;
  private int endsLeft;
  private boolean due;
  private boolean firstPacket;
  private String changed = "";
  private boolean hasChanged;
  private int startTimestamp;
  private boolean timestampTaken;

  /// Replaces the tones still to be played; the present one is finished.
  void insert(long now, String tones, long newToneNanos, long newGapNanos) {
    buffer.setLength(0);
    buffer.append(tones.toUpperCase(Locale.ROOT));
    toneNanos = newToneNanos;
    gapNanos = newGapNanos;
    if (state == State.IDLE && !buffer.isEmpty()) {
      begin(now);
    }
  }

  static boolean isTone(char c) {
    return c == ',' || TONES.indexOf(Character.toUpperCase(c)) >= 0;
  }

  /// Tones not begun.
  String buffer() {
    return buffer.toString();
  }

  /// Whether a tone takes the place of audio.
  boolean isPlaying() {
    return state == State.TONE;
  }

  long nextTimeout() {
    return due ? ProtocolCore.NEVER : Math.min(nextUpdate, stateEnd());
  }

  private long stateEnd() {
    return state == State.PAUSE ? stateEnd : ProtocolCore.NEVER;
  }

  void handleTimeout(long now) {
    if (state == State.PAUSE && now >= stateEnd) {
      begin(now);
    }
    if (state == State.TONE && !due && now >= nextUpdate) {
      due = true;
    }
  }

  private void begin(long now) {
    if (buffer.isEmpty()) {
      state = State.IDLE;
      nextUpdate = ProtocolCore.NEVER;
      tell("");
      return;
    }
    char tone = buffer.charAt(0);
    buffer.deleteCharAt(0);
    tell(String.valueOf(tone));
    if (tone == ',') {
      state = State.PAUSE;
      stateEnd = now + COMMA;
      return;
    }
    state = State.TONE;
    event = TONES.indexOf(tone);
    started = now;
    stateEnd = now + toneNanos;
    nextUpdate = now + UPDATE;
    endsLeft = 0;
    firstPacket = true;
    timestampTaken = false;
  }

  private void tell(String tone) {
    changed = tone;
    hasChanged = true;
  }

  /// Whether a tone began, or all ended, since the last [#takeChange].
  boolean hasChange() {
    return hasChanged;
  }

  String takeChange() {
    hasChanged = false;
    return changed;
  }

  /// Whether a packet is to be sent.
  boolean isDue() {
    return due;
  }

  /// The marker of the packet that is due: the first of an event, RFC 4733 §2.5.1.1.
  boolean marker() {
    return firstPacket;
  }

  /// The timestamp of the event: the stream's when it began, RFC 4733 §2.2.
  int timestamp(int streamTimestamp) {
    if (!timestampTaken) {
      timestampTaken = true;
      startTimestamp = streamTimestamp;
    }
    return startTimestamp;
  }

  /// When the event began.
  long started() {
    return started;
  }

  /// Writes the payload that is due, RFC 4733 §2.3.
  int write(long now, int clockRateHz, byte[] out, int offset) {
    due = false;
    firstPacket = false;
    long elapsed = Math.min(now, stateEnd) - started;
    boolean end = now >= stateEnd;
    int duration = Math.clamp(elapsed / 1_000_000 * clockRateHz / 1000, 1, 0xffff);
    out[offset] = (byte) event;
    out[offset + 1] = (byte) ((end ? 0x80 : 0) | VOLUME);
    out[offset + 2] = (byte) (duration >>> 8);
    out[offset + 3] = (byte) duration;
    if (!end) {
      nextUpdate = Math.min(now + UPDATE, stateEnd);
    } else if (++endsLeft < END_PACKETS) {
      nextUpdate = now;
      due = true;
    } else {
      nextUpdate = ProtocolCore.NEVER;
      state = State.PAUSE;
      stateEnd = stateEnd + gapNanos;
    }
    return PAYLOAD_LENGTH;
  }
}
