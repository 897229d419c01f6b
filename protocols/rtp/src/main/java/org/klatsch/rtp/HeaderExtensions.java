package org.klatsch.rtp;

import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.wire.Bytes;

/// The values of a packet's header extensions, by negotiated id. A view like [RtpPacket]: [#of]
/// starts over with a packet. An element of a wrong length counts as absent. Not thread-safe.
public final class HeaderExtensions {
  /// Value of numeric extensions that are absent.
  public static final int ABSENT = -1;

  private final ExtensionIds ids;
  private RtpPacket packet = new RtpPacket();

  /// The texts seen last, so that a stream's repeated text is not built anew for each packet.
  private final @Nullable String[] texts = new @Nullable String[ExtensionType.values().length];

  /// With the ids of one session description.
  public HeaderExtensions(ExtensionIds ids) {
    this.ids = ids;
  }

  /// Looks at a packet, borrowed until the next call.
  public HeaderExtensions of(RtpPacket packet) {
    this.packet = packet;
    return this;
  }

  /// The negotiated ids.
  public ExtensionIds ids() {
    return ids;
  }

  /// Whether the packet carries `type`.
  public boolean has(ExtensionType type) {
    return find(type) >= 0;
  }

  /// Index of the value in the packet's array, or -1.
  public int valueOffset(ExtensionType type) {
    int element = find(type);
    return element < 0 ? -1 : packet.elementOffset(element);
  }

  /// Length of the value, or -1.
  public int valueLength(ExtensionType type) {
    int element = find(type);
    return element < 0 ? -1 : packet.elementLength(element);
  }

  /// Identification of the media section, RFC 8843 §15.
  public @Nullable String mid() {
    return text(ExtensionType.MID);
  }

  /// RtpStreamId, RFC 8852.
  public @Nullable String rid() {
    return text(ExtensionType.RID);
  }

  /// RepairedRtpStreamId, RFC 8852.
  public @Nullable String repairedRid() {
    return text(ExtensionType.REPAIRED_RID);
  }

  /// Audio level from 0 (loudest) to 127 (silence) in -dBov, RFC 6464 §3, or [#ABSENT].
  public int audioLevel() {
    int at = offsetOfExactly(ExtensionType.AUDIO_LEVEL, 1);
    return at < 0 ? ABSENT : packet.array()[at] & 0x7f;
  }

  /// Whether the sender believes the packet contains voice, RFC 6464 §3.
  public boolean voiceActivity() {
    int at = offsetOfExactly(ExtensionType.AUDIO_LEVEL, 1);
    return at >= 0 && packet.array()[at] < 0;
  }

  /// Level of the contributing source at `index` in -dBov, RFC 6465 §3, or [#ABSENT].
  public int csrcAudioLevel(int index) {
    int element = find(ExtensionType.CSRC_AUDIO_LEVEL);
    if (element < 0 || index < 0 || index >= packet.elementLength(element)) {
      return ABSENT;
    }
    return packet.array()[packet.elementOffset(element) + index] & 0x7f;
  }

  /// Time of sending modulo 64 seconds in units of 2⁻¹⁸ seconds, or [#ABSENT].
  public int absSendTime() {
    int at = offsetOfExactly(ExtensionType.ABS_SEND_TIME, 3);
    return at < 0 ? ABSENT : Bytes.u24(packet.array(), at);
  }

  /// Time of sending minus timestamp in clock-rate units, RFC 5450 §3; 0 also when absent.
  public int transmissionOffset() {
    int at = offsetOfExactly(ExtensionType.TRANSMISSION_OFFSET, 3);
    return at < 0 ? 0 : Bytes.i24(packet.array(), at);
  }

  /// Transport-wide sequence number of either version, or [#ABSENT].
  public int transportSequence() {
    int at = offsetOfExactly(ExtensionType.TRANSPORT_SEQUENCE, 2);
    if (at < 0) {
      int element = find(ExtensionType.TRANSPORT_SEQUENCE_V2);
      if (element < 0 || packet.elementLength(element) < 2) {
        return ABSENT;
      }
      at = packet.elementOffset(element);
    }
    return Bytes.u16(packet.array(), at);
  }

  /// The request for feedback that version 2 may carry, to read by [FeedbackRequest], or [#ABSENT].
  public int feedbackRequest() {
    int at = offsetOfExactly(ExtensionType.TRANSPORT_SEQUENCE_V2, 4);
    return at < 0 ? ABSENT : Bytes.u16(packet.array(), at + 2);
  }

  /// NTP time at which the first sample of the packet was captured, by the capturer's clock; 0 when
  /// absent.
  public long absCaptureTime() {
    int element = find(ExtensionType.ABS_CAPTURE_TIME);
    if (element < 0 || packet.elementLength(element) < 8) {
      return 0;
    }
    return Bytes.i64(packet.array(), packet.elementOffset(element));
  }

  /// Whether the absolute capture time tells its clock's offset too.
  public boolean hasCaptureClockOffset() {
    return valueLength(ExtensionType.ABS_CAPTURE_TIME) == 16;
  }

  /// The sender's estimate of the capturer's clock minus its own, in NTP units; 0 also when absent.
  public long captureClockOffset() {
    int at = offsetOfExactly(ExtensionType.ABS_CAPTURE_TIME, 16);
    return at < 0 ? 0 : Bytes.i64(packet.array(), at + 8);
  }

  /// Orientation to read by [VideoOrientation], or [#ABSENT].
  public int videoOrientation() {
    int at = offsetOfExactly(ExtensionType.VIDEO_ORIENTATION, 1);
    return at < 0 ? ABSENT : Bytes.u8(packet.array(), at);
  }

  /// Limits of the play-out delay to read by [PlayoutDelay], or [#ABSENT].
  public int playoutDelay() {
    int at = offsetOfExactly(ExtensionType.PLAYOUT_DELAY, 3);
    return at < 0 ? ABSENT : Bytes.u24(packet.array(), at);
  }

  private int find(ExtensionType type) {
    int id = ids.id(type);
    return id == 0 ? -1 : packet.findElement(id);
  }

  private int offsetOfExactly(ExtensionType type, int length) {
    int element = find(type);
    return element < 0 || packet.elementLength(element) != length
        ? -1
        : packet.elementOffset(element);
  }

  private @Nullable String text(ExtensionType type) {
    int element = find(type);
    if (element < 0) {
      return null;
    }
    int at = packet.elementOffset(element);
    int length = packet.elementLength(element);
    String last = texts[type.ordinal()];
    if (last != null && equals(last, at, length)) {
      return last;
    }
    // RFC 7941 §4.1.1 allows UTF-8, but mid and rid are ASCII tokens: RFC 8843 §15, RFC 8852 §4.
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) Bytes.u8(packet.array(), at + i));
    }
    String result = text.toString();
    texts[type.ordinal()] = result;
    return result;
  }

  private boolean equals(String text, int at, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != Bytes.u8(packet.array(), at + i)) {
        return false;
      }
    }
    return true;
  }
}
