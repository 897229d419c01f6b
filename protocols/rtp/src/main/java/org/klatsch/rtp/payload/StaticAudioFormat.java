package org.klatsch.rtp.payload;

/// A static audio format of RFC 3551 §4.5 and §6: how many samples of the RTP clock a payload
/// holds.
public enum StaticAudioFormat {
  /// G.711 mu-law, payload type 0.
  PCMU(0, 8000, 8000),
  /// G.711 A-law, payload type 8.
  PCMA(8, 8000, 8000),
  /// G.722, payload type 9. Its RTP clock is 8 kHz though it samples at 16 kHz, RFC 3551 §4.5.2;
  /// one byte of 64 kbit/s holds two samples and lasts one tick.
  G722(9, 8000, 16_000);

  private final int payloadType;
  private final int clockRateHz;
  private final int sampleRateHz;

  StaticAudioFormat(int payloadType, int clockRateHz, int sampleRateHz) {
    this.payloadType = payloadType;
    this.clockRateHz = clockRateHz;
    this.sampleRateHz = sampleRateHz;
  }

  /// The static payload type.
  public int payloadType() {
    return payloadType;
  }

  /// Rate of the RTP timestamp.
  public int clockRateHz() {
    return clockRateHz;
  }

  /// Rate of the decoded sound.
  public int sampleRateHz() {
    return sampleRateHz;
  }

  /// Timestamp units of a payload of `length` bytes; all three formats take one byte a tick.
  public int ticks(int length) {
    return length;
  }
}
