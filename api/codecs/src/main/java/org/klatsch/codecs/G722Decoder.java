package org.klatsch.codecs;

import org.klatsch.codecs.audio.PitchConcealment;

/// G.722 at 64 kbit/s, with concealment by pitch repetition.
final class G722Decoder implements AudioDecoder {
  /// 120 ms.
  private static final int MAX_FRAMES = 1_920;

  private final G722SubBand lower = G722SubBand.lower();
  private final G722SubBand upper = G722SubBand.upper();
  private final PitchConcealment concealment = new PitchConcealment(G722Encoder.PCM.rateHz());

  /// Sums and differences of the bands, 12 of each, twice in a row as in the encoder.
  private final int[] sums = new int[24];

  private final int[] differences = new int[24];
  private int position;
  private long damaged;

  @Override
  public PcmFormat pcm() {
    return G722Encoder.PCM;
  }

  @Override
  public int decode(byte[] payload, int offset, int length, short[] out, int outOffset) {
    if (length > MAX_FRAMES / 2) {
      damaged++;
    }
    int bytes = Math.min(length, MAX_FRAMES / 2);
    for (int i = 0; i < bytes; i++) {
      int code = payload[offset + i] & 0xff;
      int low = decodeLower(code & 0x3f);
      int high = decodeUpper(code >> 6);
      remember(low + high, low - high);
      // The receive filter [G.722 §4.4].
      int first = 0;
      int second = 0;
      for (int tap = 0; tap < 12; tap++) {
        first += differences[position + tap] * G722Tables.mirror(11 - tap);
        second += sums[position + tap] * G722Tables.mirror(tap);
      }
      out[outOffset + 2 * i] = (short) G722SubBand.saturate(first >> 11);
      out[outOffset + 2 * i + 1] = (short) G722SubBand.saturate(second >> 11);
    }
    concealment.received(out, outOffset, 2 * bytes);
    return 2 * bytes;
  }

  private void remember(int sum, int difference) {
    sums[position] = sum;
    sums[position + 12] = sum;
    differences[position] = difference;
    differences[position + 12] = difference;
    position = position == 11 ? 0 : position + 1;
  }

  /// [INVQBL, RECONS, LIMIT, INVQAL]
  private int decodeLower(int code) {
    int sample = lower.predicted() + (lower.step() * G722Tables.lower6(code) >> 15);
    int answer = lower.step() * G722Tables.lower4(code >> 2) >> 15;
    lower.follow(answer, G722Tables.lowerStep(code >> 2));
    return Math.clamp(sample, -16_384, 16_383);
  }

  /// [INVQAH, RECONS, LIMIT]
  private int decodeUpper(int code) {
    int answer = upper.step() * G722Tables.upper2(code) >> 15;
    int sample = upper.predicted() + answer;
    upper.follow(answer, G722Tables.upperStep(code));
    return Math.clamp(sample, -16_384, 16_383);
  }

  @Override
  public int conceal(int frames, short[] out, int outOffset) {
    int count = Math.min(frames, MAX_FRAMES);
    concealment.conceal(out, outOffset, count);
    return count;
  }

  @Override
  public int frames(byte[] payload, int offset, int length) {
    return Math.min(2 * length, MAX_FRAMES);
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
