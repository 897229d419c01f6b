package org.klatsch.codecs;

/// Encodes one track's PCM. One thread at a time. Settings may change between any two payloads; a
/// codec that lacks one ignores it.
public interface AudioEncoder extends AutoCloseable {
  /// What [#encode] takes; may differ from what was wished, then the caller resamples.
  PcmFormat pcm();

  /// Encodes the audio of one payload.
  ///
  /// @param frames samples per channel; codecs with fixed durations (Opus: 2.5 to 60 ms) refuse
  ///   others with `IllegalArgumentException`
  /// @return bytes written, or 0 when discontinuous transmission sends nothing for this stretch
  int encode(short[] pcm, int offset, int frames, byte[] out, int outOffset);

  /// The most bytes [#encode] writes for so many frames.
  int maxPayloadSize(int frames);

  /// Target bitrate of the payloads, without headers.
  default void bitrate(int bitsPerSecond) {}

  /// 0 (cheapest) to 10 (best).
  default void complexity(int complexity) {}

  /// Whether payloads repeat the one before them at low quality, for the receiver to repair a loss.
  default void inbandFec(boolean on) {}

  /// Whether silence is not sent (discontinuous transmission).
  default void dtx(boolean on) {}

  /// The share of packets the receiver loses, 0 to 1: how much to spend on resilience.
  default void expectedLoss(double share) {}

  @Override
  default void close() {}
}
