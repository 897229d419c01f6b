package org.klatsch.codecs.audio;

/// Sends digits as tones in the audio, for peers without telephone events.
public final class DtmfGenerator {
  /// A low tone of -9 dBm0 and a high one 2 dB stronger, which offsets the usual loss of long
  /// lines.
  private static final double AMPLITUDE = 7_000;

  private final int rateHz;
  private final ToneGenerator tones;
  private String digits = "";
  private int position;
  private int toneFrames;
  private int gapFrames;
  private int left;
  private boolean sounding;

  public DtmfGenerator(int rateHz) {
    this.rateHz = rateHz;
    tones = new ToneGenerator(rateHz);
  }

  /// Queues digits behind those not sent yet.
  ///
  /// @param symbols of [DtmfDigit]; a comma is a pause of two seconds, as in the W3C's `insertDTMF`
  /// @param toneMs length of each tone
  /// @param gapMs silence behind each
  public void send(String symbols, int toneMs, int gapMs) {
    for (int i = 0; i < symbols.length(); i++) {
      char symbol = symbols.charAt(i);
      if (symbol != ',' && DtmfDigit.of(symbol) == null) {
        throw new IllegalArgumentException("'" + symbol + "': expected 0-9, *, #, A-D or a comma");
      }
    }
    if (toneMs <= 0 || gapMs < 0) {
      throw new IllegalArgumentException(
          "tone %d ms, gap %d ms: expected positive".formatted(toneMs, gapMs));
    }
    toneFrames = rateHz * toneMs / 1_000;
    gapFrames = rateHz * gapMs / 1_000;
    digits = digits.substring(position) + symbols;
    position = 0;
  }

  public boolean isSending() {
    return position < digits.length() || left > 0 || tones.isSounding();
  }

  /// Overwrites so many samples of one channel; silence when nothing is to be sent.
  public void fill(short[] out, int offset, int frames) {
    for (int done = 0; done < frames; ) {
      if (left == 0) {
        advance();
      }
      int count = left == 0 ? frames - done : Math.min(left, frames - done);
      tones.fill(out, offset + done, count);
      left -= Math.min(left, count);
      done += count;
    }
  }

  private void advance() {
    if (sounding) {
      tones.stop();
      sounding = false;
      left = gapFrames;
    }
    if (left > 0 || position == digits.length()) {
      return;
    }
    char symbol = digits.charAt(position++);
    DtmfDigit digit = DtmfDigit.of(symbol);
    if (digit == null) {
      left = 2 * rateHz;
    } else {
      tones.start(AMPLITUDE, digit.lowHz(), digit.highHz());
      sounding = true;
      left = toneFrames;
    }
  }
}
