package org.klatsch.codecs;

/// Decodes one track's payloads to PCM. One thread at a time. Payloads come from strangers:
/// whatever they contain, a decoder returns audio; a damaged one is concealed and counted.
public interface AudioDecoder extends AutoCloseable {
  /// What the decoder produces.
  PcmFormat pcm();

  /// Decodes one payload.
  ///
  /// @param out room for [#maxFrames] frames from `outOffset` (which counts samples)
  /// @return frames (samples per channel) written
  int decode(byte[] payload, int offset, int length, short[] out, int outOffset);

  /// Invents audio for a payload that did not come, continuing what was decoded before.
  ///
  /// @return frames written: `frames`, or what the codec can invent at once if that is less
  int conceal(int frames, short[] out, int outOffset);

  /// Restores the payload *before* the given one from its in-band redundancy.
  ///
  /// @param frames how long the lost payload was
  /// @return frames written, or 0 when the payload carries none: then conceal
  default int decodeFec(
      byte[] nextPayload, int offset, int length, int frames, short[] out, int outOffset) {
    return 0;
  }

  /// Whether a payload carries in-band redundancy for the one before it.
  default boolean hasFec(byte[] payload, int offset, int length) {
    return false;
  }

  /// How long a payload lasts in frames of [#pcm], without decoding it; 0 when it is damaged.
  int frames(byte[] payload, int offset, int length);

  /// The most frames one payload can hold.
  int maxFrames();

  /// Payloads that were damaged and replaced by concealment.
  default long damagedPayloads() {
    return 0;
  }

  @Override
  default void close() {}
}
