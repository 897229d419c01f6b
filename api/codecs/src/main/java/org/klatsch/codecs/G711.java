package org.klatsch.codecs;

/// The two laws of ITU-T G.711: logarithmic coding of a sample in one byte, with 8 segments of 16
/// steps each per sign.
public enum G711 {
  /// PCMU, G.711 table 2a: 14 bits, all bits inverted on the line.
  MU_LAW {
    @Override
    public byte encode(short sample) {
      int sign = sample < 0 ? 0x80 : 0;
      int magnitude = Math.min(MU_LAW_CLIP, Math.abs((int) sample)) + MU_LAW_BIAS;
      int segment = 24 - Integer.numberOfLeadingZeros(magnitude);
      int step = magnitude >> (segment + 3) & 0x0f;
      return (byte) ~(sign | segment << 4 | step);
    }

    @Override
    public short decode(byte code) {
      int bits = ~code & 0xff;
      int magnitude = (((bits & 0x0f) << 3) + MU_LAW_BIAS << (bits >> 4 & 7)) - MU_LAW_BIAS;
      return (short) ((bits & 0x80) != 0 ? -magnitude : magnitude);
    }
  },
  /// PCMA, G.711 table 1a: 13 bits, even bits inverted on the line.
  A_LAW {
    @Override
    public byte encode(short sample) {
      // The law is symmetric about zero only with negative values counted from -1.
      int sign = sample < 0 ? 0 : 0x80;
      int magnitude = (sample < 0 ? ~sample : sample) >> 4;
      int segment = Math.max(0, 28 - Integer.numberOfLeadingZeros(magnitude));
      int step = magnitude >> Math.max(0, segment - 1) & 0x0f;
      return (byte) ((sign | segment << 4 | step) ^ A_LAW_EVEN_BITS);
    }

    @Override
    public short decode(byte code) {
      int bits = (code ^ A_LAW_EVEN_BITS) & 0xff;
      int segment = bits >> 4 & 7;
      int magnitude = ((bits & 0x0f) << 4) + 8;
      if (segment > 0) {
        magnitude = magnitude + 0x100 << segment - 1;
      }
      return (short) ((bits & 0x80) != 0 ? magnitude : -magnitude);
    }
  };

  /// Half a step before the first segment, so that every segment begins at a power of two.
  private static final int MU_LAW_BIAS = 0x84;

  private static final int MU_LAW_CLIP = 32_635;
  private static final int A_LAW_EVEN_BITS = 0x55;

  /// One linear sample as its code on the line.
  public abstract byte encode(short sample);

  /// The linear sample of a code on the line.
  public abstract short decode(byte code);
}
