package org.klatsch.codecs.opus;

import org.jspecify.annotations.Nullable;

/// Something that codes Opus. Its encoders and decoders belong to one thread at a time.
sealed interface OpusLibrary permits Concentus, LibOpus {
  /// An encoder.
  interface Encoder {
    /// @return bytes written
    int encode(short[] pcm, int offset, int frames, byte[] out, int outOffset, int room);

    void bitrate(int bitsPerSecond);

    void complexity(int complexity);

    void inbandFec(boolean on);

    void dtx(boolean on);

    void lossPercent(int percent);

    void variableBitrate(boolean on);

    /// Codes nothing above half of this rate.
    void maxRate(int rateHz);

    /// Codes two channels as one.
    void forceMono();
  }

  /// A decoder. After a failure its state may be inconsistent: it is to be replaced.
  interface Decoder {
    /// @param payload null to conceal
    /// @param fec whether the payload *before* is to be restored
    /// @return frames written, negative for a damaged payload
    int decode(
        byte @Nullable [] payload,
        int offset,
        int length,
        short[] out,
        int outOffset,
        int frames,
        boolean fec);
  }

  /// @param rateHz one of the five of RFC 6716 §2.1.1
  /// @param music whether it is more than a voice
  Encoder encoder(int rateHz, int channels, boolean music);

  /// @param rateHz one of the five of RFC 6716 §2.1.1
  Decoder decoder(int rateHz, int channels);

  /// Whether every mode can be decoded at every rate; else only SILK's can.
  boolean decodesAllAtEveryRate();
}
