package org.klatsch.rtp.payload;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;

/// Payload of a named telephone event, RFC 4733 §2.3.
///
/// ```
/// |     event     |E|R| volume    |          duration             |
/// ```
///
/// @param event 0 to 9 for the digits, 10 `*`, 11 `#`, 12 to 15 `A` to `D`, 16 flash, RFC 4733 §3.2
/// @param end whether the event is over
/// @param volume 0 to 63 in -dBm0
/// @param duration since the event's timestamp in clock units, 0 to 65535
public record TelephoneEvent(int event, boolean end, int volume, int duration) {
  /// Length on the wire.
  public static final int LENGTH = 4;

  private static final String DIGITS = "0123456789*#ABCD";

  /// Reads the first event of a payload; further ones would be of a sender that packs several.
  public static TelephoneEvent parse(byte[] payload, int offset, int length)
      throws MalformedRtpException {
    if (length < LENGTH) {
      throw Malformed.truncated("telephone event", length);
    }
    int flags = Bytes.u8(payload, offset + 1);
    return new TelephoneEvent(
        Bytes.u8(payload, offset), flags >>> 7 != 0, flags & 0x3f, Bytes.u16(payload, offset + 2));
  }

  /// Writes [#LENGTH] bytes.
  public void write(byte[] out, int offset) {
    out[offset] = (byte) event;
    out[offset + 1] = (byte) ((end ? 0x80 : 0) | volume);
    Bytes.u16(out, offset + 2, duration);
  }

  /// The event of a digit `0` to `9`, `*`, `#`, `A` to `D` (either case), or -1.
  public static int eventOf(char digit) {
    return DIGITS.indexOf(digit >= 'a' && digit <= 'd' ? digit - 'a' + 'A' : digit);
  }

  /// The digit of an event, or `\0` for events that are none.
  public static char digitOf(int event) {
    return event >= 0 && event < DIGITS.length() ? DIGITS.charAt(event) : '\0';
  }
}
