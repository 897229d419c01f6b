package org.klatsch.codecs.opus;

import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.PcmFormat;

/// One track's Opus decoder. concentus throws anything at a damaged packet, array bounds included;
/// here that becomes concealment and a count.
final class OpusTrackDecoder implements AudioDecoder {
  private final PcmFormat pcm;
  private final int maxFrames;

  /// The state of the library's decoder: replaced when it failed, as it may be inconsistent then.
  private OpusDecoder decoder;

  private int lastFrames;
  private long damaged;

  OpusTrackDecoder(int channels) {
    // Always the full rate: at any other, concentus decodes packets of hybrid mode to silence.
    pcm = new PcmFormat(48_000, Math.min(2, channels));
    // RFC 6716 §3.4 R5: a packet holds at most 120 ms.
    maxFrames = pcm.frames(120);
    lastFrames = pcm.frames(20);
    decoder = create();
  }

  private OpusDecoder create() {
    try {
      return new OpusDecoder(pcm.rateHz(), pcm.channels());
    } catch (OpusException e) {
      throw new IllegalArgumentException("no Opus decoder for " + pcm, e);
    }
  }

  @Override
  public PcmFormat pcm() {
    return pcm;
  }

  @Override
  public int decode(byte[] payload, int offset, int length, short[] out, int outOffset) {
    int expected = frames(payload, offset, length);
    if (expected > 0) {
      int frames = decode(payload, offset, length, out, outOffset, expected, false);
      if (frames == expected) {
        lastFrames = frames;
        return frames;
      }
    }
    damaged++;
    return conceal(lastFrames, out, outOffset);
  }

  @Override
  public int conceal(int frames, short[] out, int outOffset) {
    // The decoder conceals in units of 2.5 ms.
    int unit = pcm.rateHz() / 400;
    int count = Math.clamp(frames / unit, 1, maxFrames / unit) * unit;
    int concealed = decode(null, 0, 0, out, outOffset, count, false);
    if (concealed != count) {
      Arrays.fill(out, outOffset, outOffset + count * pcm.channels(), (short) 0);
    }
    return count;
  }

  @Override
  public int decodeFec(
      byte[] nextPayload, int offset, int length, int frames, short[] out, int outOffset) {
    if (!hasFec(nextPayload, offset, length) || frames <= 0) {
      return 0;
    }
    int unit = pcm.rateHz() / 400;
    int count = Math.clamp(frames / unit, 1, maxFrames / unit) * unit;
    int restored = decode(nextPayload, offset, length, out, outOffset, count, true);
    return restored == count ? count : 0;
  }

  @Override
  public boolean hasFec(byte[] payload, int offset, int length) {
    return OpusPacket.hasFec(payload, offset, length);
  }

  @Override
  public int frames(byte[] payload, int offset, int length) {
    return OpusPacket.frames(payload, offset, length, pcm.rateHz());
  }

  @Override
  public int maxFrames() {
    return maxFrames;
  }

  @Override
  public long damagedPayloads() {
    return damaged;
  }

  /// @return frames written, negative when the library failed
  private int decode(
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
      decoder = create();
      return -1;
    }
  }
}
