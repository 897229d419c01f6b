package org.klatsch.codecs.opus;

import io.github.jaredmdobson.concentus.OpusApplication;
import io.github.jaredmdobson.concentus.OpusBandwidth;
import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusEncoder;
import io.github.jaredmdobson.concentus.OpusException;
import org.jspecify.annotations.Nullable;

/// libopus translated to Java.
final class Concentus implements OpusLibrary {
  @Override
  public Encoder encoder(int rateHz, int channels, boolean music) {
    try {
      return new ConcentusEncoder(
          new OpusEncoder(
              rateHz,
              channels,
              music
                  ? OpusApplication.OPUS_APPLICATION_AUDIO
                  : OpusApplication.OPUS_APPLICATION_VOIP));
    } catch (OpusException e) {
      throw new IllegalArgumentException("no encoder for " + rateHz + " Hz, " + channels, e);
    }
  }

  @Override
  public Decoder decoder(int rateHz, int channels) {
    OpusDecoder decoder;
    try {
      decoder = new OpusDecoder(rateHz, channels);
    } catch (OpusException e) {
      throw new IllegalArgumentException("no decoder for " + rateHz + " Hz, " + channels, e);
    }
    return (payload, offset, length, out, outOffset, frames, fec) ->
        decode(decoder, payload, offset, length, out, outOffset, frames, fec);
  }

  /// The library throws anything at a damaged packet, array bounds included.
  private static int decode(
      OpusDecoder decoder,
      byte @Nullable [] payload,
      int offset,
      int length,
      short[] out,
      int outOffset,
      int frames,
      boolean fec) {
    try {
      return decoder.decode(payload, offset, length, out, outOffset, frames, fec);
    } catch (OpusException | RuntimeException | AssertionError e) {
      return -1;
    }
  }

  /// At other rates than 48 kHz, version 1.0.2 decodes packets of hybrid mode to silence.
  @Override
  public boolean decodesAllAtEveryRate() {
    return false;
  }

  private record ConcentusEncoder(OpusEncoder encoder) implements Encoder {
    @Override
    public int encode(short[] pcm, int offset, int frames, byte[] out, int outOffset, int room) {
      try {
        return encoder.encode(pcm, offset, frames, out, outOffset, room);
      } catch (OpusException e) {
        throw new IllegalStateException("the Opus encoder failed", e);
      }
    }

    @Override
    public void bitrate(int bitsPerSecond) {
      encoder.setBitrate(bitsPerSecond);
    }

    @Override
    public void complexity(int complexity) {
      encoder.setComplexity(complexity);
    }

    @Override
    public void inbandFec(boolean on) {
      encoder.setUseInbandFEC(on);
    }

    @Override
    public void dtx(boolean on) {
      encoder.setUseDTX(on);
    }

    @Override
    public void lossPercent(int percent) {
      encoder.setPacketLossPercent(percent);
    }

    @Override
    public void variableBitrate(boolean on) {
      encoder.setUseVBR(on);
    }

    @Override
    public void maxRate(int rateHz) {
      encoder.setMaxBandwidth(
          rateHz <= 8_000
              ? OpusBandwidth.OPUS_BANDWIDTH_NARROWBAND
              : rateHz <= 12_000
                  ? OpusBandwidth.OPUS_BANDWIDTH_MEDIUMBAND
                  : rateHz <= 16_000
                      ? OpusBandwidth.OPUS_BANDWIDTH_WIDEBAND
                      : rateHz <= 24_000
                          ? OpusBandwidth.OPUS_BANDWIDTH_SUPERWIDEBAND
                          : OpusBandwidth.OPUS_BANDWIDTH_FULLBAND);
    }

    @Override
    public void forceMono() {
      encoder.setForceChannels(1);
    }
  }
}
