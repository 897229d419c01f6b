package org.klatsch.cli;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.util.Map;

/// A QR code of half blocks, two modules per character, for a terminal with light letters on dark
/// ground.
final class QrCode {
  /// ISO/IEC 18004 asks for 4 modules; every reader is content with 2, and terminals are small.
  private static final int QUIET_ZONE = 2;

  private QrCode() {}

  static String of(String text) {
    BitMatrix modules;
    try {
      modules =
          new QRCodeWriter()
              .encode(
                  text,
                  BarcodeFormat.QR_CODE,
                  0,
                  0,
                  Map.of(
                      EncodeHintType.ERROR_CORRECTION,
                      ErrorCorrectionLevel.L,
                      EncodeHintType.MARGIN,
                      QUIET_ZONE));
    } catch (WriterException e) {
      throw new IllegalArgumentException("text of " + text.length() + " characters", e);
    }
    StringBuilder out = new StringBuilder();
    for (int y = 0; y < modules.getHeight(); y += 2) {
      for (int x = 0; x < modules.getWidth(); x++) {
        boolean upper = !modules.get(x, y);
        boolean lower = y + 1 < modules.getHeight() && !modules.get(x, y + 1);
        out.append(upper ? lower ? '█' : '▀' : lower ? '▄' : ' ');
      }
      out.append('\n');
    }
    return out.toString();
  }
}
