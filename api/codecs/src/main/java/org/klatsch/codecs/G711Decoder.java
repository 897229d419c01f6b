package org.klatsch.codecs;

import org.klatsch.codecs.audio.PitchConcealment;

/// G.711 with concealment by repetition of the last pitch periods (ITU-T G.711 appendix I).
final class G711Decoder implements AudioDecoder {
  private static final PcmFormat PCM = new PcmFormat(8_000, 1);

  /// 120 ms, as long as the longest packet of RFC 3551 §4.2 in practice.
  private static final int MAX_FRAMES = 960;

  private final G711 law;
  private final PitchConcealment concealment = new PitchConcealment(PCM.rateHz());
  private long damaged;

  G711Decoder(G711 law) {
    this.law = law;
  }

  @Override
  public PcmFormat pcm() {
    return PCM;
  }

  @Override
  public int decode(byte[] payload, int offset, int length, short[] out, int outOffset) {
    if (length > MAX_FRAMES) {
      damaged++;
    }
    int frames = Math.min(length, MAX_FRAMES);
    for (int i = 0; i < frames; i++) {
      out[outOffset + i] = law.decode(payload[offset + i]);
    }
    concealment.received(out, outOffset, frames);
    return frames;
  }

  @Override
  public int conceal(int frames, short[] out, int outOffset) {
    int count = Math.min(frames, MAX_FRAMES);
    concealment.conceal(out, outOffset, count);
    return count;
  }

  @Override
  public int frames(byte[] payload, int offset, int length) {
    return Math.min(length, MAX_FRAMES);
  }

  @Override
  public int maxFrames() {
    return MAX_FRAMES;
  }

  @Override
  public long damagedPayloads() {
    return damaged;
  }
}
