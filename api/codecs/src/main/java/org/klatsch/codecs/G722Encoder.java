package org.klatsch.codecs;

/// G.722 at 64 kbit/s: 16 kHz of PCM, split into two bands, six bits for the lower and two for the
/// upper of every two samples. On the line its clock is 8 kHz, RFC 3551 §4.5.2.
final class G722Encoder implements AudioEncoder {
  static final PcmFormat PCM = new PcmFormat(16_000, 1);

  /// Decision levels of the lower quantizer [Q6].
  private static final int[] LEVELS = {
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023,
    1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919
  };

  /// Decision level of the upper one [Q2].
  private static final int UPPER_LEVEL = 564;

  private final G722SubBand lower = G722SubBand.lower();
  private final G722SubBand upper = G722SubBand.upper();

  /// The last 24 samples, twice in a row so that they can be read without wrapping.
  private final int[] history = new int[48];

  private int position;

  @Override
  public PcmFormat pcm() {
    return PCM;
  }

  @Override
  public int maxPayloadSize(int frames) {
    return frames / 2;
  }

  @Override
  public int encode(short[] pcm, int offset, int frames, byte[] out, int outOffset) {
    if (frames % 2 != 0) {
      throw new IllegalArgumentException(frames + " frames: expected an even number");
    }
    for (int i = 0; i < frames / 2; i++) {
      remember(pcm[offset + 2 * i]);
      remember(pcm[offset + 2 * i + 1]);
      // The transmit filter: sum and difference of the two halves [G.722 §3.1].
      int odd = 0;
      int even = 0;
      for (int tap = 0; tap < 12; tap++) {
        odd += history[position + 2 * tap] * G722Tables.mirror(tap);
        even += history[position + 2 * tap + 1] * G722Tables.mirror(11 - tap);
      }
      int low = encodeLower(even + odd >> 14);
      int high = encodeUpper(even - odd >> 14);
      out[outOffset + i] = (byte) (high << 6 | low);
    }
    return frames / 2;
  }

  private void remember(int sample) {
    history[position] = sample;
    history[position + 24] = sample;
    position = position == 23 ? 0 : position + 1;
  }

  /// [SUBTRA, QUANTL, INVQAL]
  private int encodeLower(int sample) {
    int difference = G722SubBand.saturate(sample - lower.predicted());
    boolean negative = difference < 0;
    int magnitude = negative ? ~difference : difference;
    int interval = 0;
    while (interval < LEVELS.length && magnitude >= LEVELS[interval] * lower.step() >> 12) {
      interval++;
    }
    // Positive codes run down from 61; negative ones from 63 over 62 to 31 and down [table 17].
    int code = negative ? (interval < 2 ? 63 - interval : 33 - interval) : 61 - interval;
    int answer = lower.step() * G722Tables.lower4(code >> 2) >> 15;
    lower.follow(answer, G722Tables.lowerStep(code >> 2));
    return code;
  }

  /// [SUBTRA, QUANTH, INVQAH]
  private int encodeUpper(int sample) {
    int difference = G722SubBand.saturate(sample - upper.predicted());
    boolean negative = difference < 0;
    int magnitude = negative ? ~difference : difference;
    boolean outer = magnitude >= UPPER_LEVEL * upper.step() >> 12;
    int code = negative ? (outer ? 0 : 1) : outer ? 2 : 3;
    upper.follow(upper.step() * G722Tables.upper2(code) >> 15, G722Tables.upperStep(code));
    return code;
  }
}
