package org.klatsch.codecs;

/// G.711: a byte per sample, any duration, RFC 3551 §4.5.14.
final class G711Encoder implements AudioEncoder {
  private static final PcmFormat PCM = new PcmFormat(8_000, 1);

  private final G711 law;

  G711Encoder(G711 law) {
    this.law = law;
  }

  @Override
  public PcmFormat pcm() {
    return PCM;
  }

  @Override
  public int encode(short[] pcm, int offset, int frames, byte[] out, int outOffset) {
    for (int i = 0; i < frames; i++) {
      out[outOffset + i] = law.encode(pcm[offset + i]);
    }
    return frames;
  }

  @Override
  public int maxPayloadSize(int frames) {
    return frames;
  }
}
